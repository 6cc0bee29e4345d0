# Standard normal, the same for any chunks; another seed is another array.
levin-synth -q random a.zarr --shape t=50,y=64,x=64 --seed 7
levin-synth -q random b.zarr --shape t=50,y=64,x=64 --seed 7 --chunks t=7,y=9,x=11 -j 2
levin-synth -q random c.zarr --shape t=50,y=64,x=64 --seed 8
same_values a.zarr b.zarr
levin-export -q a.zarr a.npy
levin-export -q c.zarr c.npy
need_python scipy
"$PY" -c "
import numpy as np, scipy.stats
a, c = np.load('a.npy'), np.load('c.npy')
assert a.dtype == np.float32 and a.shape == (50, 64, 64)
for x in (a, c):
    assert scipy.stats.kstest(x.ravel()[::4], 'norm').pvalue > 1e-4
    assert abs(x.mean()) < 0.01 and abs(x.std() - 1) < 0.01
    for axis in range(3):
        neighbours = np.corrcoef(x.take(range(1, 50), axis).ravel(), x.take(range(0, 49), axis).ravel())[0, 1]
        assert abs(neighbours) < 0.01
assert abs(np.corrcoef(a.ravel(), c.ravel())[0, 1]) < 0.01"
