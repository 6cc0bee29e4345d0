"""What all peers on dask share: threads, reading and writing."""
import os

import dask
import dask.array as da
from numcodecs import Zstd, blosc

THREADS = int(os.environ.get("BENCH_THREADS", "2"))
BLOCK = 64
# The codec of levin's output: "none" or "zstd:LEVEL".
CODEC = os.environ.get("BENCH_CODEC", "zstd:1")
COMPRESSOR = None if CODEC == "none" else Zstd(level=int(CODEC.split(":")[1]))

# dask's own advice: parallel over chunks, one thread within each library.
dask.config.set(scheduler="threads", num_workers=THREADS)
blosc.use_threads = False


def one_thread_per_call():
    """For BLAS below dask. Has to come before NumPy starts its threads, or goes through threadpoolctl afterwards."""
    from threadpoolctl import threadpool_limits
    threadpool_limits(1)


def load(path):
    return da.from_zarr(path)


def save(array, path):
    array.to_zarr(path, compressor=COMPRESSOR)
