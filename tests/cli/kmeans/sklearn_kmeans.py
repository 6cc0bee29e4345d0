import warnings

import numpy as np
from case_arrays import close, fish, levin, read, same, write
from sklearn.cluster import KMeans

warnings.simplefilter("ignore")


def zscore(series):
    deviation = series.std(1, keepdims=True)
    return np.divide(series - series.mean(1, keepdims=True), deviation, out=series * 0, where=deviation > 0)


def check(store, data, clusters, scale):
    series = data.reshape(len(data), -1).T.astype(np.float64)
    scaled = {"none": series, "center": series - series.mean(1, keepdims=True), "zscore": zscore(series)}[scale]
    # Not the series themselves: of integers many are exactly as far from one as from another, and which of them is
    # nearer is then a matter of rounding in either program.
    init = scaled[np.linspace(0, len(scaled) - 1, clusters).astype(int)] + rng.normal(size=(clusters, len(data)))
    init = init.astype(np.float32)
    write(init, "init.zarr", "yx")
    said = levin("kmeans", store, "out", "--clusters", clusters, "--init", "init.zarr", "--scale", scale, "-f")
    expected = KMeans(clusters, init=init.astype(np.float64), n_init=1, algorithm="lloyd").fit(scaled)
    what = f"{store} in {clusters} clusters, scale {scale}"
    same(read("out/labels").ravel(), expected.labels_, what + ": labels")
    close(read("out/centroids"), expected.cluster_centers_, what + ": centroids", scale=abs(scaled).max())
    distance = np.linalg.norm(scaled - expected.cluster_centers_[expected.labels_], axis=1)
    close(read("out/distance").ravel(), distance, what + ": distance", scale=abs(scaled).max())
    words = said.split()
    assert abs(float(words[words.index("inertia") + 1]) / expected.inertia_ - 1) < 1e-5, (said, expected.inertia_)
    assert int(words[words.index("iterations") + 1]) == expected.n_iter_, (said, expected.n_iter_)


rng = np.random.default_rng(2)
recording = fish()
for scale in ("none", "center", "zscore"):
    check("fish.zarr", recording, 5, scale)
noise = rng.normal(size=(12, 20, 30)).astype(np.float32)
noise[:, 3, 4] = 7  # a constant series
check("noise.zarr", write(noise, "noise.zarr", "tyx"), 9, "zscore")
