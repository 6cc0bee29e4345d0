"""Statistics over time and over pixels."""
import dask.array as da
import numpy as np
import zarr

from .common import COMPRESSOR, load, save


def mean(source, out):
    save(load(source).mean(axis=0).astype("f4"), out)


def std(source, out):
    save(load(source).std(axis=0).astype("f4"), out)


def maximum(source, out):
    save(load(source).max(axis=0), out)


def trace(source, out):
    save(load(source).mean(axis=(1, 2)).astype("f4"), out)


def several(source, out):
    """All in one graph, so that dask reads the input once."""
    x = load(source)
    results = {"mean": x.mean(axis=0).astype("f4"), "std": x.std(axis=0).astype("f4"), "min": x.min(axis=0), "max": x.max(axis=0)}
    group = zarr.open_group(out, mode="w")
    targets = [group.create(name, shape=y.shape, chunks=y.chunksize, dtype=y.dtype, compressor=COMPRESSOR)
               for name, y in results.items()]
    da.store(list(results.values()), targets)


def median_t(source, out):
    save(da.median(load(source), axis=0).astype("f4"), out)


def percentile_t(source, out, percentile):
    x = load(source)
    save(x.map_blocks(lambda block: np.percentile(block, float(percentile), axis=0).astype("f4"), drop_axis=0, dtype="f4"), out)
