# Constant series, a single time point, NaN throughout, infinities: each tool's defined answer.
need_python numpy
npy constant.npy 'np.full((6, 3, 4), 7, np.uint16)'
npy single.npy 'rng.normal(10, 1, (1, 3, 4)).astype(np.float32)'
npy nan.npy 'np.full((6, 3, 4), np.nan, np.float32)'
npy infinite.npy 'np.where(np.arange(72).reshape(6, 3, 4) == 30, np.inf, 1).astype(np.float32)'
for name in constant single nan infinite; do levin-ingest -q $name.npy $name.zarr --axes tyx; done
"$PY" - <<'END'
import numpy as np
from case_arrays import close, levin, read, result, same

constant, single, infinite = (np.load(name + ".npy").astype(float) for name in ("constant", "single", "infinite"))
nan = np.full((6, 3, 4), np.nan)
hit = np.isinf(infinite)
series_hit = hit.any(0)

same(result("detrend constant.zarr"), constant * 0, "detrend of a constant")
same(result("dff constant.zarr"), constant * 0, "dF/F of a constant")
same(result("fft constant.zarr", "--value amplitude")[1:], np.zeros((3, 3, 4)), "amplitudes of a constant")
same(result("project std constant.zarr", "--axis t"), np.zeros((3, 4)), "std of a constant")
same(result("project snr constant.zarr", "--axis t"), np.full((3, 4), np.inf), "snr of a constant")
levin("kmeans", "constant.zarr", "zscore", "--clusters", 2, "--scale", "zscore")
same(read("zscore/centroids"), np.zeros((2, 6)), "z-scores of constants")

same(result("detrend single.zarr", "--type constant"), single * 0, "detrend of one time point")
same(result("dff single.zarr"), single * 0, "dF/F of one time point")
close(result("fft single.zarr"), single**2, "power of one time point")
same(result("project std single.zarr", "--axis t"), single[0] * 0, "std of one time point")
same(result("project std single.zarr", "--axis t --ddof 1"), nan[0], "std of one time point, ddof 1")

for command in ("detrend", "dff", "filter median --size 3", "filter gaussian --sigma 1", "filter max --size t=3"):
    tool, _, rest = command.partition(" ")
    kind, _, options = rest.partition(" ")
    same(result(f"{tool} {kind} nan.zarr", options), nan, command + " of NaN")
same(result("fft nan.zarr"), nan[:4], "power of NaN")

same(np.isnan(result("detrend infinite.zarr")).any(0), series_hit, "detrend: NaN in the series with the infinity")
same(np.isnan(result("fft infinite.zarr")).any(0), series_hit, "fft: NaN in the series with the infinity")
same(result("filter median infinite.zarr", "--size 3"), np.ones((6, 3, 4)), "median drops an infinity")
same(result("filter max infinite.zarr", "--size t=3")[hit], [np.inf], "max keeps an infinity")
assert np.isinf(result("filter gaussian infinite.zarr", "--sigma 1")[2]).all(), "a Gaussian spreads an infinity over its frame"
same(np.isfinite(result("filter gaussian infinite.zarr", "--sigma 1")[3]), np.ones((3, 4)), "and no further")
levin("kmeans", "infinite.zarr", "clusters", "--clusters", 1)
same(read("clusters/labels"), np.where(series_hit, -1, 0), "kmeans leaves infinities out")
END
