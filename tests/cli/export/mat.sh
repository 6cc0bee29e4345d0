# MAT files of version 5 as SciPy reads them, (t, y, x) being A(y, x, t); and back into the same array.
need_python scipy numpy
for type in uint8 int8 int16 uint16 int32 uint32 int64 uint64 float32 float64 complex64 complex128 bool; do
    npy a.npy "((rng.normal(size=(5, 33, 41)) * 50) * (1 + (2j if '$type'[0] == 'c' else 0))).astype('$type')"
    levin-export -q a.npy "$type.mat" --axes tyx
    rm -f back.npy
    levin-export -q "$type.mat" back.npy --axes tyx
    cmp -s a.npy back.npy || fail "$type differs when it is back"
    "$PY" - "$type" <<'END'
import numpy as np, scipy.io, sys
a, file = np.load("a.npy"), scipy.io.loadmat(sys.argv[1] + ".mat")
b = file["data"]
assert [k for k in file if k[0] != "_"] == ["data"] and b.shape == (33, 41, 5) and np.array_equal(b.transpose(2, 0, 1), a)
assert b.dtype == (np.uint8 if a.dtype == bool else a.dtype) or b.dtype == a.dtype, (b.dtype, a.dtype)
END
done
expect_output '^ *data +\(33, 41, 5\) +logical' levin-info --list bool.mat

# Names; other numbers of axes; blocks smaller than the array.
npy line.npy 'np.arange(7.0)'
npy four.npy 'rng.integers(0, 99, (3, 2, 5, 4)).astype("u2")'
levin-export -q line.npy line.mat --axes t --var trace_1
levin-export -q line.npy dot.mat::x --axes t --select t=3
levin-export -q four.npy four.mat --axes tzyx
levin-export -q four.npy each.mat --axes tzyx --split t --var frame
levin-synth -q random big.zarr --shape t=60,y=300,x=301 --chunks t=60,y=20,x=20
levin-export -q big.zarr big.mat
levin-export -q big.zarr big.npy
"$PY" - <<'END'
import numpy as np, scipy.io
load = scipy.io.loadmat
assert np.array_equal(load("line.mat")["trace_1"], np.arange(7.0)[:, None]) and load("dot.mat")["x"] == 3
four = np.load("four.npy")
assert np.array_equal(load("four.mat")["data"], four.transpose(2, 3, 1, 0))
assert np.array_equal(load("each-0002.mat")["frame"], four[2].transpose(1, 2, 0))
assert np.array_equal(load("big.mat")["data"].transpose(2, 0, 1), np.load("big.npy"))
END

OUT='x.mat big.mat'
expect_error 1 'big.mat.*exists' levin-export big.zarr big.mat
expect_error 2 'is no name of a MATLAB variable' levin-export big.zarr x.mat --var 1st
expect_error 2 '--var a: OUTPUT x.h5 is no .mat file' levin-export big.zarr x.h5 --var a
npy half.npy 'np.zeros((3, 4), "f2")'
expect_error 2 'MATLAB has no float16' levin-export half.npy x.mat
# 2.1 GB, of which nothing is stored.
levin-synth -q random one.zarr --shape t=1,y=8,x=8
"$PY" - <<'END'
import json
m = json.load(open("one.zarr/zarr.json"))
m["shape"] = [1100, 1000, 1000]
json.dump(m, open("one.zarr/zarr.json", "w"))
END
expect_error 2 'up to 2 GiB.*write .h5' levin-export one.zarr x.mat
