"""Expected results of the filter tests, by scipy.ndimage. Argument: the folder with cases.json."""
import json
import sys

import numpy as np
from scipy import ndimage


def sobel(x, axes, derivative_axis, border):
    """scipy.ndimage.sobel, but smoothing along `axes` only, and its magnitude when several axes derive."""
    def component(axis):
        if len(axes) == x.ndim:
            return ndimage.sobel(x, axis, **border)
        result = ndimage.correlate1d(x, [-1, 0, 1], axis, **border)
        for other in axes:
            if other != axis:
                result = ndimage.correlate1d(result, [1, 2, 1], other, **border)
        return result

    if derivative_axis is not None:
        return component(derivative_axis)
    if len(axes) == 1:
        return component(axes[0])
    return np.sqrt(sum(component(axis) ** 2 for axis in axes))


def run(case, x):
    kind, border = case["kind"], {"mode": case["mode"], "cval": case["cval"]}
    if kind == "gaussian":
        return ndimage.gaussian_filter(x.astype(np.float64), case["sigma"], **border)
    size = tuple(max(s, 1) for s in case["size"])
    axes = [i for i, s in enumerate(size) if s > 1]
    if kind == "median":
        return ndimage.median_filter(x, size, **border)
    if kind == "min":
        return ndimage.minimum_filter(x, size, **border)
    if kind == "max":
        return ndimage.maximum_filter(x, size, **border)
    x = x.astype(np.float64)
    if kind == "uniform":
        return ndimage.uniform_filter(x, size, **border)
    if kind == "laplace":
        return sum(ndimage.correlate1d(x, [1, -2, 1], axis, **border) for axis in axes)
    return sobel(x, axes, case["derivative_axis"], border)


folder = sys.argv[1]
with open(folder + "/cases.json") as file:
    cases = json.load(file)
for number, case in enumerate(cases):
    x = np.fromfile(f"{folder}/{case['input']}", case["dtype"]).reshape(case["shape"])
    run(case, x).tofile(f"{folder}/{number}.out")
