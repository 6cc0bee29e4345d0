# NaN samples are left out of the fit and stay NaN; the fit is that of the others.
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, result, write

rng = np.random.default_rng(1)
data = rng.normal(size=(40, 6)).astype(np.float32)
data[rng.random(data.shape) < 0.3] = np.nan
data[:, 5] = np.nan
data[:, 4] = np.nan
data[17, 4] = 2
write(data, "in.zarr", "tx", "--chunks", "t=7,x=4")
x = np.arange(40)
for kind, order in (("constant", 0), ("linear", 1), ("polynomial --order 4", 4)):
    expected = data * np.nan
    for i, series in enumerate(data.T.astype(np.float64)):
        valid = ~np.isnan(series)
        if valid.sum() > order:
            fit = np.polynomial.Polynomial.fit(x[valid], series[valid], order, domain=[0, 39])
            expected[:, i] = series - fit(x)
    close(result("detrend in.zarr", "--type " + kind), expected, kind, scale=4)
END
