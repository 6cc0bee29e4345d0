# --in-place: levels come to an image that has none, which is what it was until they are complete, whatever is killed when.
need_python numpy zarr
levin-synth random -q in.zarr --shape t=3,y=700,x=600 --chunks t=1,y=128,x=128
levin-pyramid -q in.zarr expected.zarr --name one
levin-pyramid -q in.zarr image.zarr --name one --levels 0
cp -r image.zarr whole.zarr
expect_exit 0 levin-pyramid whole.zarr --in-place
metadata() { "$PY" -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1]))["attributes"]["ome"], sort_keys=True))' "$1/zarr.json"; }
same_image() {
    same_values expected.zarr "$1"
    [ "$(metadata expected.zarr)" = "$(metadata "$1")" ] || fail "$1: other metadata: $(metadata "$1")"
    [ -z "$(find "$1" -name '__levin*' -o -name '.levin*')" ] || fail "$1: left over: $(find "$1" -name '*levin*')"
}
same_image whole.zarr
same_bytes image.zarr/0 whole.zarr/0
[ "$(levin-info whole.zarr | grep -c history)" = 2 ] || fail "the history of the array: $(levin-info whole.zarr)"
grep -c '"tool": "pyramid"' whole.zarr/zarr.json | grep -qx 2 || fail "the history of the image: $(cat whole.zarr/zarr.json)"

# Once more is refused, with --resume nothing, with --force other levels.
OUT=whole.zarr expect_error 1 'whole.zarr has levels 0 to 2 already; use --force' levin-pyramid whole.zarr --in-place
cp -r whole.zarr before
expect_exit 0 levin-pyramid whole.zarr --in-place --resume
same_bytes before whole.zarr
expect_exit 0 levin-pyramid whole.zarr --in-place --force --factor y=4,x=4 --levels 1
[ ! -e whole.zarr/2 ] || fail "a level that the image has no more"
levin-pyramid -q in.zarr quarter.zarr --factor y=4,x=4 --levels 1
same_values quarter.zarr whole.zarr
expect_output 'y 2.6|\(t 3, y 175, x 150\)' levin-info whole.zarr::1

# Killed on the way: the image is as it was. It goes on, or starts anew.
for how in --resume --force; do
    for kill in 1 9 20; do
        rm -rf out.zarr
        cp -r image.zarr out.zarr
        status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL $kill out.zarr/1 levin-pyramid out.zarr --in-place -q -j 1)
        [ "$status" = 137 ] || fail "not killed: $status"
        [ "$(metadata image.zarr)" = "$(metadata out.zarr)" ] || fail "killed, and the image has changed"
        same_bytes image.zarr/0 out.zarr/0
        expect_exit 0 levin-pyramid out.zarr --in-place -q $how
        same_image out.zarr
    done
done

# In parts, and a second time the same.
rm -rf out.zarr
cp -r image.zarr out.zarr
for part in 2 3 1; do
    expect_exit 0 levin-pyramid out.zarr --in-place -q --part $part/3
    [ $part = 1 ] || [ "$(metadata image.zarr)" = "$(metadata out.zarr)" ] || fail "visible before the last part"
done
same_image out.zarr
expect_exit 0 levin-pyramid out.zarr --in-place -q --part 1/3
same_image out.zarr

# An image of 0.4 by zarr-python, with a scale and a translation of the whole image, consolidated metadata, another name for
# level 0, and attributes of its own.
"$PY" - <<'END_OF_PYTHON'
import numpy as np, zarr
rng = np.random.default_rng(1)
g = zarr.open_group("v4.zarr", mode="w")
g.create_dataset("s0", data=rng.integers(0, 4000, (300, 520)).astype("u2"), chunks=(64, 64), dimension_separator="/")
axes = [dict(name=n, type="space", unit="micrometer") for n in "yx"]
datasets = [dict(path="s0", coordinateTransformations=[dict(type="scale", scale=[1, 2]), dict(type="translation", translation=[5, 6])])]
g.attrs["multiscales"] = [dict(version="0.4", name="n", axes=axes, datasets=datasets, extra=[1, 2],
    coordinateTransformations=[dict(type="scale", scale=[0.5, 0.5]), dict(type="translation", translation=[100, 200])])]
g.attrs["mine"] = dict(kept=True)
zarr.consolidate_metadata("v4.zarr")
END_OF_PYTHON
expect_exit 0 levin-pyramid v4.zarr --in-place
"$PY" - <<'END_OF_PYTHON'
import numpy as np, os, zarr
g = zarr.open_group("v4.zarr", mode="r")
image = g.attrs["multiscales"][0]
assert g.attrs["mine"] == dict(kept=True) and image["extra"] == [1, 2] and image["name"] == "n" and image["version"] == "0.4"
assert [d["path"] for d in image["datasets"]] == ["s0", "s1", "s2"], image
for level, dataset in enumerate(image["datasets"]):
    scale, shift = np.ones(2), np.zeros(2)
    for t in dataset["coordinateTransformations"] + image.get("coordinateTransformations", []):
        if t["type"] == "scale": scale, shift = scale * t["scale"], shift * t["scale"]
        else: shift = shift + t["translation"]
    by = 2 ** level
    np.testing.assert_allclose(scale, [0.5 * by, 1 * by])
    np.testing.assert_allclose(shift, [102.5 + 0.5 * (by - 1) / 2, 203 + (by - 1) / 2])
assert not os.path.exists("v4.zarr/.zmetadata")  # it knows nothing of the new levels
a = g["s0"][:]
blocks = a.reshape(150, 2, 260, 2).transpose(0, 2, 1, 3).reshape(150, 260, 4)
assert np.array_equal(g["s1"][:], np.rint(blocks.mean(-1)).astype("u2")) and g["s1"].chunks == (64, 64)
END_OF_PYTHON
expect_output 'spacing +y 0.5 um, x 1 um' levin-info v4.zarr
expect_output 'spacing +y 1 um, x 2 um' levin-info v4.zarr::1

OUT="in.zarr image.zarr"
expect_error 2 'in.zarr is no OME-Zarr image' levin-pyramid in.zarr --in-place
expect_error 2 'leave out OUTPUT' levin-pyramid image.zarr out2.zarr --in-place
expect_error 2 'leave out --ome-version' levin-pyramid image.zarr --in-place --ome-version 0.4
expect_error 2 'name an OUTPUT, or say --in-place' levin-pyramid image.zarr
expect_error 1 'none.zarr: there is no such image' levin-pyramid none.zarr --in-place
expect_output 'output .*image.zarr/1: tyx \(3, 350, 300\) float32' levin-pyramid image.zarr --in-place --dry-run
[ ! -e image.zarr/1 ] || fail "--dry-run writes"

# Nothing that metadata name is believed: neither is level 0 written over, nor goes what is no level.
levin-synth random -q other.zarr --shape y=300,x=300
mkdir odd.zarr
cp -r other.zarr odd.zarr/1
cp -r other.zarr odd.zarr/kept
cp -r other.zarr odd.zarr/old
odd() { "$PY" - "$@" <<'END_OF_PYTHON'
import json, sys
axes = [dict(name=n, type="space") for n in "yx"]
datasets = [dict(path=p, coordinateTransformations=[dict(type="scale", scale=[2.0 ** i] * 2)]) for i, p in enumerate(sys.argv[1:])]
json.dump(dict(zarr_format=3, node_type="group", consolidated_metadata=dict(kind="inline", metadata={}),
               attributes=dict(ome=dict(version="0.5", multiscales=[dict(axes=axes, datasets=datasets)]))), open("odd.zarr/zarr.json", "w"))
END_OF_PYTHON
}
odd 1
expect_error 1 "level 0 lies at '1', where level 1 would come" levin-pyramid odd.zarr --in-place
mv odd.zarr/1 odd.zarr/first
odd first . old ./kept ../other.zarr
expect_error 1 'leads out of the group' levin-pyramid odd.zarr --in-place --force
odd first . old ./kept
expect_exit 0 levin-pyramid odd.zarr --in-place --force
[ -e odd.zarr/kept ] && [ -e odd.zarr/first ] && [ ! -e odd.zarr/old ] || fail "$(ls odd.zarr)"
same_bytes other.zarr odd.zarr/first
! grep -q consolidated odd.zarr/zarr.json || fail "consolidated metadata of the state before"
levin-pyramid -q other.zarr small.zarr --levels 0 --select y=0:200,x=0:200
expect_exit 0 levin-pyramid small.zarr --in-place
grep -q 'small.zarr needs no further level' "$stderr" || { show_output; fail "no word"; }
