# The numerical contract's examples, Thunder's result included; a constant series gives 0, a short one is refused.
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, result, same, write

rising = write(np.array([[1, 2, 3, 4, 5]]).T, "rising.zarr", "tx")
close(result("detrend rising.zarr", "--keep intercept"), rising * 0 + 1.0, "a line with its intercept")
series = np.array([[1, 2, -4, 5, 8, 3, 4.1, 0.9, 2.3]], np.float32).T
write(series, "series.zarr", "tx")
expected = [1, 1.7316667, -4.5366667, 4.195, 6.9266667, 1.6583333, 2.49, -0.9783333, 0.1533333]
close(result("detrend series.zarr", "--keep intercept").ravel(), expected, "Thunder's example", scale=1)

flat = write(np.full((7, 2), 16777217.0), "flat.zarr", "tx")
for kind in ("linear", "constant", "polynomial --order 3"):
    same(result("detrend flat.zarr", "--type " + kind), flat * 0, f"constant series, {kind}")

one = write(np.array([[3, 4]], np.float32), "one.zarr", "tx")
same(result("detrend one.zarr", "--type constant"), one * 0, "one time point, constant")

# Order 5 over many samples: exact to 1e-5 of the values, though the powers of x reach 1e25.
n = 100000
x = np.linspace(0, 1, n)
curve = np.stack([1e3 + 50 * x**5 - 20 * x**3 + x, 1e3 * x**5], 1)
write(curve.astype(np.float32), "curve.zarr", "tx")
close(result("detrend curve.zarr", "--type polynomial --order 5"), curve * 0, "order 5, n = 1e5", scale=1e3)
END
expect_error 2 "order 1 needs at least 2 samples; the series have 1" levin-detrend one.zarr out.zarr
expect_error 2 "order 7 needs at least 8 samples; the series have 7" levin-detrend flat.zarr out.zarr --type polynomial --order 7
expect_error 2 "for --type polynomial" levin-detrend flat.zarr out.zarr --order 2
expect_error 2 "at least 0" levin-detrend flat.zarr out.zarr --type polynomial --order=-1
