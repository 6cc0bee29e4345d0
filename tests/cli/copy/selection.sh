# Selections: half-open, from the end, with steps; what is out of range, empty or unknown is refused by name.
npy a.npy 'rng.integers(0, 999, (10, 3, 8, 9)).astype("u2")'
levin-ingest -q a.npy a.zarr --axes tzyx --chunks t=4,z=1,y=5,x=4 --spacing t=0.5s,x=2um
select_is() {  # SELECTION 'NumPy expression'
    rm -rf s.zarr
    expect_exit 0 levin-copy "a.zarr[$1]" s.zarr
    levin-export -q s.zarr s.npy -f
    "$PY" -c "
import numpy as np
a, s = np.load('a.npy'), np.load('s.npy')
e = $2
assert s.shape == e.shape and np.array_equal(s, e), (s.shape, e.shape)"
}
select_is 't=2:7' 'a[2:7]'
select_is 't=-3:' 'a[-3:]'
select_is 't=:-3' 'a[:-3]'
select_is 't=1:10:4,x=::3' 'a[1:10:4, :, :, ::3]'
expect_output 'spacing +t 2 s, x 6 um' levin-info s.zarr
select_is 'z=1' 'a[:, 1]'
expect_output '\(t 10, y 8, x 9\)' levin-info s.zarr
select_is 'z=-1,y=2:3' 'a[:, -1, 2:3]'
select_is 't=3,z=0,y=7,x=8' 'a[3, 0, 7, 8]'
select_is 't=3,z=0,y=7' 'a[3, 0, 7]'
levin-copy -q a.zarr o.zarr --select t=2:7
levin-copy -q 'a.zarr[t=2:7]' p.zarr
same_values o.zarr p.zarr
wrong() { expect_error 2 "$1" levin-copy "a.zarr[$2]" out.zarr; }
wrong 't.*10' t=10
wrong 't.*10' t=-11
wrong 't.*10' t=3:11
wrong 'z' z=0:4
wrong 'empty|no ' t=5:5
wrong 't=7:2' t=7:2
wrong "q.*t, z, y|no axis" q=1
wrong 't' t=a
wrong 't' t=1:2:3:4
wrong 'step|t=::0' t=::0
wrong 't=1' t=1,t=2
wrong 't' t=99999999999999999999
[ ! -e out.zarr ] || fail "a refused selection leaves a store"
