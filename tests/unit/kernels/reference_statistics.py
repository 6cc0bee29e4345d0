"""Expected results of the statistics tests, by NumPy in float64. Argument: the folder with cases.json."""
import json
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")  # all-NaN columns


def std(x, ddof):
    return np.nanstd(x, axis=0, ddof=ddof)


def arg(x, find, worst):
    """The first extreme that is not NaN, -1 where there is none."""
    return np.where(np.isnan(x).all(axis=0), -1, find(np.where(np.isnan(x), worst, x), axis=0))


def run(name, x, ddof):
    if name.startswith("percentile:"):
        return np.nanpercentile(x, float(name[11:]), axis=0)
    return {
        "max": lambda: np.nanmax(x, axis=0),
        "min": lambda: np.nanmin(x, axis=0),
        "range": lambda: np.nanmax(x, axis=0) - np.nanmin(x, axis=0),
        "sum": lambda: np.where(np.isnan(x).all(axis=0), np.nan, np.nansum(x, axis=0)),
        "mean": lambda: np.nanmean(x, axis=0),
        "var": lambda: np.nanvar(x, axis=0, ddof=ddof),
        "std": lambda: std(x, ddof),
        "snr": lambda: np.nanmean(x, axis=0) / std(x, ddof),
        "median": lambda: np.nanmedian(x, axis=0),
        "argmax": lambda: arg(x, np.argmax, -np.inf),
        "argmin": lambda: arg(x, np.argmin, np.inf),
        "count": lambda: np.sum(~np.isnan(x), axis=0),
    }[name]()


folder = sys.argv[1]
with open(folder + "/cases.json") as file:
    cases = json.load(file)
for number, case in enumerate(cases):
    x = np.fromfile(f"{folder}/{case['input']}", case["dtype"]).reshape(case["shape"]).astype(np.float64)
    np.asarray(run(case["statistic"], x, case["ddof"]), np.float64).tofile(f"{folder}/{number}.out")
