import numpy as np
from case_arrays import close, fish, levin, read, write


def check(store, data):
    n, wide = len(data), data.astype(np.float64)
    for sides, transform in (("one", np.fft.rfft), ("two", np.fft.fft)):
        spectrum = transform(wide, axis=0)
        size = np.linalg.norm(wide, axis=0, keepdims=True)  # by which float32 rounding errors of a transform scale
        run = lambda value: (levin("fft", store, "out.zarr", "--value", value, "--sides", sides, "-f"), read("out.zarr"))[1]
        what = f"{store} {sides}-sided "
        close(run("complex"), spectrum, what + "complex", scale=size)
        close(run("amplitude"), 2 * abs(spectrum) / n, what + "amplitude", scale=2 * size / n)
        close(run("power"), abs(spectrum) ** 2, what + "power", scale=size * abs(spectrum) + 1e-5 * size**2)
        pair = run("real-imag")
        close(pair, np.stack([spectrum.real, spectrum.imag], 1), what + "real-imag", scale=size[:, None])
        turned = np.exp(1j * run("phase").astype(np.float64)) * abs(spectrum)  # free of the cut at pi
        close(turned, spectrum, what + "phase", scale=size)


check("fish.zarr", fish("fish.zarr", "--chunks", "t=6,y=20,x=30"))
rng = np.random.default_rng(1)
for n in (1, 2, 9, 50, 97):
    check(f"float{n}.zarr", write(rng.normal(size=(n, 3, 5)).astype(np.float32), f"float{n}.zarr", "tyx"))
check("double.zarr", write(rng.normal(size=(12, 4)), "double.zarr", "tx"))
