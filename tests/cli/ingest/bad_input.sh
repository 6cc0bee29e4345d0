# Files that are missing, empty, cut off or lie; files that do not agree; wrong words. Each is named, with what was found
# and what was expected, and nothing is published.
need_python numpy tifffile PIL
"$PY" - <<'END'
import numpy as np, os, struct, tifffile
from PIL import Image
rng = np.random.default_rng(1)
a = rng.integers(0, 60000, (4, 64, 48)).astype("u2")
tifffile.imwrite("good.tif", a, metadata=None, photometric="minisblack")
tifffile.imwrite("packed.tif", a, metadata=None, photometric="minisblack", compression="zlib")
np.save("good.npy", a)
Image.fromarray(a[0] // 256).convert("L").save("good.png")
def cut(name, new, bytes): open(new, "wb").write(open(name, "rb").read()[:bytes])
for name in ("good.tif", "packed.tif", "good.npy", "good.png"):
    size = os.path.getsize(name)
    stem, suffix = name.split(".")
    cut(name, f"{stem}-half.{suffix}", size // 2)
    cut(name, f"{stem}-head.{suffix}", 9)
    cut(name, f"{stem}-less.{suffix}", size - (100 if suffix == "tif" else 3))
    open(f"{stem}-empty.{suffix}", "w")
    open(f"{stem}-text.{suffix}", "w").write("this is not an image, whatever its name says\n" * 9)
# A page whose data lie beyond the end of the file, by its own directory.
data = bytearray(open("good.tif", "rb").read())
at, = struct.unpack_from("<I", data, 4)
count, = struct.unpack_from("<H", data, at)
def patch(tag, value, new):
    out = bytearray(data)
    for i in range(count):
        entry = at + 2 + 12 * i
        if struct.unpack_from("<H", data, entry)[0] == tag: struct.pack_into("<HII", out, entry + 2, 4, 1, value)
    open(new, "wb").write(out)
patch(273, 1 << 30, "beyond.tif")
patch(257, 1 << 30, "tall.tif")
patch(256, (1 << 32) - 1, "wide.tif")
loop = bytearray(data)
struct.pack_into("<I", loop, at + 2 + 12 * count, at)
open("loop.tif", "wb").write(loop)
# A NumPy header that asks for more than there is, for more than 64 bits count, and for Python objects.
def npy(name, shape, descr="<u2", order="False"):
    head = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    open(name, "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(64))
npy("long.npy", "(1000, 1000)")
npy("overflow.npy", "(4294967296, 4294967296, 4294967296)")
npy("negative.npy", "(-4, 8)")
npy("object.npy", "(4, 8)", "|O")
npy("header.npy", "(4, 8", "<u2")
npy("twice.npy", "(4, 4)")
os.mkdir("sizes"); os.mkdir("types"); os.mkdir("mixed")
for i, shape in enumerate([(4, 6), (4, 6), (5, 6), (7, 7)]): np.save(f"sizes/f{i}.npy", np.zeros(shape, "u1"))
for i, code in enumerate(["u1", "u1", "u2"]): np.save(f"types/f{i}.npy", np.zeros((4, 6), code))
np.save("mixed/a.npy", a); tifffile.imwrite("mixed/b.tif", a)
END
refuse() { expect_error 1 "$1" levin-ingest "${@:2}" out.zarr --axes zyx; }
refuse 'nothere.tif: no such file' nothere.tif
refuse 'nothere.tif: no such file' good.tif nothere.tif
refuse 'nothere\*: no file matches' 'nothere*'
for file in *-empty.*; do refuse "$file: the file is empty" "$file"; done
for file in *-text.*; do refuse "$file: " "$file"; done
for file in *-half.* *-head.* *-less.npy *-less.png; do refuse "$file" "$file"; done
# The directory of the last page is cut off: the other pages are whole, the file is not.
refuse 'good-less.tif: page 3 .*cut off' good-less.tif
refuse 'beyond.tif.*(1073741824|beyond|end)' beyond.tif
refuse 'tall.tif' tall.tif
refuse 'wide.tif' wide.tif
refuse 'loop.tif' loop.tif
refuse 'long.npy.*2000000|long.npy.*cut' long.npy
refuse 'overflow.npy' overflow.npy
refuse 'negative.npy' negative.npy
refuse 'object.npy' object.npy
refuse 'header.npy' header.npy
refuse 'twice.npy.*32' twice.npy
refuse 'sizes/f2.npy is \(5, 6\) uint8, but sizes/f0.npy is \(4, 6\) uint8' sizes
refuse 'types/f2.npy is \(4, 6\) uint16, but types/f0.npy is \(4, 6\) uint8' types
refuse 'mixed/b.tif is tiff, but mixed/a.npy is npy' mixed
mkdir -p folder.tif
refuse 'folder.tif: no file of a known format' folder.tif
wrong() { expect_error 2 "$1" levin-ingest "${@:2}"; }
wrong 'axes' good.npy out.zarr
wrong '--axes yx names 2 axes.*3 dimensions' good.npy out.zarr --axes yx
wrong '--axes' good.npy out.zarr --axes zzx
wrong "--axes|axis" good.npy out.zarr --axes 'z y'
wrong "axis '?q'?.*z, y, x|no axis" good.npy out.zarr --axes zyx --spacing q=1s
wrong '--spacing z=0' good.npy out.zarr --axes zyx --spacing z=0
wrong '--spacing' good.npy out.zarr --axes zyx --spacing z=fast
wrong '--chunks' good.npy out.zarr --axes zyx --chunks z=0
wrong '--chunks' good.npy out.zarr --axes zyx --chunks q=4
wrong '--chunks' good.npy out.zarr --axes zyx --chunks z=
wrong 'tif.*tiff|tiff.*png' nope:good.npy out.zarr --axes zyx
wrong 'INPUT|OUTPUT|argument' good.npy
wrong '--along.*(t, z|z, c)' good.npy good.tif out.zarr --along y
wrong '--axes tyx does not name axis z' 'good.n*' good.npy out.zarr --axes tyx --along z
wrong '--select|z=9' good.npy out.zarr --axes zyx --select z=9
[ ! -e out.zarr ] || fail "a refused command leaves a store"
expect_error 1 'good.npy: Not a PNG file' levin-ingest png:good.npy out.zarr --axes zyx
expect_error 1 'out.zarr' levin-ingest good.npy good.npy/out.zarr --axes zyx
echo mine >out.zarr
expect_error 1 'out.zarr.*exists' levin-ingest good.npy out.zarr --axes zyx
# Files cut off while the others are whole: the one is named, nothing is published.
rm out.zarr
mkdir series
for i in 1 2 3; do cp packed.tif "series/t$i.tif"; done
truncate -s 5000 series/t2.tif
expect_error 1 'series/t2.tif' levin-ingest series out.zarr --axes tzyx
