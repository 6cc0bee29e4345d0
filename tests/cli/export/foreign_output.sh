# Any tool that makes one array writes a foreign format by extension.
need_shared
need_python tifffile
levin-ingest -q "$SHARED/fish_tif" fish.zarr --axes tzyx
expect_exit 0 levin-project max fish.zarr max.tif --axis z
expect_exit 0 levin-project mean fish.zarr mean.npy --axis t
expect_exit 0 levin-filter median fish.zarr median.raw --size y=3,x=3
OUT=max.tif
expect_error 1 'max.tif exists.*--force' levin-project max fish.zarr max.tif --axis z
"$PY" -c "
import numpy as np, tifffile
from glob import glob
fish = np.stack([tifffile.imread(f) for f in sorted(glob('$SHARED/fish_tif/*.tif'))])
assert np.array_equal(tifffile.imread('max.tif'), fish.max(1)) and fish.max(1).sum(dtype='i8') == 7686988
mean = np.load('mean.npy')
assert mean.dtype == np.float32 and np.allclose(mean, fish.mean(0), rtol=1e-6)
assert np.fromfile('median.raw', 'u1').size == fish.size"
[ -z "$(find . -name '*partial*' -o -name '__levin')" ] || fail "working files are left"
# Foreign files are input like any store.
expect_exit 0 levin-project max max.tif twice.npy --axis t --axes tyx
