import numpy as np
from case_arrays import close, fish_series, levin, read, write
from scipy import signal


def polynomial(data, order):
    x = np.linspace(-1, 1, len(data))
    basis = np.polynomial.legendre.legvander(x, order)
    flat = data.reshape(len(data), -1)
    return (basis @ np.linalg.lstsq(basis, flat, rcond=None)[0]).reshape(data.shape)


def check(store, data):
    wide = data.astype(np.float64)
    trends = {"linear": wide - signal.detrend(wide, 0, "linear"), "constant": wide * 0 + wide.mean(0),
              **{f"polynomial --order {n}": polynomial(wide, n) for n in (0, 2, 5)}}
    for kind, trend in trends.items():
        for keep, back in {"none": 0, "mean": wide.mean(0), "intercept": trend[0]}.items():
            levin("detrend", store, "out.zarr", "--type", *kind.split(), "--keep", keep, "-f")
            close(read("out.zarr"), wide - trend + back, f"{store} {kind} keep {keep}", scale=np.abs(wide).max())


check("fish.zarr", fish_series("fish.zarr")[:])
rng = np.random.default_rng(1)
check("float.zarr", write(rng.normal(size=(33, 5, 7)).astype(np.float32), "float.zarr", "tyx"))
check("double.zarr", write(rng.normal(1e4, 1, size=(50, 6)), "double.zarr", "tx"))
