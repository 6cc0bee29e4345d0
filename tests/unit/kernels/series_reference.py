"""series_reference.py DIR N MODULE: evaluates the expressions in DIR/code, one a line, where `a` is the float64 array in
DIR/in, shape (N, -1).

The values are written to DIR/out0, DIR/out1, ... as float64 in C order. Without MODULE there is only the file DIR/missing.
"""
import importlib
import sys

folder, n, module = sys.argv[1], int(sys.argv[2]), sys.argv[3]
try:
    import numpy as np

    importlib.import_module(module)
    if module == "scipy":
        from scipy import ndimage, signal
    elif module == "sklearn":
        from sklearn.cluster import KMeans
except ImportError:
    open(folder + "/missing", "w").close()
    sys.exit()


def rolling_percentile(a, q, w):
    padded = np.pad(a, ((w // 2, w - w // 2 - 1), (0, 0)), mode="edge")
    return np.array([np.nanpercentile(padded[i:i + w], q, axis=0) for i in range(len(a))])


def rolling_mean(a, w):
    padded = np.pad(a, ((w // 2, w - w // 2 - 1), (0, 0)), mode="edge")
    return np.array([np.nanmean(padded[i:i + w], axis=0) for i in range(len(a))])


def maximin(a, sigma, w):
    smooth = ndimage.gaussian_filter(a, [sigma, 0])
    return ndimage.maximum_filter1d(ndimage.minimum_filter1d(smooth, w, axis=0), w, axis=0)


def dff(a, f0, offset=0.0):
    return (a - f0) / (f0 + offset)


def polynomial_residual(a, order):
    x = np.linspace(-1, 1, len(a))
    return np.array([y - np.polynomial.Legendre.fit(x, y, order)(x) for y in a.T]).T


def kmeans(a, centroids, max_iter=300, tol=1e-4):
    """Labels, inertia, iterations, centroids of the columns of a, from given centroids (k, n)."""
    model = KMeans(len(centroids), init=centroids, n_init=1, max_iter=max_iter, tol=tol, algorithm="lloyd").fit(a.T)
    return np.concatenate([model.labels_, [model.inertia_, model.n_iter_], model.cluster_centers_.ravel()])


a = np.fromfile(folder + "/in").reshape(n, -1)
for i, code in enumerate(open(folder + "/code")):
    np.ascontiguousarray(eval(code), dtype="f8").tofile(folder + f"/out{i}")
