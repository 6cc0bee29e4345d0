# An ImageJ hyperstack says its axes and spacing itself, and a TIFF that levin writes says them to ImageJ.
need_python numpy tifffile
"$PY" -c "
import numpy as np, tifffile
a = np.arange(4 * 3 * 2 * 5 * 6, dtype='u2').reshape(4, 3, 2, 5, 6)
np.save('a.npy', a)
tifffile.imwrite('ij.tif', a, imagej=True, resolution=(1 / 0.65, 1 / 0.5),
                 metadata={'axes': 'TZCYX', 'spacing': 5.0, 'unit': 'um', 'finterval': 0.25})"
expect_exit 0 levin-ingest ij.tif ij.zarr
expect_output '\(t 4, c 2, z 3, y 5, x 6\) uint16' levin-info ij.zarr
grep -q 'spacing .*t 0.25 s, z 5 um, y 0.5 um, x 0.65 um' "$stdout" || { show_output; fail "the spacing is lost"; }
levin-export -q ij.zarr ij.npy
expect_exit 0 levin-export ij.zarr back.tif
expect_exit 0 levin-ingest back.tif back.zarr
expect_output 'spacing .*t 0.25 s, z 5 um, y 0.5 um, x 0.65 um' levin-info back.zarr
same_values ij.zarr back.zarr
"$PY" -c "
import numpy as np, tifffile
a = np.load('a.npy')
assert np.array_equal(np.load('ij.npy'), a.transpose(0, 2, 1, 3, 4))
with tifffile.TiffFile('back.tif') as f:
    assert f.is_imagej and f.series[0].axes == 'TZCYX', f.series[0].axes
    assert np.array_equal(f.asarray(), a)
    meta = f.imagej_metadata
    assert abs(meta['spacing'] - 5) < 1e-9 and abs(meta['finterval'] - 0.25) < 1e-9, meta
    for tag, size in (('XResolution', 0.65), ('YResolution', 0.5)):
        n, d = f.pages[0].tags[tag].value
        assert abs(d / n - size) < 1e-6, (tag, n, d)"
# What the user says goes before what the file says.
levin-ingest -q ij.tif told.zarr --spacing t=2s
expect_output 'spacing .*t 2 s' levin-info told.zarr
