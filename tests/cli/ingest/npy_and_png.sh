# NumPy files of every type, in C and Fortran order and either byte order; PNG of 8 and 16 bits and in colour.
need_python numpy PIL
"$PY" - <<'END'
import numpy as np
from PIL import Image
rng = np.random.default_rng(1)
names = []
def write(name, a):
    np.save(name + ".npy", a)
    names.append(name)
for code in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", "c8", "c16"):
    for order in "<>":
        a = rng.normal(size=(3, 4, 5)) * 30
        a = (a + 1j * a[::-1] if code[0] == "c" else np.abs(a)).astype(order + code)
        write(f"{code}{'le' if order == '<' else 'be'}", a)
write("bool", rng.integers(0, 2, (3, 4, 5)).astype(bool))
write("fortran", np.asfortranarray(rng.normal(size=(3, 4, 5))))
write("fortran-be", np.asfortranarray(rng.normal(size=(3, 4, 5)).astype(">f4")))
np.save("v2.npy", np.load("f4le.npy"))
with open("v2.npy", "wb") as f: np.lib.format.write_array(f, np.load("f4le.npy"), version=(2, 0))
names.append("v2")
open("list", "w").write("\n".join(names) + "\n")
Image.fromarray(rng.integers(0, 256, (9, 7)).astype("u1")).save("g8.png")
Image.fromarray(rng.integers(0, 65536, (9, 7)).astype("u2")).save("g16.png")
Image.fromarray(rng.integers(0, 256, (9, 7, 3)).astype("u1")).save("rgb.png")
Image.fromarray(rng.integers(0, 256, (9, 7, 4)).astype("u1")).save("rgba.png")
Image.fromarray(rng.integers(0, 2, (9, 7)).astype(bool)).save("one-bit.png")
END
while read -r name; do
    levin-ingest -q "$name.npy" "$name.zarr" --axes zyx
    levin-export -q "$name.zarr" "$name.out.npy"
done <list
for name in g8 g16 rgb rgba one-bit; do
    expect_exit 0 levin-ingest "$name.png" "$name.png.zarr"
    levin-export -q "$name.png.zarr" "$name.png.npy"
done
"$PY" - <<'END'
import numpy as np
from PIL import Image
for name in open("list").read().split():
    a, b = np.load(name + ".npy"), np.load(name + ".out.npy")
    assert np.array_equal(a, b) and b.dtype == a.dtype.newbyteorder("<"), (name, b.dtype)
for name in ("g8", "g16", "rgb", "rgba"):
    a, b = np.array(Image.open(name + ".png")), np.load(name + ".png.npy")
    a = a.transpose(2, 0, 1) if a.ndim == 3 else a
    assert a.shape == b.shape and np.array_equal(a, b), (name, b.shape, b.dtype)
assert np.load("g8.png.npy").dtype == np.uint8 and np.load("g16.png.npy").dtype == np.uint16
a, b = np.array(Image.open("one-bit.png")), np.load("one-bit.png.npy")
assert np.array_equal(a, b != 0)
END
expect_error 2 'axes' levin-ingest bool.npy out.zarr
