# Images and labels of both versions pass the official JSON schemas, the strict ones too, and other programs open them: of
# version 0.4 zarr-python. Channels and colours are carried over from images that other programs wrote.
need_python numpy jsonschema zarr
schemas=$SOURCE/../shared/formats/ngff
[ -d "$schemas" ] || skip "no schemas of OME-NGFF"
valid() {
    version=$1
    shift
    "$PY" "$SOURCE/tests/support/ngff.py" "$schemas/$version" "$@" >&2 || fail "the metadata of $1 are not valid"
}

# An image with channels and a label image with colours, as other programs write them: 0.4, level 0 only.
"$PY" - <<'END_OF_PYTHON'
import numpy as np, zarr
rng = np.random.default_rng(1)
axes = [dict(name="t", type="time", unit="minute"), dict(name="c", type="channel"), dict(name="z", type="space", unit="micrometer"),
        dict(name="y", type="space", unit="micrometer"), dict(name="x", type="space", unit="micrometer")]
scale, shift = [2, 1, 3, 0.5, 0.25], [0, 0, 30, 7, -1]
image = zarr.open_group("v4.zarr", mode="w")
image.create_dataset("0", data=rng.integers(0, 4000, (2, 2, 3, 300, 280)).astype("u2"), chunks=(1, 1, 1, 128, 128), dimension_separator="/")
datasets = [dict(path="0", coordinateTransformations=[dict(type="scale", scale=scale), dict(type="translation", translation=shift)])]
image.attrs["multiscales"] = [dict(version="0.4", name="brain", axes=axes, datasets=datasets)]
channel = lambda name, color: dict(label=name, color=color, active=True, window=dict(min=0, max=65535, start=100, end=4000))
image.attrs["omero"] = dict(version="0.4", channels=[channel("GCaMP", "00FF00"), channel("RFP", "FF0000")], rdefs=dict(model="color"))
cells = image.create_group("labels/cells")
cells.create_dataset("0", data=rng.integers(0, 9, (2, 3, 300, 280)).astype("u4"), chunks=(1, 1, 128, 128), dimension_separator="/")
without = lambda v: v[:1] + v[2:]
cells.attrs["multiscales"] = [dict(version="0.4", axes=without(axes), datasets=[dict(path="0", coordinateTransformations=[dict(type="scale", scale=without(scale))])])]
cells.attrs["image-label"] = dict(version="0.4", colors=[{"label-value": 0, "rgba": [0, 0, 0, 0]}, {"label-value": 3, "rgba": [255, 0, 0, 255]}],
                                  properties=[{"label-value": 3, "class": "neuron"}], source=dict(image="../../"))
image["labels"].attrs["labels"] = ["cells"]
END_OF_PYTHON
for version in 0.4 0.5; do
    expect_exit 0 levin-pyramid v4.zarr out$version.zarr --ome-version $version
    valid $version out$version.zarr image strict_image
    expect_exit 0 levin-pyramid v4.zarr::labels/cells out$version.zarr::labels/nuclei
    valid $version out$version.zarr/labels/nuclei image strict_image label strict_label
    # A label image of a plain store, which has no colours, and so no strict schema.
    levin-copy -q v4.zarr::labels/cells plain.zarr --force
    expect_exit 0 levin-pyramid plain.zarr out$version.zarr/labels/plain
    valid $version out$version.zarr/labels/plain image strict_image label
done
valid 0.5 out0.5.zarr ome_zarr
"$PY" - <<'END_OF_PYTHON'
import json, numpy as np, zarr
from case_arrays import read
from ngff import attributes
original = zarr.open_group("v4.zarr", mode="r")
expected_omero = dict(original.attrs["omero"])
for version in "0.4", "0.5":
    store = f"out{version}.zarr"
    a = attributes(store)
    ome = a if version == "0.4" else a["ome"]
    image = ome["multiscales"][0]
    assert image["name"] == "brain" and image["type"] == "mean", image
    assert [d["path"] for d in image["datasets"]] == ["0", "1"]
    assert [axis.get("unit") for axis in image["axes"]] == ["minute", None] + 3 * ["micrometer"]
    scale, shift = image["datasets"][1]["coordinateTransformations"]
    # Block means lie half a sample beside the first, from where the image begins.
    np.testing.assert_allclose(scale["scale"], [2, 1, 3, 1, 0.5])
    np.testing.assert_allclose(shift["translation"], [0, 0, 30, 7 + 0.25, -1 + 0.125])
    np.testing.assert_allclose(image["datasets"][0]["coordinateTransformations"][1]["translation"], [0, 0, 30, 7, -1])
    omero = {k: v for k, v in ome["omero"].items() if k != "version"}
    assert omero == {k: v for k, v in expected_omero.items() if k != "version"}, omero
    assert ("version" in ome["omero"]) == (version == "0.4")
    label = attributes(f"{store}/labels/nuclei")
    label = label if version == "0.4" else label["ome"]
    theirs = dict(original["labels/cells"].attrs["image-label"])
    assert {**label["image-label"], "version": "0.4"} == theirs and ("version" in label["image-label"]) == (version == "0.4")
    assert label["multiscales"][0]["type"] == "mode" and label["multiscales"][0]["name"] == "nuclei"
    plain = attributes(f"{store}/labels/plain")
    plain = plain if version == "0.4" else plain["ome"]
    assert plain["image-label"]["source"] == {"image": "../../"}, plain
    # Labels lie where their image does.
    np.testing.assert_allclose(plain["multiscales"][0]["datasets"][0]["coordinateTransformations"][1]["translation"], [0, 30, 7, -1])
    group = attributes(f"{store}/labels")
    assert (group if version == "0.4" else group["ome"])["labels"] == ["nuclei", "plain"], group
v4 = zarr.open_group("out0.4.zarr", mode="r")
for path in "0", "1", "labels/nuclei/0", "labels/nuclei/1", "labels/plain/1":
    assert np.array_equal(v4[path][:], read(f"out0.4.zarr/{path}")) and np.array_equal(v4[path][:], read(f"out0.5.zarr/{path}")), path
assert np.array_equal(v4["0"][:], original["0"][:]) and np.array_equal(v4["labels/plain/0"][:], original["labels/cells/0"][:])
assert v4["1"].shape == (2, 2, 3, 150, 140)
assert v4.store.__class__.__name__ and json.load(open("out0.4.zarr/1/.zarray"))["dimension_separator"] == "/"
END_OF_PYTHON
# Without what an image says, the axes have a scale of 1.
levin-synth random -q none.zarr --shape y=300,x=20
expect_exit 0 levin-pyramid none.zarr none.ome.zarr --method nearest
valid 0.5 none.ome.zarr image strict_image
"$PY" - <<'END_OF_PYTHON'
from ngff import attributes
image = attributes("none.ome.zarr")["ome"]["multiscales"][0]
assert image["name"] == "none" and [a.get("unit") for a in image["axes"]] == [None, None]
assert [d["coordinateTransformations"] for d in image["datasets"]] == [[dict(type="scale", scale=[s, s])] for s in (1.0, 2.0)], image
END_OF_PYTHON
