# The pages of a file are planes, time points, or volumes of N planes; what does not fill a volume is refused or dropped,
# with a word of how many.
need_python numpy tifffile
"$PY" -c "
import numpy as np, tifffile
rng = np.random.default_rng(1)
a = rng.integers(0, 60000, (2, 7, 5, 6)).astype('u2')
np.save('a.npy', a)
for i in range(2): tifffile.imwrite(f'f{i}.tif', a[i], metadata=None)"
expect_values() {  # ARGUMENTS of ingest... -- 'expression of a, the (file, page, y, x) array'
    rm -rf out.zarr out.npy
    expect_exit 0 levin-ingest "${@:1:$#-2}" out.zarr
    cp "$stderr" notes
    levin-export -q out.zarr out.npy
    "$PY" -c "
import numpy as np
a, b = np.load('a.npy'), np.load('out.npy')
expected = ${*: -1}
assert b.shape == expected.shape and np.array_equal(b, expected), (b.shape, expected.shape)"
}
expect_values 'f?.tif' --axes tzyx -- 'a'
expect_values 'f?.tif' --pages z -- 'a'
expect_values f0.tif --axes zyx -- 'a[0]'
expect_values f0.tif --pages z -- 'a[0]'
expect_output '\(z 7, y 5, x 6\)' levin-info out.zarr
expect_values f0.tif --pages t -- 'a[0]'
expect_output '\(t 7, y 5, x 6\)' levin-info out.zarr
expect_values 'f?.tif' --pages t -- 'a.reshape(14, 5, 6)'
expect_values f0.tif --pages z=7 -- 'a[:1]'
expect_values 'f?.tif' --pages z=1 -- 'a.reshape(14, 1, 5, 6)'
expect_values 'f?.tif' --pages z=3 --discard-extra -- 'a[:, :6].reshape(4, 3, 5, 6)'
grep -Eq 'dropped .*1 of 7 pages' notes || fail "--discard-extra does not say how many: $(cat notes)"
expect_values 'f?.tif' --along z -- 'a.reshape(14, 5, 6)'
expect_output '\(z 14, y 5, x 6\)' levin-info out.zarr
rm -rf out.zarr
expect_error 1 'f0.tif: 7 pages .*z=3.* 1 left over.*--discard-extra' levin-ingest 'f?.tif' out.zarr --pages z=3
expect_error 1 '7 pages are less than' levin-ingest f0.tif out.zarr --pages z=8
for pages in z=0 z= x z=-3 z=2x; do
    expect_error 2 "--pages.*$pages|--pages.*expected" levin-ingest f0.tif out.zarr --pages "$pages"
done
[ ! -e out.zarr ] || fail "a refused command leaves a store"
