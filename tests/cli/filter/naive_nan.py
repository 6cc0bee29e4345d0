import warnings

import numpy as np
from case_arrays import close, result, write

warnings.simplefilter("ignore", RuntimeWarning)  # NumPy on windows that are all NaN
PAD = {"reflect": "symmetric", "nearest": "edge", "mirror": "reflect", "wrap": "wrap", "constant": "constant"}
SOBEL = np.outer([1, 2, 1], [-1, 0, 1])
LAPLACE = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


def windows(data, shape, mode):
    pads = [(n // 2, n - n // 2 - 1) for n in shape]
    padded = np.pad(data, pads, PAD[mode], **({"constant_values": 3} if mode == "constant" else {}))
    return np.lib.stride_tricks.sliding_window_view(padded, shape).reshape(*data.shape, -1).astype(np.float64)


def middle(samples):
    """Element of rank n//2 of the samples that are not NaN (which sort to the end)."""
    ordered, count = np.sort(samples, -1), (~np.isnan(samples)).sum(-1, keepdims=True)
    return np.where(count > 0, np.take_along_axis(ordered, np.minimum(count // 2, samples.shape[-1] - 1), -1), np.nan)[..., 0]


def weighted(samples, weights):
    valid = ~np.isnan(samples)
    return np.nansum(samples * weights, -1) / np.where(valid.any(-1), (valid * weights).sum(-1), np.nan)


def differences(samples, weights, stencil):
    """Missing samples stand at the mean of the others."""
    samples = np.where(stencil, samples, np.nan)
    mean = np.nanmean(samples, -1, keepdims=True)
    return (np.where(np.isnan(samples), mean, samples) * weights).sum(-1)


def gaussian_window(sigma):
    radius = int(4 * sigma + 0.5)
    one = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return np.outer(one, one)


data = np.random.default_rng(1).normal(size=(17, 15)).astype(np.float32)
data[np.random.default_rng(2).random(data.shape) < 0.2] = np.nan
data[8:14, 3:10] = np.nan
write(data, "in.zarr", "yx", "--chunks", "y=4,x=6")
weights = gaussian_window(0.6)
everywhere, cross = np.ones(9, bool), LAPLACE.ravel() != 0
for mode in PAD:
    spelled = mode.replace("constant", "constant:3")
    square, rectangle = windows(data, (3, 3), mode), windows(data, (3, 4), mode)
    sobel = np.hypot(differences(square, SOBEL.ravel(), everywhere), differences(square, SOBEL.T.ravel(), everywhere))
    wide = windows(data, weights.shape, mode)
    for kind, options, samples, expected in [
            ("median", "--size y=3,x=4", rectangle, middle(rectangle)),
            ("min", "--size y=3,x=4", rectangle, np.nanmin(rectangle, -1)),
            ("max", "--size y=3,x=4", rectangle, np.nanmax(rectangle, -1)),
            ("uniform", "--size y=3,x=4", rectangle, np.nanmean(rectangle, -1)),
            ("gaussian", "--sigma 0.6", wide, weighted(wide, weights.ravel())),
            ("laplace", "", np.where(cross, square, 0), differences(square, LAPLACE.ravel(), cross)),
            ("sobel", "", square, sobel)]:
        if mode == "constant" and kind in ("sobel", "gaussian", "uniform"):
            continue  # SciPy's constant begins anew in every pass: the window is no plain one at the edge
        what = f"{kind}, {mode}"
        close(result(f"filter {kind} in.zarr", f"{options} --mode {spelled}"), expected, what, scale=4)
        propagated = np.where(np.isnan(samples).any(-1), np.nan, expected)
        close(result(f"filter {kind} in.zarr", f"{options} --mode {spelled} --nan propagate"), propagated,
              what + ", propagate", scale=4)
