# A baseline of 0 or less gives NaN, and the note counts the series; NaN samples stay NaN and are left out of F0.
need_python numpy
npy in.npy 'np.array([[1, 2, 3], [-1, 0, 1], [-3, -2, -2], [4, np.nan, 8], [np.nan] * 3, [0, 0, 0]], np.float32).T'
levin-ingest -q in.npy in.zarr --axes tx
expect_exit 0 levin-dff in.zarr out.npy --baseline mean
grep -q "3 series have a baseline of 0 or less" "$stderr" || { show_output; fail "no count of series"; }
levin-dff -q in.zarr ratio.npy --baseline mean --ratio --offset=-2
"$PY" - <<'END'
import numpy as np
nan = np.nan
np.testing.assert_allclose(np.load("out.npy").T, [[-0.5, 0, 0.5], [nan] * 3, [nan] * 3, [-1 / 3, nan, 1 / 3], [nan] * 3, [nan] * 3],
                           rtol=1e-6)
# F0 + offset is 0 for the first series: no quotient either
np.testing.assert_allclose(np.load("ratio.npy").T, [[nan] * 3, [nan] * 3, [nan] * 3, [1, nan, 2], [nan] * 3, [nan] * 3],
                           rtol=1e-6)
END
expect_exit 0 levin-dff in.zarr quiet.npy --baseline mean -q
[ ! -s "$stderr" ] || { show_output; fail "--quiet is not quiet"; }
