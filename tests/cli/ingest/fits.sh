# What astropy writes, levin reads, and the other way round: values, types, axes, spacing, cards; extensions and tiles.
need_python numpy astropy
"$PY" -W ignore -c "
import numpy as np
from astropy.io import fits
rng = np.random.default_rng(1)
for type in 'u1 i1 i2 u2 i4 u4 i8 u8 f4 f8'.split():
    values = rng.integers(0, 120, (4, 30, 40)).astype(type)
    if type[0] != 'f': values[0, 0, :2] = np.iinfo(type).min, np.iinfo(type).max
    else: values[0, 0, :3] = np.nan, np.inf, -1.5
    np.save(type + '.npy', values)
    fits.PrimaryHDU(values).writeto(type + '.fits')
sky = fits.PrimaryHDU(rng.integers(0, 999, (3, 30, 40)).astype('u2'))
for key, value in dict(CTYPE1='RA---TAN', CTYPE2='DEC--TAN', CTYPE3='TIME', CUNIT1='deg', CUNIT2='deg', CUNIT3='s', CRPIX1=20.5, CRPIX2=15.5,
                       CRVAL1=83.6, CRVAL2=22.0, CDELT1=-0.0003, CDELT2=0.0003, CDELT3=0.5, OBJECT='M 1', EXPTIME=1e-3).items(): sky.header[key] = value
sky.header['HISTORY'] = 'made by a test'
sky.header['COMMENT'] = 'it is said: O\'Neill'
sky.header['LONGONE'] = 'a string that does not fit in a card, ' * 4
sky.header['HIERARCH ESO DET GAIN'] = 2.5
sky.writeto('sky.fits')
spectrum = fits.PrimaryHDU(rng.random((3, 30, 40), 'f4'))
spectrum.header['CTYPE3'] = 'FREQ'
spectrum.writeto('spectrum.fits')
scaled = fits.ImageHDU(rng.integers(-99, 99, (30, 40)).astype('i2'), name='SCALED')
scaled.header['BLANK'] = 7
scaled.data[3, 4] = 7
scaled.scale('int16', bscale=1, bzero=0)
many = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(rng.random((5, 6), 'f4'), name='SCI'), fits.BinTableHDU.from_columns([fits.Column('a', 'J', array=[1, 2])]),
                     fits.ImageHDU(rng.integers(0, 9, (7, 8)).astype('i4'), name='DQ'), fits.ImageHDU(rng.random((5, 6), 'f4'), name='SCI', ver=2)])
many.writeto('many.fits')
for i in 1, 3, 4: np.save(f'many{i}.npy', many[i].data)
fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(many[1].data)]).writeto('single.fits')
head = fits.Header(dict(BSCALE=0.5, BZERO=100.0, BLANK=7))
stored = rng.integers(-99, 99, (30, 40)).astype('i2')
stored[3, 4] = 7
plain = fits.PrimaryHDU(stored)
plain.writeto('scaled.fits')
raw = open('scaled.fits', 'rb').read()  # astropy would apply the scale: put the cards where there is room
cards = ''.join(f'{k:<8}= {v:>20}'.ljust(80) for k, v in head.items())
end = raw.index(b'END ' + b' ' * 76)
open('scaled.fits', 'wb').write(raw[:end] + cards.encode() + b'END'.ljust(80) + raw[end + 80 + len(cards):])
np.save('scaled.npy', fits.getdata('scaled.fits').astype('f4'))
np.save('stored.npy', stored)
# In tiles.
smooth = (np.hypot(*np.mgrid[-50:50, -60:60])[None] * [[[1]], [[2]], [[3]]] + rng.random((3, 100, 120)))
for name, values in dict(u1=smooth.astype('u1'), i2=smooth.astype('i2'), u2=(smooth + 40000).astype('u2'), i4=(smooth * 99).astype('i4'), f4=smooth.astype('f4'), f8=smooth).items():
    for codec in ('RICE_1', 'GZIP_1', 'GZIP_2', 'HCOMPRESS_1', 'PLIO_1'):
        if codec == 'PLIO_1' and name not in ('u1', 'i2'): continue
        if codec == 'HCOMPRESS_1' and name[0] == 'f': continue
        kind = dict(compression_type=codec)
        if codec == 'HCOMPRESS_1': kind['tile_size'] = (120, 20, 1)
        if codec == 'GZIP_2': kind['tile_size'] = (50, 33, 2)
        if name[0] == 'f': kind['quantize_level'] = 0 if 'GZIP' in codec else 16
        data = values.copy()
        if name[0] == 'f': data[1, 2, 3] = np.nan
        fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, **kind)]).writeto(f'{name}-{codec}.tiles.fits')
        np.save(f'{name}-{codec}.npy', fits.getdata(f'{name}-{codec}.tiles.fits', 1))"
"$PY" -W ignore -c "
import numpy as np
from astropy.io import fits
smooth = np.hypot(*np.mgrid[-50:50, -60:60])[None] * [[[1]], [[2]], [[3]]] + np.random.default_rng(2).random((3, 100, 120))
smooth[2, :9] = 0
for scale in 0, 7:  # sizes of tiles and images that are no multiples of one another; what is lost, is lost alike
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU((smooth * 50).astype('i4'), compression_type='HCOMPRESS_1', hcomp_scale=scale,
                                                       tile_size=(61, 47, 1))]).writeto(f'lost{scale}.tiles.fits')
    np.save(f'lost{scale}.npy', fits.getdata(f'lost{scale}.tiles.fits', 1))
for method in 1, 2:
    for type in 'f4', 'f8':
        for codec in 'RICE_1', 'GZIP_2', 'HCOMPRESS_1':
            data = smooth.astype(type)
            data[1, 2, 3] = np.nan
            kind = dict(tile_size=(120, 20, 1)) if codec == 'HCOMPRESS_1' else {}
            name = f'dithered{method}-{type}-{codec}'
            fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, compression_type=codec, quantize_level=8, quantize_method=method, dither_seed=77, **kind)]).writeto(name + '.tiles.fits')
            np.save(name + '.npy', fits.getdata(name + '.tiles.fits', 1))
            assert not np.array_equal(np.load(name + '.npy'), data)"
for type in u1 i1 i2 u2 i4 u4 i8 u8 f4 f8; do
    expect_output '\(\? 4, y 30, x 40\)' levin-info $type.fits
    levin-ingest -q $type.npy a.zarr --axes zyx -f
    levin-ingest -q $type.fits b.zarr --axes zyx -f
    same_values a.zarr b.zarr
    levin-export -q b.zarr $type-back.fits
    expect_output '\(z 4, y 30, x 40\)' levin-info $type-back.fits
done
for file in *.tiles.fits; do
    levin-ingest -q "${file%.tiles.fits}.npy" a.zarr --axes zyx -f
    levin-ingest -q "$file" b.zarr --axes zyx -f -j 2
    same_values a.zarr b.zarr
done
levin-ingest -q scaled.fits scaled.zarr
levin-export -q scaled.zarr scaled-back.npy
levin-export -q scaled.fits stored-back.npy --raw
levin-ingest -q scaled.fits stored.zarr --raw
levin-export -q stored.zarr stored-back.fits

# Extensions.
expect_error 2 'several images.*many.fits::1: 1 \(SCI\) \(5, 6\) float32, 3 \(DQ\) \(7, 8\) int32, 4 \(SCI\)' levin-ingest many.fits out.zarr
expect_error 2 "several images 'SCI'" levin-ingest many.fits::SCI out.zarr
expect_error 2 "no image '2'; it has 1 \(SCI\)" levin-ingest many.fits::2 out.zarr
expect_error 2 "no image 'nothing'" levin-ingest many.fits::nothing out.zarr
levin-export -q many.fits::1 many1-back.npy
levin-export -q many.fits::dq many3-back.npy
levin-export -q many.fits::SCI,2 many4-back.npy
levin-export -q single.fits single-back.npy

# Sky: the cards stay with the array.
expect_output '\(t 3, y 30, x 40\) uint16' levin-info sky.fits
grep -q 'spacing .*t 0.5 s, y 0.0003 deg, x 0.0003 deg' "$stdout" || { show_output; fail "the spacing"; }
expect_output '\(c 3, y 30, x 40\) float32' levin-info spectrum.fits
levin-ingest -q sky.fits sky.zarr
levin-export -q sky.zarr sky-back.fits
levin-export -q 'sky.zarr[x=3:30]' crop.fits
levin-project -q mean sky.fits mean.fits.zarr --axis t
levin-export -q mean.fits.zarr mean.fits
levin-synth -q random made.zarr --shape t=2,z=3,y=4,x=5
levin-copy -q made.zarr spaced.zarr --spacing t=0.5s,z=3um,y=0.65um,x=0.65um
levin-export -q spaced.zarr spaced.fits
expect_output '\(t 2, z 3, y 4, x 5\)' levin-info spaced.fits
grep -q 'spacing .*t 0.5 s, z 3 um, y 0.65 um, x 0.65 um' "$stdout" || { show_output; fail "the spacing"; }
"$PY" -W ignore -c "
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
for type in 'u1 i1 i2 u2 i4 u4 i8 u8 f4 f8'.split():
    with fits.open(type + '-back.fits') as f:
        f.verify('exception')
        back, values = f[0].data, np.load(type + '.npy')
        assert back.dtype.newbyteorder('=') == values.dtype and np.array_equal(back, values, equal_nan=type[0] == 'f'), (type, back.dtype)
back, values = np.load('scaled-back.npy'), np.load('scaled.npy')
assert back.dtype == 'f4' and np.isnan(back[3, 4]) and np.array_equal(back, values, equal_nan=True)
assert np.load('stored-back.npy').dtype == 'i2' and np.array_equal(np.load('stored-back.npy'), np.load('stored.npy'))
assert np.array_equal(fits.getdata('stored-back.fits').astype('f4'), values, equal_nan=True)  # the scale goes with the stored values
for i in 1, 3, 4: assert np.array_equal(np.load(f'many{i}.npy'), np.load(f'many{i}-back.npy')), i
assert np.array_equal(np.load('single-back.npy'), np.load('many1.npy'))
first, back, crop, mean, spaced = (fits.open(n)[0] for n in ('sky.fits', 'sky-back.fits', 'crop.fits', 'mean.fits', 'spaced.fits'))
for hdu in back, crop, mean, spaced: hdu.verify('exception')
assert np.array_equal(first.data, back.data)
for key in set(first.header) - {'EXTEND'}: assert back.header[key] == first.header[key] or str(back.header[key]) == str(first.header[key]), key
assert WCS(back.header).to_header() == WCS(first.header).to_header()
assert crop.header['OBJECT'] == 'M 1' and not any(k in crop.header for k in ('CRPIX1', 'CRVAL2', 'CTYPE1')) and crop.header['CDELT1'] == 0.0003
assert WCS(mean.header).wcs_pix2world([[3, 4]], 0).tolist() == WCS(first.header).celestial.wcs_pix2world([[3, 4]], 0).tolist()
assert 'CTYPE3' not in mean.header and np.allclose(mean.data, first.data.mean(0))
assert spaced.header['CTYPE4'] == 'TIME' and spaced.header['CTYPE3'] == 'Z' and spaced.header['CDELT3'] == 3 and spaced.header['CUNIT1'] == 'um'"

# A name is a name: nothing of what cfitsio makes of names.
cp i2-RICE_1.tiles.fits 'a[1].fits'
levin-ingest -q 'a[1].fits' name.zarr --axes zyx
levin-ingest -q i2-RICE_1.npy a.zarr --axes zyx -f
same_values a.zarr name.zarr
gzip -k u2.fits
expect_error 1 'u2.fits.gz: packed as a whole by gzip' levin-ingest u2.fits.gz out.zarr --axes zyx
expect_error 2 'mem:// is not supported' levin-ingest 'fits:mem://x.fits' out.zarr
OUT=x.fits
expect_error 2 'one image' levin-export made.zarr x.fits::SCI
