# The same seed gives the same clusters, another seed other seeds; k-means++ finds well-separated groups.
need_python numpy
npy in.npy '(np.arange(600).reshape(1, 20, 30) % 4 * 100 + rng.normal(size=(12, 20, 30))).astype(np.float32)'
for seed in 1 2; do
    levin-kmeans -q in.npy out$seed --axes tyx --clusters 4 --seed $seed >said$seed
    levin-kmeans -q in.npy again$seed --axes tyx --clusters 4 --seed $seed --init kmeans++ >again
    cmp said$seed again || fail "the same seed says other things"
    same_bytes out$seed/labels/c again$seed/labels/c
    levin-export -q out$seed/labels labels$seed.npy
done
levin-kmeans -q in.npy sampled --axes tyx --clusters 4 --sample 50 >said
levin-export -q sampled/labels labels3.npy
levin-kmeans -q in.npy random --axes tyx --clusters 4 --init random --seed 3 --max-iter 1 >said
grep -q 'iterations 1 (stopped by --max-iter)' said || { cat said; fail "--max-iter is not said"; }
"$PY" - <<'END'
import numpy as np
truth = np.arange(600).reshape(20, 30) % 4
for name in ("labels1", "labels2", "labels3"):
    labels = np.load(name + ".npy")
    pairs = set(zip(truth.ravel(), labels.ravel()))
    assert len(pairs) == 4 and len({label for _, label in pairs}) == 4, (name, pairs)
assert (np.load("labels1.npy") != np.load("labels2.npy")).any()
END
