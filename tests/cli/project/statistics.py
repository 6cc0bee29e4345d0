import warnings

import numpy as np
from case_arrays import close, fish, levin, read, same, write

warnings.simplefilter("ignore", RuntimeWarning)  # NumPy on slices that are all NaN
STATISTICS = ["max", "min", "sum", "mean", "std", "var", "median", "percentile:12.5", "range", "argmax", "argmin",
              "count", "snr"]
AXES = {"t": 0, "z": 1, "y": 2, "x": 3}


def merged(data, axes):
    """The reduced axes flattened into the last one, in C order."""
    kept = [i for i in range(data.ndim) if i not in axes]
    moved = data.transpose(kept + list(axes))
    return moved.reshape(*moved.shape[:len(kept)], -1)


def arg(samples, which, fill):
    nan = np.isnan(samples)
    return np.where(nan.all(-1), -1, which(np.where(nan, fill, samples), -1))


def reference(samples, statistic, ddof):
    samples = samples.astype(np.float64)
    count = (~np.isnan(samples)).sum(-1)
    spread = lambda f: np.where(count > ddof, f(samples, -1, ddof=ddof), np.nan)
    if statistic.startswith("percentile"):
        return np.nanpercentile(samples, float(statistic.split(":")[1]), -1)
    return {
        "max": lambda: np.nanmax(samples, -1), "min": lambda: np.nanmin(samples, -1),
        "sum": lambda: np.where(count > 0, np.nansum(samples, -1), np.nan),
        "mean": lambda: np.nanmean(samples, -1), "median": lambda: np.nanmedian(samples, -1),
        "std": lambda: spread(np.nanstd), "var": lambda: spread(np.nanvar),
        "range": lambda: np.nanmax(samples, -1) - np.nanmin(samples, -1),
        "argmax": lambda: arg(samples, np.argmax, -np.inf), "argmin": lambda: arg(samples, np.argmin, np.inf),
        "count": lambda: count, "snr": lambda: np.nanmean(samples, -1) / spread(np.nanstd),
    }[statistic]()


def check(store, data, axis, ddof):
    levin("project", ",".join(STATISTICS), store, "out", "--axis", axis, "--ddof", ddof, "-f")
    samples = merged(data, [AXES[name] for name in axis.split(",")])
    for statistic in STATISTICS:
        actual = read(f"out/{statistic}")
        what = f"{statistic} over {axis} of {data.dtype} {store}, ddof {ddof}"
        expected = reference(samples, statistic, ddof)
        if statistic in ("max", "min", "argmax", "argmin", "count"):
            same(actual, expected, what)
        else:
            close(actual, expected, what, scale=1e-6 * np.nanmax(np.abs(data)))


recording = fish("fish.zarr", "--chunks", "t=7,y=31,x=40")
noise = np.random.default_rng(1).normal(size=(6, 3, 7, 9)).astype(np.float32)
noise[np.random.default_rng(2).random(noise.shape) < 0.3] = np.nan
noise[:, 0, 2, 3] = np.nan
noise[2] = np.nan
write(noise, "noise.zarr", "tzyx", "--chunks", "t=2,z=2,y=3,x=4")
for axis in ("t", "x", "t,x", "z,y", "t,z,y,x"):
    check("fish.zarr", recording, axis, 0)
    check("noise.zarr", noise, axis, 1)
