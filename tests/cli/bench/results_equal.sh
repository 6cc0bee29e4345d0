# scripts/bench at a tiny size: levin's results equal those of dask and its kin, and a difference is an error, never a ratio.
need_python dask zarr numcodecs scipy sklearn tifffile
export PYTHONPATH=$SOURCE
jobs='^(toseries|fft|polynomial|dff|kmeans|several|percentile|median3x3|median3x3x3|gaussian2d|ingest-pages)$'
"$PY" -m bench --build "$BIN/.." --out out --scale 0 --frames 40 --repeats 1 --jobs "$jobs" --peers '^(dask|tifffile|scikit-learn lloyd)(?!.*OpenCV)' --parts jobs --no-plot >log 2>&1 ||
    { cat log >&2; fail "scripts/bench found results that differ"; }
"$PY" - <<'END' || fail "not every job has a ratio"
import json
rows = [row for row in json.load(open("out/results.json"))["outcomes"] if row["peer"] != "levin"]
assert len({row["job"] for row in rows}) == 11, len(rows)
assert all(row["ratios"] and not row["error"] for row in rows), rows
END
"$PY" - <<'END' || fail "the comparison overlooks a difference, or sees one where there is none"
import numpy as np
import zarr
from bench.compare import compare
rng = np.random.default_rng(1)
a = rng.normal(100, 10, (300, 8, 8)).astype("f4")


def answer(kind, b, crop=()):
    zarr.save_array("a.zarr", a.astype(b.dtype) if kind == "exact" else a)
    zarr.save_array("b.zarr", b)
    return compare(kind, crop, "a.zarr", "b.zarr")["equal"]


def changed(index, value):
    b = a.copy()
    b[index] = value
    return b


assert answer("float", a) and answer("float", a * np.float32(1 + 5e-6))
assert not answer("float", changed((299, 7, 7), a[299, 7, 7] * 1.0001))
assert not answer("float", changed((0, 0, 0), np.nan)) and not answer("float", changed((0, 0, 0), np.inf))
assert not answer("float", a[:, :, :7]) and not answer("float", a.astype("f8"))
whole = a.astype("u2")
assert answer("exact", whole)
whole[5, 0, 3] += 1
assert not answer("exact", whole) and answer("exact", whole, (0, 1, 0))
END
