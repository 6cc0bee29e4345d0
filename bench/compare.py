"""Whether two results are equal, as JSON: python -m bench.compare KIND CROP A B. A process of its own; see measure.py.

exact: every value. float: |a - b| <= 1e-5 max(|b|, median |b|), b the peer's. spectrum: mean |b| in place of the median, because the
rounding in one bin of a single-precision transform is proportional to the norm of the whole series. labels: all but one in ten
thousand, because scikit-learn's lloyd and elkan, in float32, differ from each other in pixels halfway between two centroids; what differs is reported.
"""
import json
import os
import sys

import numpy as np

RELATIVE = 1e-5
LABELS = 1e-4  # of all


def open_netcdf(path):
    import netCDF4
    with netCDF4.Dataset(path) as file:
        values = np.ma.filled(file["movie"][:], np.nan)
    return values[0] if values.shape[0] == 1 else values


def open_mif(path):
    with open(path, "rb") as file:
        content = file.read()
    lines = content[:content.index(b"\nEND")].decode().splitlines()[1:]
    header = dict(line.split(": ", 1) for line in lines)
    shape = tuple(int(size) for size in header["dim"].split(","))
    dtype = {"UInt16LE": "<u2", "Float32LE": "<f4"}[header["datatype"]]
    values = np.frombuffer(content, dtype, count=int(np.prod(shape)), offset=int(header["file"].split()[1]))
    # layout: for each axis its rank in storage, 0 the fastest, - if it runs backwards
    layout = header["layout"].split(",")
    order = sorted(range(3), key=lambda axis: int(layout[axis][1:]), reverse=True)
    values = values.reshape([shape[axis] for axis in order])
    values = values[tuple(slice(None, None, -1 if layout[axis][0] == "-" else 1) for axis in order)]
    return values.transpose([order.index(axis) for axis in (2, 1, 0)])


def open_result(path):
    if path.endswith(".nc"):
        return open_netcdf(path)
    if path.endswith(".mif"):
        return open_mif(path)
    if path.endswith(".tif"):
        import tifffile
        return tifffile.imread(path)
    import zarr
    return zarr.open(path, mode="r")


def blocks(shape, crop):
    """Index tuples that cover the array less its border, some 64 MB each."""
    crop = tuple(crop) + (0,) * (len(shape) - len(crop))
    inner = tuple(slice(c, n - c) for c, n in zip(crop, shape))
    first = inner[0]
    rows = max(1, (1 << 23) // max(1, int(np.prod(shape[1:]))))
    if len(shape) > 1 and shape[0] > 2 * rows:  # whole time axes in small bands: series chunks are decoded once
        band = 64
        return [(first, slice(y, min(y + band, inner[1].stop)), *inner[2:]) for y in range(inner[1].start, inner[1].stop, band)]
    return [(slice(i, min(i + rows, first.stop)), *inner[1:]) for i in range(first.start, first.stop, rows)]


def compare(kind, crop, path_a, path_b):
    a, b = open_result(path_a), open_result(path_b)
    if tuple(a.shape) != tuple(b.shape):
        return {"equal": False, "detail": f"shapes {tuple(a.shape)} and {tuple(b.shape)}"}
    if "zarr" in path_b and a.dtype != b.dtype:
        return {"equal": False, "detail": f"data types {a.dtype} and {b.dtype}"}
    indices = blocks(a.shape, crop)
    typical = np.nanmean if kind == "spectrum" else np.nanmedian
    scale = float(typical(np.abs(b[indices[len(indices) // 2]].astype("f8"))))
    worst, different, total = 0.0, 0, 0
    for index in indices:
        x, y = a[index].astype("f8"), b[index].astype("f8")
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.abs(x - y) / np.maximum(np.abs(y), scale)
        error[(x == y) | (np.isnan(x) & np.isnan(y))] = 0
        error[np.isnan(error)] = np.inf
        worst = max(worst, float(error.max(initial=0)))
        different += int(np.count_nonzero(error > (RELATIVE if kind in ("float", "spectrum") else 0)))
        total += error.size
    detail = f"{different} of {total} values differ, by {worst:.1e} at most"
    equal = different <= (LABELS * total if kind == "labels" else 0)
    return {"equal": equal, "worst": worst, "different": different, "values": total, "detail": detail}


def main():
    kind, crop, path_a, path_b = sys.argv[1:]
    crop = tuple(int(c) for c in crop.split(",") if c)
    print(json.dumps(compare(kind, crop, os.path.normpath(path_a), os.path.normpath(path_b))))


if __name__ == "__main__":
    main()
