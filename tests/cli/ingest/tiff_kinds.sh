# TIFF of every sample type and sort of file, as tifffile (and libtiff's own tiffcp) write it.
need_python numpy tifffile
"$PY" - <<'END'
import numpy as np, tifffile
rng = np.random.default_rng(1)
def write(name, array, axes, **options):
    tifffile.imwrite(name + ".tif", array, photometric=None if array.dtype == bool else "minisblack", **{"metadata": None, **options})
    np.save(name + ".npy", array)
    with open("list", "a") as f: print(name, axes, file=f)
shape = (5, 21, 34)
for code in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"):
    info = np.iinfo(code)
    a = rng.integers(info.min, info.max, shape, code, endpoint=True)
    write(code, a, "zyx")
    write("be-" + code, a, "zyx", byteorder=">")
for code in ("f2", "f4", "f8"):
    a = rng.normal(size=shape).astype(code)
    a[0, 0, :3] = np.nan, np.inf, -np.inf
    write(code, a, "zyx")
a = rng.integers(0, 65535, shape).astype("u2")
write("one-page", a[0], "yx")
write("big", a, "zyx", bigtiff=True)
write("big-be", a, "zyx", bigtiff=True, byteorder=">")
write("strips", a, "zyx", rowsperstrip=5)
write("tiled", a, "zyx", tile=(16, 16))
write("deflate", a, "zyx", compression="zlib")
write("deflate-predictor", a, "zyx", compression="zlib", predictor=True)
write("tiled-deflate", a, "zyx", tile=(32, 16), compression="zlib")
write("bool", rng.integers(0, 2, shape).astype(bool), "zyx")
rgb = rng.integers(0, 255, (21, 34, 3)).astype("u1")
tifffile.imwrite("rgb.tif", rgb, photometric="rgb", metadata=None)
tifffile.imwrite("rgb-planes.tif", np.ascontiguousarray(rgb.transpose(2, 0, 1)), photometric="rgb", planarconfig="separate", metadata=None)
for name in ("rgb", "rgb-planes"):
    np.save(name + ".npy", rgb.transpose(2, 0, 1))
    with open("list", "a") as f: print(name, "cyx", file=f)
END
if command -v tiffcp >/dev/null; then
    for compression in none lzw lzw:2 packbits zip:2 zstd; do
        name=tiffcp-${compression/:/-}
        tiffcp -c "$compression" -r 8 u2.tif "$name.tif" 2>/dev/null || { echo "no $compression in tiffcp"; continue; }
        cp u2.npy "$name.npy"
        echo "$name" zyx >>list
    done
    tiffcp -t -w 16 -l 32 -c lzw f4.tif tiffcp-tiled.tif
    cp f4.npy tiffcp-tiled.npy
    echo tiffcp-tiled zyx >>list
fi
while read -r name axes; do
    expect_exit 0 levin-ingest "$name.tif" "$name.zarr" --axes "$axes"
    levin-export -q "$name.zarr" "$name.out.npy"
done <list
"$PY" -c "
import numpy as np
for line in open('list'):
    name = line.split()[0]
    a, b = np.load(name + '.npy'), np.load(name + '.out.npy')
    assert a.shape == b.shape and a.dtype.newbyteorder('<') == b.dtype, (name, a.dtype, b.dtype, b.shape)
    assert np.array_equal(a, b, equal_nan=a.dtype.kind == 'f'), name"
