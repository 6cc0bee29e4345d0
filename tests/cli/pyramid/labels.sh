# Labels of an image: by OUTPUT as it would be read, listed in their group, with mode as the default; what does not fit is
# refused and leaves the image alone.
need_python numpy
levin-synth fish -q fish.zarr --shape t=4,z=2,y=300,x=280 --truth truth
for version in 0.4 0.5; do
    levin-pyramid -q fish.zarr image$version.zarr --ome-version $version
    expect_exit 0 levin-pyramid truth/labels.zarr image$version.zarr::labels/cells
    expect_exit 0 levin-pyramid truth/labels.zarr image$version.zarr/labels/again/ --levels 2 --factor x=2
    expect_output '\(z 2, y 150, x 140\) int32' levin-info image$version.zarr::labels/cells/1
    expect_output 'spacing +z 5 um, y 1.3 um, x 1.3 um' levin-info image$version.zarr/labels/cells --level 1
done
"$PY" - <<'END_OF_PYTHON'
import numpy as np
from case_arrays import read
from ngff import attributes
for version in "0.4", "0.5":
    image = f"image{version}.zarr"
    listed = attributes(f"{image}/labels")
    assert (listed if version == "0.4" else listed["ome"])["labels"] == ["cells", "again"], listed
    a, b = read(f"{image}::labels/cells"), read(f"{image}/labels/cells/1")
    assert np.array_equal(a, read("truth/labels.zarr")) and a.any()
    blocks = a.reshape(2, 150, 2, 140, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 4)
    mode = [min(set(row), key=lambda v: (-row.count(v), v)) for row in blocks.tolist()]
    assert np.array_equal(b.ravel(), mode)
END_OF_PYTHON
# The labels that two write at the same time are both listed.
levin-pyramid -q fish.zarr image.zarr
for name in a b c d e f; do levin-pyramid -q truth/labels.zarr image.zarr::labels/$name & done
wait
levin-pyramid -q truth/labels.zarr image.zarr::labels/g
"$PY" -c '
from ngff import attributes
assert sorted(attributes("image.zarr/labels")["ome"]["labels"]) == list("abcdefg")'

# In parts the last one lists it; what exists is replaced with --force only.
for part in 1 2; do expect_exit 0 levin-pyramid -q truth/labels.zarr image.zarr::labels/parts --part $part/2; done
grep -q '"parts"' image.zarr/labels/zarr.json || fail "not listed"
expect_error 1 'labels/a exists; use --force' levin-pyramid truth/labels.zarr image.zarr::labels/a
expect_exit 0 levin-pyramid truth/labels.zarr image.zarr::labels/a --force --levels 0
[ ! -e image.zarr/labels/a/1 ] || fail "not replaced"

OUT=image.zarr/labels/no
expect_error 1 'fish.zarr is no OME-Zarr image that could have labels' levin-pyramid truth/labels.zarr fish.zarr::labels/no
[ ! -e fish.zarr/labels ] || fail "a folder in an array"
expect_error 1 '140 samples along y, image.zarr has 300' levin-pyramid 'truth/labels.zarr[y=0:140]' image.zarr::labels/no
levin-copy -q truth/labels.zarr float.zarr --dtype float32
expect_error 2 'float.zarr is float32: labels are integers' levin-pyramid float.zarr image.zarr::labels/no
expect_error 2 'image.zarr is 0.5, and so are its labels' levin-pyramid truth/labels.zarr image.zarr::labels/no --ome-version 0.4
# A folder that happens to be called labels is none of an image's, and what lies in it are no labels.
mkdir labels
levin-copy -q fish.zarr labels/movie.zarr
expect_exit 0 levin-pyramid labels/movie.zarr labels/image.zarr
expect_output '"type": "mean"' cat labels/image.zarr/zarr.json
[ ! -e labels/zarr.json ] || fail "a listing in a plain folder"
levin-kmeans -q fish.zarr clusters --clusters 3 >/dev/null
expect_exit 0 levin-pyramid clusters/labels image.zarr::labels/clusters
expect_exit 0 levin-pyramid clusters/labels alone.zarr
expect_output '"type": "mode"' cat alone.zarr/zarr.json
