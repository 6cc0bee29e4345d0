# Percentiles, extrema and sums of every data type, as NumPy's; 1e6 samples of 1e4 +- 1 keep their deviation.
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, levin, read, same, write

rng = np.random.default_rng(1)
kinds = {"uint8": (0, 256), "uint16": (0, 65536), "int16": (-32768, 32768), "int32": (-2**31, 2**31), "uint64": (0, 2**53)}
for dtype, (low, high) in kinds.items():
    data = write(rng.integers(low, high, (31, 4, 5)).astype(dtype), "in.zarr", "tyx", "--chunks", "t=8,y=3,x=2")
    levin("project", "max,min,sum,range,mean,percentile:33,median,percentile:100", "in.zarr", "out", "--axis", "t", "-f")
    wide = data.astype(np.float64)
    for name, expected in {"max": data.max(0), "min": data.min(0)}.items():
        found = read("out/" + name)
        assert found.dtype == data.dtype, (name, dtype, found.dtype)
        same(found, expected, f"{name} of {dtype}")
    for name, expected in {"sum": wide.sum(0), "mean": wide.mean(0), "percentile:33": np.percentile(wide, 33, 0),
                           "median": np.median(wide, 0), "percentile:100": wide.max(0)}.items():
        close(read("out/" + name), expected, f"{name} of {dtype}", 1e-6, scale=wide.std())
    assert read("out/mean").dtype == (np.float32 if data.itemsize <= 2 else np.float64), dtype

infinite = write(np.array([[1, np.inf, 2], [-np.inf, 3, 4], [np.inf, -np.inf, 0], [np.inf, 1, 1]], np.float32), "inf.zarr", "yx")
levin("project", "max,min,sum,mean,std,median", "inf.zarr", "out", "--axis", "x", "-f")
same(read("out/max"), infinite.max(1), "max with infinities")
same(read("out/min"), infinite.min(1), "min with infinities")
same(read("out/sum"), [np.inf, -np.inf, np.nan, np.inf], "sum with infinities")
same(read("out/std"), np.full(4, np.nan), "std with infinities")

steady = (1e4 + rng.normal(size=(1000000, 2))).astype(np.float32)
write(steady, "steady.zarr", "tx", "--chunks", "t=70000,x=1")
levin("project", "std,mean,var", "steady.zarr", "out", "--axis", "t", "-f")
wide = steady.astype(np.float64)
close(read("out/std"), wide.std(0), "std of 1e6 samples")
close(read("out/mean"), wide.mean(0), "mean of 1e6 samples", 1e-7)
END
