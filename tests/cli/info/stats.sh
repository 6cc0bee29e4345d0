# --stats are NumPy's, NaN left out; of a selection, of a file, of a constant and of nothing.
npy a.npy 'np.where(rng.random((7, 20, 30)) < 0.1, np.nan, rng.normal(1e4, 1, (7, 20, 30))).astype("f4")'
npy u.npy 'rng.integers(0, 65536, (7, 20, 30)).astype("u2")'
npy nan.npy 'np.full((3, 4), np.nan)'
npy none.npy 'np.zeros((0, 4))'
npy inf.npy 'np.array([[1.0, np.inf], [2.0, np.nan]])'
levin-ingest -q a.npy a.zarr --axes tyx --chunks t=2,y=7
expect_stats() {  # 'values by NumPy' ARGUMENTS of info
    expect_exit 0 levin-info "${@:2}" --stats --json
    "$PY" - "$stdout" "$1" <<'END'
import json, sys, warnings, numpy as np
warnings.simplefilter("ignore")
found = json.load(open(sys.argv[1]))["statistics"]
x = eval(sys.argv[2]).astype("f8")
for name in ("min", "max", "mean", "std"):
    expected = getattr(np, "nan" + name)(x) if x.size else np.nan
    value = np.nan if found[name] is None else found[name]
    assert np.isclose(value, expected, rtol=1e-9 if name != "std" else 1e-7, atol=1e-9, equal_nan=True), (name, value, expected)
END
}
expect_stats 'np.load("a.npy")' a.zarr
expect_stats 'np.load("a.npy")' a.npy --axes tyx
expect_stats 'np.load("u.npy")' u.npy --axes tyx
expect_stats 'np.load("a.npy")[2:5, :, 3]' 'a.zarr[t=2:5,x=3]'
expect_stats 'np.load("a.npy")[1]' a.zarr --select t=1
expect_stats 'np.load("nan.npy")' nan.npy
expect_stats 'np.load("none.npy")' none.npy
expect_output '^  mean +10000\.' levin-info a.zarr --stats
expect_output '^  mean +nan$' levin-info nan.npy --stats
expect_exit 0 levin-info inf.npy --stats
expect_exit 0 levin-info inf.npy --stats --json
"$PY" -c "import json; json.load(open('$stdout'))" || fail "infinities make invalid JSON"
levin-copy -q a.zarr c.zarr
levin-fft -q c.zarr complex.zarr --value complex
expect_error 2 'complex' levin-info complex.zarr --stats
