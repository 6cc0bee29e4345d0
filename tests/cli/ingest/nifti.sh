# What nibabel writes, levin reads, and the other way round: values, axes, spacing, orientation; every type, byte order and
# kind of file. What NIfTI cannot hold is refused.
need_python numpy nibabel
"$PY" -W ignore -c "
import numpy as np, nibabel as nib
rng = np.random.default_rng(1)
types = 'u1 i1 i2 u2 i4 u4 i8 u8 f4 f8 c8 c16'.split()
affine = np.array([[0, -0.5, 0, 7], [0.65, 0, 0, -3], [0, 0, -3, 11], [0, 0, 0, 1.]])
def image(kind, values, **fields):
    header = kind.header_class(endianness=fields.pop('endian', '<'))
    header.set_data_dtype(values.dtype)
    made = kind(values, affine, header)
    made.header.set_data_shape(values.shape)
    made.header.set_zooms([0.65, 0.5, 3, 0.25][:values.ndim] + [1] * (values.ndim - 4))
    made.header.set_xyzt_units('mm', 'sec')
    for name, value in fields.items(): made.header[name] = value
    return made
for type in types:
    values = rng.integers(0, 100, (6, 5, 4, 3)).astype(type)
    if type[0] == 'c': values = (values * (1 + 2j)).astype(type)
    np.save(type + '.npy', values.T)
    for endian, mark in ('<', 'le'), ('>', 'be'):
        nib.save(image(nib.Nifti1Image, values, endian=endian), f'{type}-1-{mark}.nii')
        nib.save(image(nib.Nifti2Image, values, endian=endian), f'{type}-2-{mark}.nii.gz')
        nib.save(image(nib.Nifti1Pair, values, endian=endian), f'{type}-pair-{mark}.hdr')
values = rng.integers(-1000, 1000, (6, 5, 4, 3)).astype('i2')
nib.save(image(nib.Nifti1Image, values, descrip='a brain', intent_code=1005, toffset=2.5, cal_max=900, slice_code=3, slice_end=3,
               slice_duration=0.05, dim_info=57, intent_name='Z'), 'header.nii.gz')
scaled = image(nib.Nifti1Image, values)
scaled.header.set_slope_inter(0.25, -3)
scaled.to_filename('scaled.nii')
np.save('scaled.npy', np.asarray(nib.load('scaled.nii').dataobj).T)
np.save('stored.npy', np.asarray(nib.load('scaled.nii').dataobj.get_unscaled()).T)
rgb = np.zeros((6, 5, 4), [(c, 'u1') for c in 'RGB'])
for c in 'RGB': rgb[c] = rng.integers(0, 255, rgb.shape)
nib.Nifti1Image(rgb, affine).to_filename('rgb.nii')
np.save('rgb.npy', np.stack([rgb[c].T for c in 'RGB']).transpose(1, 0, 2, 3))
nib.Nifti1Image(rng.integers(0, 9, (6, 5, 1, 1, 3)).astype('u1'), affine).to_filename('vector.nii')
nib.AnalyzeImage(values, affine).to_filename('old.hdr')"
for type in u1 i1 i2 u2 i4 u4 i8 u8 f4 f8 c8 c16; do
    levin-ingest -q $type.npy a.zarr --axes tzyx -f
    for file in $type-*.nii $type-*.nii.gz $type-*.hdr; do
        expect_output '\(t 3, z 4, y 5, x 6\)' levin-info "$file"
        grep -q 'spacing .*t 0.25 s, z 3 mm, y 0.5 mm, x 0.65 mm' "$stdout" || { show_output; fail "$file: the spacing"; }
        levin-ingest -q "$file" b.zarr -f
        same_values a.zarr b.zarr
    done
    expect_exit 0 levin-export b.zarr "$type-back.nii"
    expect_exit 0 levin-export b.zarr "$type-back.nii.gz"
done
expect_output 'z 3 mm, y 0.5 mm' levin-info i2-pair-le.img
expect_output '\(z 4, c 3, y 5, x 6\) uint8|\(c 3, z 4, y 5, x 6\) uint8' levin-info rgb.nii
levin-ingest -q scaled.nii scaled.zarr
levin-ingest -q scaled.nii stored.zarr --raw
levin-export -q scaled.zarr scaled-back.npy
levin-export -q stored.zarr stored-back.npy
levin-export -q stored.zarr stored-back.nii
levin-export -q rgb.nii rgb-back.npy
levin-ingest -q header.nii.gz header.zarr
levin-export -q header.zarr header-back.nii.gz
levin-export -q 'header.zarr[x=1:5]' cropped.nii
levin-project -q mean header.nii.gz mean.zarr --axis t
levin-export -q mean.zarr mean.nii
levin-export -q header.zarr pair.hdr
expect_error 1 'pair.hdr exists' levin-export header.zarr pair.hdr
rm pair.hdr
expect_error 1 'pair.img exists' levin-export header.zarr nifti:pair.hdr
levin-export -qf header.zarr nifti:pair.hdr
levin-ingest -q pair.img pair.zarr
same_values header.zarr pair.zarr
expect_error 2 'x.hdr' levin-export header.zarr nifti:other.img
[ -z "$(find . -name '.levin*')" ] || fail "partial files are left: $(find . -name '.levin*')"
levin-synth -q random plane.zarr --shape y=40000,x=3 --chunks y=20000
levin-export -q plane.zarr long.nii
levin-export -q plane.zarr plane.npy
"$PY" -W ignore -c "
import numpy as np, nibabel as nib
for type in 'u1 i1 i2 u2 i4 u4 i8 u8 f4 f8 c8 c16'.split():
    for name in type + '-back.nii', type + '-back.nii.gz':
        first, back = nib.load(type + '-1-le.nii'), nib.load(name)
        assert back.get_data_dtype() == first.get_data_dtype() and np.array_equal(np.asarray(back.dataobj), np.asarray(first.dataobj)), name
        assert np.array_equal(back.affine, first.affine) and back.header.get_zooms() == first.header.get_zooms(), name
        assert back.header.get_xyzt_units() == ('mm', 'sec'), name
first, pair = nib.load('header.nii.gz'), nib.load('pair.hdr')
assert isinstance(pair, nib.Nifti1Pair) and not isinstance(pair, nib.Nifti1Image) and np.array_equal(pair.get_fdata(), first.get_fdata()) and np.array_equal(pair.affine, first.affine)
first, back = nib.load('header.nii.gz'), nib.load('header-back.nii.gz')
assert np.array_equal(first.get_fdata(), back.get_fdata())
for key in first.header:
    same = np.array_equal(first.header[key], back.header[key]) or key in ('scl_slope', 'scl_inter', 'extents', 'regular')
    assert same, (key, first.header[key], back.header[key])
s = np.load('scaled.npy')
assert np.load('scaled-back.npy').dtype == 'f4' and np.array_equal(np.load('scaled-back.npy'), s)
assert np.load('stored-back.npy').dtype == 'i2' and np.array_equal(np.load('stored-back.npy'), np.load('stored.npy'))
assert np.array_equal(nib.load('stored-back.nii').get_fdata(), s.T)  # the scale goes with the stored values
rgb, back = np.load('rgb.npy'), np.load('rgb-back.npy')
assert np.array_equal(back, rgb) or np.array_equal(back, rgb.transpose(1, 0, 2, 3)), back.shape
# Of a part the orientation is not known; of a mean over t it is.
cropped, mean = nib.load('cropped.nii'), nib.load('mean.nii')
assert cropped.header['sform_code'] == 0 and cropped.header['qform_code'] == 0
assert np.allclose(cropped.header.get_zooms(), (0.65, 0.5, 3, 0.25)) and cropped.shape == (4, 5, 4, 3)
assert np.array_equal(mean.affine, first.affine) and np.allclose(mean.get_fdata(), first.get_fdata().mean(3), rtol=1e-6)
long = nib.load('long.nii')
assert isinstance(long, nib.Nifti2Image) and np.array_equal(np.asarray(long.dataobj).T, np.load('plane.npy'))"

expect_error 1 'old.hdr: .*ANALYZE 7.5' levin-ingest nifti:old.hdr out.zarr
expect_error 2 'raw.*format npy.*nifti' levin-ingest i2.npy out.zarr --axes tzyx --raw
head -c 700 header.nii.gz >cut.nii.gz
expect_error 1 'cut.nii.gz.*cut off' levin-ingest cut.nii.gz out.zarr
mkdir away && mv i2-pair-le.img away/
expect_error 1 'i2-pair-le.hdr.*\.img' levin-ingest i2-pair-le.hdr out.zarr
levin-export -q scaled.zarr frame.nii.gz --split t
[ -e frame-0002.nii.gz ] || fail "no frame-0002.nii.gz: $(ls)"
levin-ingest -q 'frame-*.nii.gz' frames.zarr
same_values scaled.zarr frames.zarr
