# One file per index of an axis, numbered by %04d or by four digits before the extension; all of one contrast; none is
# written when one exists already.
need_python numpy PIL tifffile
npy a.npy '(np.arange(12).reshape(12, 1, 1) * 20 + rng.integers(0, 20, (12, 5, 7))).astype("u2")'
levin-ingest -q a.npy a.zarr --axes tyx
mkdir frames
expect_exit 0 levin-export a.zarr frames/a.tif --split t
expect_exit 0 levin-export a.zarr frames/n%02dx.npy --split t
expect_exit 0 levin-export 'a.zarr[t=3:5]' frames/part-%d.tif --split t
expect_exit 0 levin-export a.zarr frames/row.npy --split y
expect_exit 0 levin-export a.zarr frames/p.png --split t --contrast 0,100
expect_exit 0 levin-export a.zarr frames/raw.png --split t
"$PY" -c "
import numpy as np, tifffile, os
from PIL import Image
a = np.load('a.npy')
names = set(os.listdir('frames'))
expected = set()
def check(name, read, value):
    expected.add(name)
    found = read('frames/' + name)
    assert found.shape == value.shape and np.array_equal(found, value), name
image = lambda name: np.array(Image.open(name))
scaled = (a - a.min()) * 255.0 / (a.max() - a.min())
for t in range(12):
    check(f'a-{t:04}.tif', tifffile.imread, a[t])
    check(f'n{t:02}x.npy', np.load, a[t])
    check(f'raw-{t:04}.png', image, a[t])
    expected.add(f'p-{t:04}.png')
    assert np.abs(image(f'frames/p-{t:04}.png') - scaled[t]).max() <= 0.5001, t
for t in (3, 4): check(f'part-{t - 3}.tif', tifffile.imread, a[t])
for y in range(5): check(f'row-{y:04}.npy', np.load, a[:, y])
assert names == expected, names ^ expected"
# The name that exists is the last: nothing is written before it is found.
mkdir taken
touch taken/a-0011.tif
OUT=taken
expect_error 1 'a-0011.tif exists.*--force' levin-export a.zarr taken/a.tif --split t
[ "$(ls taken)" = a-0011.tif ] || fail "files were written before the one that exists was found"
expect_exit 0 levin-export a.zarr taken/a.tif --split t --force
[ "$(find taken -type f | wc -l)" = 12 ] || fail "--force did not write all"
expect_error 2 "--split.*z" levin-export a.zarr other.tif --split z
expect_error 2 "%s|%04d" levin-export a.zarr other%s.tif --split t
expect_error 2 "--split.*one axis" levin-export a.zarr other.tif --split ty
[ -z "$(ls other* 2>/dev/null)" ] || fail "a refused command leaves files"
