"""One job as the users of Python write it: python -m bench.peers CODEC JOB INPUT OUTPUT [ARGUMENT...]"""
import importlib
import os
import sys

MODULES = {
    "series": ("toseries", "fft", "fft_float32", "blog", "detrend", "polynomial", "dff", "rolling_scipy", "rolling_pandas"),
    "images": ("median", "median_opencv", "gaussian", "gaussian_opencv", "median3d", "gaussian3d"),
    "project": ("mean", "std", "maximum", "trace", "several", "median_t", "percentile_t"),
    "cluster": ("kmeans",),
    "ingest": ("files", "pages", "pages_loop"),
    "start": ("nothing",),
}


def main():
    os.environ["BENCH_CODEC"], job, *arguments = sys.argv[1:]
    module = next(name for name, jobs in MODULES.items() if job in jobs)
    getattr(importlib.import_module(f"bench.peers.{module}"), job)(*arguments)


main()
