import numpy as np
from case_arrays import close, fish_series, levin, read, write
from scipy import ndimage


def rolling(data, window, of):
    """Over [i - w//2, i - w//2 + w - 1], edges replicated."""
    pad = [(window // 2, window - window // 2 - 1)] + [(0, 0)] * (data.ndim - 1)
    padded = np.pad(data, pad, "edge")
    return of(np.lib.stride_tricks.sliding_window_view(padded, window, 0))


def maximin(data, sigma, window):
    smooth = ndimage.gaussian_filter1d(data, sigma, 0)
    return ndimage.maximum_filter1d(ndimage.minimum_filter1d(smooth, window, 0), window, 0)


def baselines(data, rate):
    """Baseline as typed, with units where that can be, and F0."""
    yield "percentile:20", np.percentile(data, 20, 0)
    yield "percentile:0", data.min(0)
    yield "percentile:97.5", np.percentile(data, 97.5, 0)
    yield "mean", data.mean(0)
    yield "median", np.median(data, 0)
    yield "frames:9:12", data[9:12].mean(0)
    yield "frames:0:-5", data[:-5].mean(0)
    for q, window in ((8, 9), (50, 10), (0, 60), (99, 1)):
        yield f"rolling-percentile:{q}:{window}", rolling(data, window, lambda w: np.percentile(w, q, -1))
    yield f"rolling-percentile:8:{12 / rate}s", rolling(data, 12, lambda w: np.percentile(w, 8, -1))
    for window in (1, 8, 15, 10 * len(data)):
        yield f"rolling-mean:{window}", rolling(data, window, lambda w: w.mean(-1))
        if window < len(data):
            yield f"median-window:{window}", rolling(data, window, lambda w: np.median(w, -1))
    yield "maximin:2:9", maximin(data, 2, 9)
    yield "maximin:3.5:10", maximin(data, 3.5, 10)
    yield f"maximin:{5 / rate}s:{20 / rate}s", maximin(data, 5, 20)


def check(store, data, rate):
    wide = data.astype(np.float64)
    for baseline, f0 in baselines(wide, rate):
        for options, offset, ratio in (("--offset 0.1", 0.1, False), ("--ratio", 0, True)):
            levin("dff", store, "out.zarr", "--baseline", baseline, "--baseline-out", "f0.zarr", *options.split(), "-f")
            expected = (wide if ratio else wide - f0) / (f0 + offset)
            what = f"{store}, {baseline} {options}"
            close(read("out.zarr"), expected, what, scale=1)
            close(read("f0.zarr"), f0, what + ": F0")


recording = fish_series("all.zarr")
levin("copy", "all.zarr[t=0:100,z=1,y=20:40,x=30:60]", "fish.zarr", "--chunks", "t=7,y=9,x=11")
levin("copy", "fish.zarr", "spaced.zarr", "--spacing", "t=0.5s")
check("spaced.zarr", recording[:100, 1, 20:40, 30:60], 2)
rng = np.random.default_rng(1)
double = write(rng.normal(100, 1, size=(25, 4)), "double.zarr", "tx", "--spacing", "t=0.1s")
check("double.zarr", double, 10)
