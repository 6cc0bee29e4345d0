import numpy as np
from case_arrays import close, fish, result, same, write
from scipy import ndimage

MODES = ["reflect", "nearest", "mirror", "wrap", "constant", "constant:3"]


def sobel(data, axes, border):
    """scipy.ndimage.sobel along each of `axes`, smoothed along the others of `axes` only."""
    gradients = []
    for axis in axes:
        gradient = ndimage.correlate1d(data, [-1, 0, 1], axis, **border)
        for other in axes:
            if other != axis:
                gradient = ndimage.correlate1d(gradient, [1, 2, 1], other, **border)
        gradients.append(gradient)
    return gradients[0] if len(axes) == 1 else np.sqrt(sum(g**2 for g in gradients))


def laplace(data, axes, border):
    return sum(ndimage.correlate1d(data, [1, -2, 1], axis, **border) for axis in axes)


def check(store, data, names, sizes):
    """`sizes`: per axis, 0 leaves it alone; sigma is a third of it."""
    wide = data.astype(np.float64)
    axes = [i for i, size in enumerate(sizes) if size > 1]
    windows = [max(1, size) for size in sizes]
    sigmas = [size / 3 for size in sizes]
    pairs = lambda values: ",".join(f"{name}={value}" for name, value in zip(names, values))
    for mode in MODES:
        name, _, value = mode.partition(":")
        border = {"mode": name, "cval": float(value or 0)}
        filtered = lambda kind, options: result(f"filter {kind} {store}", f"{options} --mode {mode}")
        what = f"{{}} of {store}, window {sizes}, {mode}"
        for kind, reference in {"median": ndimage.median_filter, "min": ndimage.minimum_filter,
                                "max": ndimage.maximum_filter}.items():
            same(filtered(kind, "--size " + pairs(sizes)), reference(data, windows, **border), what.format(kind))
        tolerance = {"scale": np.abs(data).max()}
        close(filtered("uniform", "--size " + pairs(sizes)), ndimage.uniform_filter(wide, windows, **border),
              what.format("uniform"), **tolerance)
        close(filtered("gaussian", "--sigma " + pairs(sigmas)), ndimage.gaussian_filter(wide, sigmas, **border),
              what.format("gaussian"), **tolerance)
        along = "--filter-axes " + "".join(names[i] for i in axes)
        close(filtered("laplace", along), laplace(wide, axes, border), what.format("laplace"), **tolerance)
        close(filtered("sobel", along), sobel(wide, axes, border), what.format("sobel"), **tolerance)


rng = np.random.default_rng(1)
check("fish.zarr", fish("fish.zarr", "--chunks", "t=6,z=1,y=20,x=33"), "tzyx", (0, 0, 3, 3))
plane = write(rng.normal(size=(13, 11)).astype(np.float32), "plane.zarr", "yx", "--chunks", "y=4,x=3")
check("plane.zarr", plane, "yx", (4, 5))
volume = write(rng.integers(0, 65536, (5, 6, 9), dtype=np.uint16), "volume.zarr", "zyx", "--chunks", "z=2,y=5,x=4")
check("volume.zarr", volume, "zyx", (3, 2, 6))
check("volume.zarr", volume, "zyx", (13, 1, 9))  # more than twice the axis
movie = write(rng.normal(size=(20, 3, 4)), "movie.zarr", "tyx", "--chunks", "t=7,y=2,x=4")
check("movie.zarr", movie, "tyx", (5, 0, 0))
