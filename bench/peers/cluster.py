"""k-means of series by scikit-learn, from given centroids, a fixed number of iterations."""
import numpy as np
import zarr
from sklearn.cluster import KMeans

from .common import COMPRESSOR, load


def kmeans(source, out, centroids, algorithm, iterations):
    movie = load(source)
    frames, rows, columns = movie.shape
    pixels = movie.reshape(frames, -1).T.astype("f4").compute()
    model = KMeans(10, init=zarr.open(centroids, mode="r")[:], n_init=1, max_iter=int(iterations), tol=0, algorithm=algorithm)
    labels = model.fit_predict(np.ascontiguousarray(pixels)).astype("i4").reshape(rows, columns)
    zarr.save_array(out, labels, compressor=COMPRESSOR)
