# Every level against a naive loop over blocks of the level before, in exact arithmetic: methods, data types, factors, axes
# that are no multiple of the factor, NaN.
need_python numpy
"$PY" - <<'END_OF_PYTHON'
import fractions, itertools, math, os, sys
import numpy as np
from case_arrays import levin, read, write
rng = np.random.default_rng(3)

def nearest_even(q):
    return int(fractions.Fraction(q).__round__())  # Python rounds ties to even

def mean(block, dtype):
    values = [v for v in block.ravel().tolist() if v == v]
    if dtype.kind in "iu":
        return nearest_even(fractions.Fraction(sum(values), len(values)))
    total = 0.0
    for v in values: total += float(v)
    return dtype.type(total / len(values)) if values else np.nan

def mode(block, dtype):
    values = [v for v in block.ravel().tolist() if v == v]
    if not values: return np.nan
    return min(set(values), key=lambda v: (-values.count(v), v))

def nearest(block, dtype):
    return block.ravel()[0]

def naive(a, factor, method):
    factor = [f if n > 1 else 1 for f, n in zip(factor, a.shape)]
    out = np.empty([math.ceil(n / f) for n, f in zip(a.shape, factor)], a.dtype)
    for at in itertools.product(*map(range, out.shape)):
        block = a[tuple(slice(i * f, (i + 1) * f) for i, f in zip(at, factor))]
        out[at] = {"mean": mean, "mode": mode, "nearest": nearest}[method](block, a.dtype)
    return out

def data(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b": return rng.random(shape) < 0.4
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        a = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        a[..., : shape[-1] // 2] = rng.integers(0, 4, a[..., : shape[-1] // 2].shape)  # ties
        a[..., -4:] = info.max
        return a
    a = rng.normal(0, 1, shape).astype(dtype)
    a[..., : shape[-1] // 3] = rng.integers(0, 3, a[..., : shape[-1] // 3].shape)
    a[rng.random(shape) < 0.3] = np.nan
    a[..., :4, :4] = np.nan
    a[..., -1, -1] = np.inf
    return a

def check(a, axes, factor, method, levels, *options):
    write(a, "in.zarr", axes, "--chunks", options[0])
    given = ",".join(f"{name}={f}" for name, f in factor.items() if f > 1)
    levin("pyramid", "in.zarr", "out.zarr", "--factor", given, "--method", method, "--levels", levels, "-f", *options[1:])
    expected = a
    for level in range(levels + 1):
        found = read(f"out.zarr/{level}")
        assert found.dtype == a.dtype and np.array_equal(found, expected, equal_nan=a.dtype.kind == "f"), (
            a.dtype, axes, factor, method, level, np.argwhere(found != expected)[:5], found.shape, expected.shape)
        assert np.array_equal(found, read(f"out.zarr::{level}"), equal_nan=a.dtype.kind == "f")
        expected = naive(expected, [factor.get(n, 1) for n in axes], method)

types = "i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8".split()
for dtype in types:
    for method in "mean", "mode", "nearest":
        check(data(dtype, (3, 21, 26)), "tyx", dict(y=2, x=2), method, 3, "t=2,y=5,x=7")
    check(data(dtype, (2, 7, 12, 19)), "czyx", dict(z=2, y=3, x=2), "mean", 2, "c=1,z=2,y=4,x=8")
    check(data(dtype, (9, 14)), "yx", dict(y=1, x=5), "mean", 2, "y=4,x=14")
for method in "mode", "nearest":
    check(data("bool", (2, 21, 26)), "zyx", dict(z=2, y=2, x=2), method, 3, "z=1,y=5,x=7")
    check(data("u2", (4, 9, 26)), "zyx", dict(z=3, y=4, x=16), method, 1, "z=3,y=5,x=7")
# A row longer than the kernel's tile; a single sample along an axis; an axis that comes to its end before the others.
check(data("u2", (3, 2311)), "yx", dict(y=2, x=2), "mean", 11, "y=2,x=512")
check(data("f4", (3, 2311)), "yx", dict(y=2, x=2), "mean", 4, "y=2,x=512")
check(data("u1", (1, 1, 40)), "zyx", dict(z=2, y=2, x=3), "mode", 2, "x=40")
# Values, chunks and attributes of level 0 are the input's.
levin("synth", "random", "a.zarr", "--shape", "t=6,y=30,x=30", "--chunks", "t=4,y=16,x=8")
levin("pyramid", "a.zarr", "b.zarr", "--levels", 0)
assert os.system("diff -r a.zarr/c b.zarr/0/c") == 0
END_OF_PYTHON
# Levels end where no reduced axis is longer than 256.
levin-synth random -q wide.zarr --shape z=2,y=600,x=2100 --chunks z=1
expect_exit 0 levin-pyramid wide.zarr wide.ome.zarr
expect_output '\(z 2, y 38, x 132\)' levin-info wide.ome.zarr/4
[ ! -e wide.ome.zarr/5 ] || fail "more levels than viewers want"
expect_exit 0 levin-pyramid wide.zarr small.zarr --select y=0:256,x=0:200
[ ! -e small.zarr/1 ] || fail "a level more than viewers want"
