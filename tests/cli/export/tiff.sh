# TIFF pages follow t, z, y, x; compression and data types as asked; bool as one bit.
need_python numpy tifffile PIL
for type in uint8 int16 uint16 int32 uint32 int64 float32 float64 bool; do
    "$PY" -c "
import numpy as np
a = np.arange(3 * 2 * 9 * 11).reshape(3, 2, 9, 11)
np.save('a-$type.npy', (a % 3 == 0) if '$type' == 'bool' else (a % 251).astype('$type') - (100 if '$type'[0] in 'if' else 0))"
    levin-ingest -q "a-$type.npy" a.zarr --axes tzyx -f
    expect_exit 0 levin-export a.zarr "a-$type.tif"
    [ $type = bool ] || expect_output "\(t 3, z 2, y 9, x 11\) $type" levin-info "a-$type.tif"  # the axes come back
done
for codec in none lzw deflate packbits zstd; do
    levin-ingest -q a-uint16.npy a.zarr --axes tzyx -f
    expect_exit 0 levin-export a.zarr "$codec.tif" --compression "$codec"
    levin-ingest -q "$codec.tif" "$codec.zarr"
    same_values a.zarr "$codec.zarr"
done
"$PY" -c "
import numpy as np, tifffile
for type in 'uint8 int16 uint16 int32 uint32 int64 float32 float64 bool'.split():
    a, b = np.load(f'a-{type}.npy'), tifffile.imread(f'a-{type}.tif')
    assert a.dtype == b.dtype and np.array_equal(a.reshape(b.shape), b) and b.shape in (a.shape, (6, 9, 11)), (type, b.shape, b.dtype)
sizes = {c: tifffile.TiffFile(c + '.tif').pages[0].compression.name.lower() for c in 'none lzw deflate packbits zstd'.split()}
assert sizes['lzw'] == 'lzw' and sizes['packbits'] == 'packbits' and 'deflate' in sizes['deflate'] and sizes['zstd'] == 'zstd' and sizes['none'] == 'none', sizes"
# Stacks of few or small pages, which tifffile would take for one piece of pixels, were the directories behind them.
for shape in 2x1x30x40 2x1x1x1 3x2x2x3 4x1x5x6; do
    "$PY" -c "import numpy as np; np.save('few.npy', np.random.default_rng(1).integers(0, 60000, [int(n) for n in '$shape'.split('x')], 'uint16'))"
    levin-ingest -q few.npy few.zarr --axes tzyx -f
    rm -f few.tif few-deflate.tif back.npy
    levin-export -q few.zarr few.tif
    levin-export -q few.zarr few-deflate.tif --compression deflate
    levin-export -q few.tif back.npy
    "$PY" -c "
import numpy as np, tifffile
for name in 'few.tif', 'few-deflate.tif':
    a, b = np.load('few.npy'), tifffile.imread(name)
    assert np.array_equal(a.reshape(b.shape), b), ('$shape', name, a.ravel()[:9], b.ravel()[:9])"
    "$PY" -c "
import PIL.Image, PIL.ImageSequence, numpy as np
pages = np.array([np.array(p) for p in PIL.ImageSequence.Iterator(PIL.Image.open('few.tif'))])
for b in pages, np.load('back.npy'):
    assert np.array_equal(b, np.load('few.npy').reshape(b.shape))"
done
OUT=x.tif
levin-ingest -q a-int16.npy a.zarr --axes tzyx -f
expect_error 2 'jpeg2000|JPEG2000' levin-export a.zarr x.tif --compression jpeg2000
levin-fft -q a.zarr c.zarr --value complex
expect_error '2' 'x.tif.*complex64|complex64.*TIFF' levin-export c.zarr x.tif
[ -z "$(find . -name '*.partial*')" ] || fail "partial files are left"
