# OME-Zarr 0.4 (Zarr v2, written by zarr-python) and 0.5 open at level 0, with axes and spacing, or at --level.
need_python zarr numpy
"$PY" - <<'END'
import json, os, subprocess, numpy as np, zarr
rng = np.random.default_rng(1)
levels = [rng.integers(0, 999, (3, 2, 16, 12)).astype("u2"), rng.integers(0, 999, (3, 2, 8, 6)).astype("u2")]
axes = [dict(name="t", type="time", unit="second"), dict(name="c", type="channel"),
        dict(name="y", type="space", unit="micrometer"), dict(name="x", type="space", unit="micrometer")]
datasets = [dict(path=str(i), coordinateTransformations=[dict(type="scale", scale=[0.5, 1, 0.65 * 2**i, 0.6 * 2**i])]) for i in range(2)]
group = zarr.open_group("v4.zarr", mode="w")
group.attrs["multiscales"] = [dict(version="0.4", axes=axes, datasets=datasets)]
os.mkdir("v5.zarr")
for i, a in enumerate(levels):
    np.save(f"level{i}.npy", a)
    group.create_dataset(str(i), data=a, chunks=(1, 1, 8, 8), dimension_separator="/")
    subprocess.run(["levin-ingest", "-q", f"level{i}.npy", f"v5.zarr/{i}", "--axes", "tcyx"], check=True)
ome = dict(version="0.5", multiscales=[dict(axes=axes, datasets=datasets)])
json.dump(dict(zarr_format=3, node_type="group", attributes=dict(ome=ome)), open("v5.zarr/zarr.json", "w"))
END
for store in v4.zarr v5.zarr; do
    for level in 0 1; do
        expect_exit 0 levin-copy "$store" "copy-$store-$level" --level $level
        levin-export -q "copy-$store-$level" x.npy -f
        cmp x.npy level$level.npy || fail "$store: level $level has other values"
    done
    expect_output '\(t 3, c 2, y 16, x 12\) uint16' levin-info "copy-$store-0"
    expect_output 'spacing +t 0.5 s, y 0.65 um, x 0.6 um' levin-info "copy-$store-0"
    expect_output 'spacing +t 0.5 s, y 1.3 um, x 1.2 um' levin-info "copy-$store-1"
    levin-export -q "$store[t=1,c=0]" part.npy -f
    "$PY" -c "
import numpy as np
assert np.array_equal(np.load('part.npy'), np.load('level0.npy')[1, 0])"
    expect_output "^$store: \(t 3, c 2, y 16, x 12\) uint16" levin-info "$store"
    expect_output "^$store: \(t 3, c 2, y 8, x 6\) uint16" levin-info "$store" --level 1
    expect_output "^$store/1: .* 0 faults" levin-check "$store"
    expect_error 2 'level 2: the image has levels 0 to 1' levin-copy "$store" out.zarr --level 2
done
