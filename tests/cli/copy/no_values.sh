# Arrays without dimensions, of length zero, of one element: every general tool has an answer.
need_python numpy
"$PY" -c "
import numpy as np
np.save('scalar.npy', np.array(3.5))
np.save('none.npy', np.zeros((0, 4, 5), 'u2'))
np.save('one.npy', np.full((1, 1, 1), 7, 'u1'))"
levin-ingest -q scalar.npy scalar.zarr
levin-ingest -q none.npy none.zarr --axes tyx
levin-ingest -q one.npy one.zarr --axes tyx
expect_output 'scalar.zarr: \(\) float64' levin-info scalar.zarr
expect_output 'none.zarr: \(t 0, y 4, x 5\) uint16' levin-info none.zarr
for name in scalar none one; do
    expect_output ' 0 faults' levin-check $name.zarr
    expect_exit 0 levin-info $name.zarr --stats --chunks --json
    levin-copy -q $name.zarr $name-copy.zarr
    same_values $name.zarr $name-copy.zarr
    levin-copy -q $name.zarr $name-v2.zarr --zarr-format 2
    same_values $name.zarr $name-v2.zarr
    expect_exit 0 levin-export $name.zarr $name.out.npy
    expect_exit 0 levin-export $name.zarr $name.raw
    expect_exit 0 levin-export $name.zarr $name.csv
done
expect_exit 0 levin-export one.zarr one.tif
expect_exit 0 levin-export one.zarr one.png
"$PY" -c "
import numpy as np
for name in ('scalar', 'none', 'one'):
    a, b = np.load(name + '.npy'), np.load(name + '.out.npy')
    assert a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b), name
    assert np.fromfile(name + '.raw', a.dtype).size == a.size"
OUT='none.tif none.png scalar.png scalar.tif'
for file in none.tif none.png scalar.png scalar.tif; do
    expect_error 2 "${file%.*}" levin-export "${file%.*}.zarr" "$file"
done
levin-synth -q random zero.zarr --shape t=0,y=4,x=5
expect_output '\(t 0, y 4, x 5\)' levin-info zero.zarr
levin-synth -q fish fish.zarr --shape t=0,z=1,y=16,x=16
