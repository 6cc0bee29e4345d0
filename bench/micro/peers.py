#!/usr/bin/python3
"""levin's kernels and their peers in turn, in one process, one thread each, on the same array: peers.py LIBRARY [JOB...]

LIBRARY is libbench_peers.so of a build with -DLEVIN_BUILD_BENCH=ON. Results are compared before anything is timed; each line is
the median over the rounds of peer time / levin time. Debian's python3-scipy, python3-sklearn and, where installed, python3-opencv.
"""
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import ctypes

import numpy as np
import scipy.ndimage as ndimage
import scipy.signal

try:
    import cv2
    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

levin = ctypes.CDLL(sys.argv[1])
chosen = sys.argv[2:]
rng = np.random.default_rng(1)


def photons(shape, dtype):
    return rng.poisson(100 if dtype == np.uint8 else 1000, shape).astype(dtype)


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def text(value):
    return ctypes.c_char_p(str(value).encode())


def rows(values, ctype):
    return (ctype * len(values))(*values)


def compare(job, ours, theirs, rounds=5, fresh=None):
    """ours() and each of theirs {name: call}; fresh() is run, untimed, before ours. Calls return their result, or None."""
    def timed(call):
        start = time.perf_counter()
        result = call()
        return time.perf_counter() - start, result
    times = {name: [] for name in ["levin", *theirs]}
    for i in range(rounds):
        if fresh:
            fresh()
        seconds, result = timed(ours)
        times["levin"].append(seconds)
        for name, call in theirs.items():
            seconds, other = timed(call)
            times[name].append(seconds)
            if i == 0 and other is not None:
                np.testing.assert_allclose(result, other, rtol=2e-5, atol=2e-3, err_msg=f"{job} {name}")
    median = {name: np.median(t) for name, t in times.items()}
    line = ", ".join(f"{name} {1000 * t:.1f} ms ({t / median['levin']:.1f})" for name, t in median.items() if name != "levin")
    print(f"{job}: levin {1000 * median['levin']:.2f} ms; {line}", flush=True)


def filtered(kind, array, value):
    array = array.reshape((1,) * (3 - array.ndim) + array.shape)
    value = [0] * (3 - len(value)) + list(value)
    before = [int(4 * v + 0.5) if kind == "gaussian" else int(v) // 2 for v in value]
    after = before if kind == "gaussian" else [max(int(v), 1) - 1 - int(v) // 2 for v in value]
    padded = np.ascontiguousarray(np.pad(array, list(zip(before, after)), mode="symmetric"))
    out = np.empty_like(array)

    def run():
        levin.levin_filter(text(kind), text(array.dtype), rows(array.shape, ctypes.c_int64), rows(value, ctypes.c_double),
                           pointer(padded), pointer(out))
        return out
    return run


def median_frame():
    for dtype in (np.uint8, np.uint16, np.float32):
        frame = photons((1, 1024, 1024), dtype)
        for size in (3, 5, 15, 41):
            if dtype == np.float32 and size > 5:
                continue
            theirs = {}
            if size <= 15:
                theirs["scipy"] = lambda: ndimage.median_filter(frame, (1, size, size))
            if cv2 and (size <= 5 or dtype == np.uint8):  # OpenCV replicates edges: its result differs there
                theirs["opencv"] = lambda: (cv2.medianBlur(frame[0], size), None)[1]
            compare(f"median {size}x{size} {np.dtype(dtype)}", filtered("median", frame, (1, size, size)), theirs, 3)


def median_volume():
    volume = photons((32, 128, 128), np.uint16)
    for size in (3, 5):
        compare(f"median {size}x{size}x{size} uint16", filtered("median", volume, (size,) * 3),
                {"scipy": lambda: ndimage.median_filter(volume, size)}, 3)


def gaussian():
    frames = photons((4, 512, 512), np.float32)
    theirs = {"scipy": lambda: ndimage.gaussian_filter(frames, (0, 2, 2))}
    if cv2:
        theirs["opencv"] = lambda: ([cv2.GaussianBlur(f, (17, 17), 2, borderType=cv2.BORDER_REFLECT) for f in frames], None)[1]
    compare("gaussian 2 frames", filtered("gaussian", frames, (0, 2, 2)), theirs)
    volume = photons((64, 128, 128), np.float32)
    compare("gaussian 3 volume", filtered("gaussian", volume, (3, 3, 3)), {"scipy": lambda: ndimage.gaussian_filter(volume, 3)})


def statistics():
    block = photons((100, 512 * 512), np.uint16)
    peer = {"mean": lambda: block.mean(0), "max": lambda: block.max(0), "std": lambda: block.std(0)}
    for name, call in peer.items():
        out = np.empty(block.shape[1], np.uint16 if name == "max" else np.float32)

        def run():
            levin.levin_statistic(text(name), text("uint16"), pointer(block), *map(ctypes.c_int64, block.shape), pointer(out))
            return out
        compare(f"{name} over t uint16", run, {"numpy": call})


def percentile():
    for dtype in (np.uint8, np.uint16, np.float32):
        block = photons((1000, 4096), dtype)
        out = np.empty(block.shape[1], np.float32)
        for q in (50, 20):
            def run():
                levin.levin_percentile(text(block.dtype), ctypes.c_double(q), pointer(block), *map(ctypes.c_int64, block.shape),
                                       pointer(out))
                return out
            compare(f"percentile {q} over t {block.dtype}", run, {"numpy": lambda: np.percentile(block, q, axis=0)}, 3)


def in_place(function, block, *arguments):
    work = block.copy()

    def fresh():
        work[...] = block

    def run():
        function(*arguments, pointer(work), *map(ctypes.c_int64, block.shape))
        return work
    return run, fresh


def detrend():
    block = photons((1000, 16384), np.float32)
    series = np.ascontiguousarray(block.T)
    x = np.linspace(-1, 1, 1000)
    powers = np.vander(x, 6)
    run, fresh = in_place(levin.levin_detrend, block, ctypes.c_int(1))
    compare("detrend linear", run, {"scipy": lambda: scipy.signal.detrend(block, axis=0),
                                    "scipy, time last": lambda: scipy.signal.detrend(series, axis=1).T}, 3, fresh)
    run, fresh = in_place(levin.levin_detrend, block, ctypes.c_int(5))
    compare("detrend order 5", run,
            {"numpy lstsq": lambda: block - powers @ np.linalg.lstsq(powers, block, rcond=None)[0]}, 3, fresh)


def dff():
    block = photons((1000, 1024), np.float32)

    def percentile():
        f0 = np.percentile(block, 20, axis=0)
        return (block - f0) / f0

    def rolling():
        f0 = ndimage.percentile_filter(block[:, :64], 8, size=(500, 1), mode="nearest")
        return (block[:, :64] - f0) / f0
    run, fresh = in_place(levin.levin_dff, block, text("percentile:20"))
    compare("dff percentile", run, {"numpy": percentile}, 3, fresh)
    small = np.ascontiguousarray(block[:, :64])
    run, fresh = in_place(levin.levin_dff, small, text("rolling-percentile:8:500"))
    # percentile_filter takes an element, numpy's percentile interpolates: near, not equal.
    compare("dff rolling percentile", run, {"scipy": lambda: (rolling(), None)[1]}, 3, fresh)


def kmeans():
    import warnings

    import sklearn.cluster
    from sklearn.exceptions import ConvergenceWarning
    warnings.simplefilter("ignore", ConvergenceWarning)
    samples, pixels, clusters = 1000, 16384, 10
    centres = rng.normal(1000, 20, (clusters, samples))
    clustered = rng.poisson(centres[rng.integers(0, clusters, pixels)]).T
    for name, block in (("clustered", clustered), ("noise", photons((samples, pixels), np.uint16))):
        block = np.ascontiguousarray(block.astype(np.float32))
        series = np.ascontiguousarray(block.T)
        init = np.ascontiguousarray(series[:clusters].astype(np.float64))
        labels = np.empty(pixels, np.int32)

        def run():
            levin.levin_kmeans(pointer(block), ctypes.c_int64(samples), ctypes.c_int64(pixels), pointer(init),
                               ctypes.c_int64(clusters), ctypes.c_int64(20), pointer(labels))
            return labels

        def peer(algorithm):
            return sklearn.cluster.KMeans(clusters, init=init.astype(np.float32), n_init=1, max_iter=20, tol=0,
                                          algorithm=algorithm).fit(series).labels_
        compare(f"k-means 10 {name}", run, {a: lambda a=a: (peer(a), None)[1] for a in ("lloyd", "elkan")}, 3)
        # Where nothing is clustered one label that float32 gets wrong changes the centroids, these change more labels, and so on:
        # after 20 iterations as many as a tenth differ between float32 and float64 of one algorithm, or between lloyd and elkan in
        # float32. levin and scikit-learn in float64 agree: so does a plain loop in float64.
        for dtype in (np.float32, np.float64):
            fit = sklearn.cluster.KMeans(clusters, init=init.astype(dtype), n_init=1, max_iter=20, tol=0).fit(series.astype(dtype))
            print(f"  {fit.n_iter_} iterations; labels that differ from scikit-learn's in {np.dtype(dtype)}:", int((run() != fit.labels_).sum()),
                  "of", pixels)


for job in (median_frame, median_volume, gaussian, statistics, percentile, detrend, dff, kmeans):
    if not chosen or job.__name__ in chosen:
        job()
