# --predict assigns to given centroids and reproduces a run's labels; --csv is the centroids; -1 for NaN and the masked.
need_python numpy
npy in.npy '(rng.normal(size=(3, 1, 1))[rng.integers(0, 3, (1, 9, 11))][..., 0, 0] + rng.normal(size=(16, 9, 11)) / 4).astype(np.float32)'
"$PY" - <<'END'
import numpy as np
data = np.load("in.npy")
data[5, 2, 3] = np.nan
data[:, 8, 10] = np.inf
np.save("in.npy", data)
mask = np.ones((9, 11), bool)
mask[:2] = False
np.save("mask.npy", mask)
END
levin-ingest -q in.npy in.zarr --axes tyx --chunks t=5,y=4,x=11 --spacing t=0.5s
levin-kmeans in.zarr out --clusters 3 --seed 4 --csv out.csv --mask mask.npy -q >said
levin-kmeans in.zarr assigned --predict out/centroids --mask mask.npy -q >assigned.txt
for array in labels centroids; do same_values out/$array assigned/$array; done
grep -q '^pixels 75 of 99$' said || { cat said; fail "expected 99 pixels less 22 masked, 1 with NaN, 1 with infinities"; }
[ "$(head -n 1 out.csv)" = "t,t [s],cluster 0,cluster 1,cluster 2" ] || fail "header of the table: $(head -n 1 out.csv)"
levin-export -q out/labels labels.npy
levin-export -q out/distance distance.npy
levin-export -q out/centroids centroids.npy
levin-export -q assigned/distance assigned.npy
"$PY" - <<'END'
import numpy as np
data, labels, centroids = np.load("in.npy"), np.load("labels.npy"), np.load("centroids.npy")
table = np.loadtxt("out.csv", delimiter=",", skiprows=1)
assert (table[:, 0] == np.arange(16)).all() and (table[:, 1] == np.arange(16) / 2).all()
assert (table[:, 2:].T.astype(np.float32) == centroids).all()
out = ~np.load("mask.npy") | ~np.isfinite(data).all(0)
assert labels.dtype == np.int32 and (labels[out] == -1).all() and labels[~out].min() == 0 and labels[~out].max() == 2
assert np.isnan(np.load("distance.npy")[out]).all()
np.testing.assert_allclose(np.load("assigned.npy"), np.load("distance.npy"), rtol=1e-5)  # the centroids are rounded once
inertia = (np.load("distance.npy")[~out].astype(float) ** 2).sum()
words = open("said").read().split()
assert abs(float(words[words.index("inertia") + 1]) / inertia - 1) < 1e-5, (words, inertia)
# the centroids are the means of their clusters
for k in range(3):
    np.testing.assert_allclose(centroids[k], data[:, labels == k].mean(1), rtol=1e-4, atol=1e-4)
END
