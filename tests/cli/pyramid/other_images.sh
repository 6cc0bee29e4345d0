# Images as other programs write them: levels and labels by "::" have axes, units and spacing, which their arrays do not know;
# info shows levels, channels and labels; selections, single levels and single channels become images of their own.
need_python numpy zarr
"$PY" - <<'END_OF_PYTHON'
import numpy as np, zarr
rng = np.random.default_rng(1)
axes = [dict(name="t", type="time", unit="second"), dict(name="c", type="channel"), dict(name="y", type="space", unit="micrometer"),
        dict(name="x", type="space", unit="micrometer")]
def image(group, data, axes, **attributes):
    datasets = []
    for level in range(2):
        a = data[..., :: 2 ** level, :: 2 ** level]
        group.create_dataset(str(level), data=a, chunks=(1,) * (a.ndim - 2) + (64, 64), dimension_separator="/")
        scale = [0.5 if axis["name"] == "t" else 1 if axis["name"] == "c" else 0.25 * 2 ** level for axis in axes]
        datasets.append(dict(path=str(level), coordinateTransformations=[dict(type="scale", scale=scale), dict(type="translation", translation=[float(n) for n in range(len(axes))])]))
    group.attrs["multiscales"] = [dict(version="0.4", name="cells", axes=axes, datasets=datasets)]
    for key, value in attributes.items(): group.attrs[key.replace("_", "-")] = value
g = zarr.open_group("image.zarr", mode="w")
data = rng.integers(0, 4000, (3, 2, 300, 260)).astype("u2")
np.save("data.npy", data)
omero = dict(channels=[dict(label="GCaMP", color="00FF00", window=dict(min=0, max=65535, start=100, end=4000)), dict(label="\x1b[2J", color="FF0000")])
image(g, data, axes, omero=omero)
labels = rng.integers(0, 5, (3, 300, 260)).astype("i4")
np.save("labels.npy", labels)
image(g.create_group("labels/cells"), labels, axes[:1] + axes[2:], image_label=dict(version="0.4"))
g["labels"].attrs["labels"] = ["cells"]
END_OF_PYTHON
expect_output "^  image    OME-Zarr 0.4 'cells', level 0 of 2" levin-info image.zarr
grep -q '^           1: (3, 2, 150, 130)$' "$stdout" || { show_output; fail "levels"; }
grep -q '^  channels 0: GCaMP #00FF00, 100 to 4000$' "$stdout" || { show_output; fail "channels"; }
grep -qF '1: ?[2J #FF0000' "$stdout" || { show_output; fail "names that move the cursor"; }
grep -q '^  labels   cells$' "$stdout" || { show_output; fail "labels"; }
expect_output '^image.zarr: 3 datasets$' levin-info --list image.zarr
expect_output '^  1 +\(3, 2, 150, 130\) +uint16 +level 1 of the image$' levin-info --list image.zarr
expect_output '^  labels/cells +\(3, 300, 260\) +int32 +label image, 2 levels$' levin-info --list image.zarr
expect_error 2 'one array; there is nothing to choose from' levin-info --list image.zarr/0
for name in image.zarr::1 "image.zarr --level 1"; do
    # shellcheck disable=SC2086
    expect_output '\(t 3, c 2, y 150, x 130\) uint16' levin-info $name
    grep -q 'spacing  t 0.5 s, y 0.5 um, x 0.5 um' "$stdout" || { show_output; fail "spacing of $name"; }
done
expect_output '\(t 3, y 150, x 130\) int32' levin-info image.zarr::labels/cells/1
grep -q 'spacing  t 0.5 s, y 0.5 um, x 0.5 um' "$stdout" || { show_output; fail "spacing of labels"; }
expect_output '\(t 3, y 300, x 260\) int32' levin-info image.zarr::labels/cells
expect_output '"labels": \[$' levin-info image.zarr --json
expect_error 1 "no array or group 'labels/none' in image.zarr" levin-copy image.zarr::labels/none out.zarr

expect_exit 0 levin-pyramid image.zarr all.zarr
expect_exit 0 levin-pyramid image.zarr::1 half.zarr --levels 1
expect_exit 0 levin-pyramid 'image.zarr[c=1]' one.zarr
expect_exit 0 levin-pyramid image.zarr some.zarr --select t=1:3,c=0:1
grep -q 'the names of the 2 channels of image.zarr are left out: the result has 1' "$stderr" || { show_output; fail "channels"; }
expect_exit 0 levin-pyramid image.zarr/labels/cells cells.zarr
expect_exit 0 levin-pyramid image.zarr::labels/cells/0 cells2.zarr
"$PY" - <<'END_OF_PYTHON'
import numpy as np
from case_arrays import read
from ngff import attributes
data, labels = np.load("data.npy"), np.load("labels.npy")
def ome(store): return attributes(store)["ome"]
def first(store):
    return [t[t["type"]] for t in ome(store)["multiscales"][0]["datasets"][0]["coordinateTransformations"]]
assert np.array_equal(read("all.zarr"), data) and np.array_equal(read("half.zarr"), data[..., ::2, ::2])
assert np.array_equal(read("one.zarr"), data[:, 1]) and np.array_equal(read("some.zarr"), data[1:3, :1])
assert len(ome("all.zarr")["omero"]["channels"]) == 2 and len(ome("half.zarr")["omero"]["channels"]) == 2
assert "omero" not in ome("one.zarr") and "omero" not in ome("some.zarr")
assert ome("all.zarr")["multiscales"][0]["name"] == "cells"
assert first("all.zarr") == [[0.5, 1, 0.25, 0.25], [0, 1, 2, 3]], first("all.zarr")
assert first("half.zarr") == [[0.5, 1, 0.5, 0.5], [0, 1, 2, 3]], first("half.zarr")
assert first("some.zarr") == [[0.5, 1, 0.25, 0.25]]  # where a part of an image lies is not kept
for store in "cells.zarr", "cells2.zarr":
    assert ome(store)["multiscales"][0]["type"] == "mode" and np.array_equal(read(store), labels)
assert "image-label" in ome("cells.zarr")
END_OF_PYTHON
