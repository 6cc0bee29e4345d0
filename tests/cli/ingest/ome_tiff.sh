# OME-TIFF as tifffile writes it, in every order of planes: axes, sizes and values; sets of files, several images, damage.
# What levin writes, tifffile reads.
need_python numpy tifffile
"$PY" "$SOURCE/tests/support/ome_files.py"
for name in TCZYX TZCYX CTZYX CZTYX ZTCYX ZCTYX compressed big; do
    expect_output '\(t 3, c 2, z 4, y 5, x 6\) uint16' levin-info $name.ome.tif
    expect_output 't 250 ms, z 2000 nm, y 0.5 um, x 0.25 um' levin-info $name.ome.tif
    levin-export -q $name.ome.tif $name.npy
    same_arrays whole.npy $name.npy
done
levin-export -q 'ZCTYX.ome.tif[t=1:3,z=2,y=1:4]' part.npy
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("part.npy"), np.load("whole.npy")[1:3, :, 2, 1:4])' || fail "a part"
levin-export -q rgb.ome.tif rgb-got.npy
same_arrays rgb.npy rgb-got.npy
levin-ingest -q TCZYX.ome.tif named.zarr
"$PY" -c 'import json; assert json.load(open("named.zarr/zarr.json"))["attributes"]["ome_tiff"]["channels"] == ["GFP", "RFP"]' || fail "names of channels"

# Several images: listed, and chosen by number. Smaller copies are not pages.
OUT=out.zarr
expect_error 1 'two.ome.tif holds 2 images; choose one as two.ome.tif::N: 0 .first, 5 x 6., 1 .second, 3 x 4.' levin-ingest two.ome.tif out.zarr
levin-export -q two.ome.tif::0 first-got.npy
same_arrays whole.npy first-got.npy
levin-export -q two.ome.tif::1 second-got.npy
same_arrays second.npy second-got.npy
expect_error 1 'two.ome.tif::2: no such image' levin-ingest two.ome.tif::2 out.zarr
levin-export -q pyramid.ome.tif volume-got.npy
same_arrays volume.npy volume-got.npy

# A set: one file is its part and says so, all of them are the whole; no file is opened that was not named.
mkdir alone
cp set_c0.ome.tif alone/
expect_exit 0 levin-ingest alone/set_c0.ome.tif one.zarr
grep -q 'holds 12 of the 24 planes of its image; others are in set_c1.ome.tif' "$stderr" || { show_output; fail "no note"; }
levin-export -q one.zarr one.npy
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("one.npy"), np.load("whole.npy")[:, 0])' || fail "one of a set"
expect_exit 0 levin-ingest -q 'set_c*.ome.tif' set.zarr --along c
levin-export -q set.zarr set.npy
same_arrays whole.npy set.npy

expect_exit 0 levin-ingest -q entity.ome.tif entity.zarr
! grep -q secret entity.zarr/zarr.json || fail "an entity was followed"
expect_exit 0 levin-ingest few.ome.tif few.zarr
grep -q 'tells of 32 planes and gives pages to 24 of them' "$stderr" || { show_output; fail "no note"; }
expect_error 1 'many.ome.tif: OME-XML puts 32 planes at page 0, but the file has 24 pages' levin-ingest many.ome.tif out.zarr
expect_error 1 'DimensionOrder="QXY' levin-ingest order.ome.tif out.zarr
expect_error 1 'cut.ome.tif: the OME-XML is damaged at byte' levin-ingest cut.ome.tif out.zarr
expect_error 1 'planes are missing' levin-ingest missing.ome.tif out.zarr
expect_exit 0 levin-ingest -q many.ome.tif pages.zarr --pages t

# Writing. tifffile is an independent reader.
levin-export -q named.zarr written.ome.tif
levin-export -q named.zarr packed.ome.tiff --compression deflate
"$PY" - <<'END' || fail "what tifffile reads"
import numpy as np, tifffile
from xml.etree import ElementTree
for name in ("written.ome.tif", "packed.ome.tiff"):
    with tifffile.TiffFile(name) as file:
        assert file.is_ome and not file.is_imagej
        series = file.series[0]
        assert series.axes == "TZCYX", series.axes
        assert np.array_equal(series.asarray().transpose(0, 2, 1, 3, 4), np.load("whole.npy"))
        pixels = ElementTree.fromstring(file.ome_metadata)[0][0].attrib
        assert (pixels["PhysicalSizeX"], pixels["PhysicalSizeXUnit"], pixels["PhysicalSizeZ"], pixels["TimeIncrementUnit"]) == ("0.25", "µm", "2000", "ms"), pixels
END
levin-ingest -q written.ome.tif again.zarr
same_values named.zarr again.zarr
expect_output 't 250 ms, z 2000 nm, y 0.5 um, x 0.25 um' levin-info again.zarr
OUT=x.ome.tif
levin-copy -q named.zarr wide.zarr --dtype int64
expect_error 2 'OME-TIFF has no type for int64' levin-export wide.zarr x.ome.tif
