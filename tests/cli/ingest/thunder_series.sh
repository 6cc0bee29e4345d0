# Records of three int16 keys and 240 samples, described on the command line or by Thunder's conf.json: the same store,
# whose first 20 time points are the TIFFs.
need_shared
expect_exit 0 levin ingest "raw:$SHARED/fish_series.bin" series.zarr --shape z=2,x=87,y=76,t=240 --input-dtype uint8 --skip 6
expect_output '\(t 240, z 2, y 76, x 87\) uint8, images layout' levin info series.zarr
levin-export -q series.zarr series.npy
"$PY" -c "
import numpy as np
a = np.load('series.npy')
records = np.fromfile('$SHARED/fish_series.bin', np.dtype([('key', '<i2', 3), ('samples', 'u1', 240)]))
y, x, z = records['key'].T
assert a.sum(dtype=np.int64) == 168910759
assert np.array_equal(a[:, z, y, x].T, records['samples'])"
levin ingest -q "$SHARED/fish_tif" fish.zarr --axes tzyx
levin copy -q 'series.zarr[t=0:20]' first.zarr
same_values fish.zarr first.zarr

# conf.json lies beside the data; the folder is the recording.
mkdir thunder
cp "$SHARED/fish_series.bin" thunder/
cp "$SHARED/fish_series_conf.json" thunder/conf.json
expect_exit 0 levin ingest thunder thunder.zarr
same_values series.zarr thunder.zarr
