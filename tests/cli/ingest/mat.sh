# MAT files of version 5 that SciPy wrote, compressed and not: values by variable; what is no array is refused by name.
need_python scipy numpy
"$PY" - <<'END'
import numpy as np, scipy.io, scipy.sparse
rng = np.random.default_rng(1)
def variables():
    for code in "u1 u2 u4 u8 i1 i2 i4 i8 f4 f8".split(): yield code, (rng.normal(size=(6, 7, 4)) * 30).astype(code)
    yield "c", rng.normal(size=(6, 7)) + 1j * rng.normal(size=(6, 7))
    yield "flags", rng.integers(0, 2, (6, 7, 4)).astype(bool)
    yield "row", np.arange(9.0)[None]
    yield "four", rng.integers(0, 9, (5, 4, 3, 2)).astype("u2")
arrays = dict(variables())
others = {"text": "hello", "cell": np.array([1, "a"], object), "st": {"a": 1}, "sp": scipy.sparse.eye(3)}
for name, compressed in ("plain.mat", False), ("packed.mat", True):
    scipy.io.savemat(name, {**arrays, **others}, do_compression=compressed)
scipy.io.savemat("one.mat", {"movie": arrays["u2"], **others})
scipy.io.savemat("old.mat", {"a": arrays["f8"][:, :, 0]}, format="4")
np.savez("expected.npz", **{k: a.transpose(*range(a.ndim - 1, 1, -1), 0, 1) for k, a in arrays.items()})
open("list", "w").write("".join(f"{k} {'yx' if a.ndim == 2 else 'tyx' if a.ndim == 3 else 'tzyx'}\n" for k, a in arrays.items()))
END
for file in plain packed; do
    while read -r name axes; do
        levin-export -q "$file.mat::$name" "$file-$name.npy" --axes "$axes"
    done <list
done
levin-export -q 'plain.mat::u2[t=1:3,y=2:5,x=3:]' plain-part.npy --axes tyx
levin-export -q 'packed.mat::u2[t=1:3,y=2:5,x=3:]' packed-part.npy --axes tyx
levin-ingest -q one.mat one.zarr --axes tyx
"$PY" - <<'END'
import numpy as np
expected = np.load("expected.npz")
for file in "plain", "packed":
    for name in expected:
        a, b = expected[name], np.load(f"{file}-{name}.npy")
        assert a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b), (file, name, a.dtype, b.dtype)
    assert np.array_equal(np.load(f"{file}-part.npy"), expected["u2"][1:3, 2:5, 3:])
END
expect_output '^one.mat: 5 datasets$' levin-info --list one.mat
expect_output '^  text .*char +MATLAB.s class char, not an array of numbers$' levin-info --list one.mat
expect_output '^  movie +\(6, 7, 4\) +uint16 +read as' levin-info --list one.mat
expect_output '^one.mat: \(\? 4, y 6, x 7\) uint16|^one.mat: \(. 4, . 6, . 7\) uint16' levin-info one.mat
expect_error 1 'several variables; choose one as plain.mat::u1' levin-ingest plain.mat out.zarr
expect_error 1 'no variable nope; there are: u1 \(6, 7, 4\) uint8' levin-ingest plain.mat::nope out.zarr
expect_error 1 'sp: MATLAB.s class sparse' levin-ingest plain.mat::sp out.zarr
expect_error 1 'cell: MATLAB.s class cell' levin-ingest plain.mat::cell out.zarr
expect_error 1 'old.mat: not a MAT file of version 5' levin-ingest old.mat out.zarr
for size in 100 150 500 $(($(stat -c %s one.mat) - 20)); do
    head -c "$size" one.mat >cut.mat
    expect_error 1 'cut.mat: .*(cut off|not a MAT file)' levin-ingest cut.mat::movie out.zarr --axes tyx
done
