# Pictures: uint8 and uint16 as they are, else stretched; percentiles as NumPy's; colours; planes side by side.
need_python numpy PIL
"$PY" -c "
import numpy as np
rng = np.random.default_rng(1)
np.save('u1.npy', rng.integers(0, 256, (20, 31)).astype('u1'))
np.save('u2.npy', rng.integers(0, 65536, (20, 31)).astype('u2'))
f = rng.normal(size=(20, 31)).astype('f4'); f[0, :5] = np.nan; f[1, :2] = np.inf, -np.inf
np.save('f4.npy', f)
np.save('labels.npy', np.repeat(np.arange(-1, 9), 62).reshape(20, 31).astype('i4'))
np.save('planes.npy', rng.integers(0, 256, (5, 20, 31)).astype('u1'))
np.save('constant.npy', np.full((4, 4), 3.5))
np.save('empty.npy', np.full((4, 4), np.nan))
np.save('rgb.npy', rng.integers(0, 256, (3, 20, 31)).astype('u1'))"
for name in u1 u2 f4 labels constant empty; do levin-ingest -q $name.npy $name.zarr; done
levin-ingest -q planes.npy planes.zarr --axes zyx
levin-ingest -q rgb.npy rgb.zarr --axes cyx
for name in u1 u2 f4 planes rgb constant empty; do expect_exit 0 levin-export $name.zarr $name.png; done
expect_exit 0 levin-export u2.zarr u2c.png --contrast 5,95
expect_exit 0 levin-export f4.zarr f4c.png --contrast 1,99
expect_exit 0 levin-export labels.zarr labels.png --colormap labels
for map in gray viridis magma; do expect_exit 0 levin-export u1.zarr $map.png --colormap $map; done
expect_exit 0 levin-export f4.zarr no-label.png --colormap labels
"$PY" - <<'END'
import numpy as np
from PIL import Image
load = lambda name: np.load(name + ".npy")
image = lambda name: np.array(Image.open(name + ".png"))
def stretched(a, low, high):
    finite = a[~np.isnan(a)].astype("f8")
    low, high = np.percentile(finite, (low, high)) if np.isfinite(finite).all() else np.percentile(finite, (low, high), method="linear")
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(a), 0, np.clip((a - low) / (high - low), 0, 1) * 255)
assert np.array_equal(image("u1"), load("u1")) and image("u1").dtype == np.uint8
assert np.array_equal(image("u2"), load("u2"))
assert image("u2c").dtype == np.uint8 and np.abs(image("u2c") - stretched(load("u2"), 5, 95)).max() <= 0.5001
found, expected = image("f4c").astype(float), stretched(load("f4"), 1, 99)
assert found.shape == (20, 31) and np.abs(found - expected).max() <= 0.501, np.abs(found - expected).max()
assert (found[0, :5] == 0).all() and found[1, 0] == 255 and found[1, 1] == 0
labels, colours = load("labels"), image("labels")
assert colours.shape == (20, 31, 3)
palette = {label: {tuple(c) for c in colours[labels == label]} for label in range(-1, 9)}
assert all(len(c) == 1 for c in palette.values()) and palette[-1] == {(0, 0, 0)}
assert not image("no-label")[0, :5].any()
assert len(set.union(*palette.values())) == 10
for name in ("viridis", "magma", "gray"):
    picture, a = image(name).astype(int), load("u1")
    assert picture.shape == ((20, 31) if name == "gray" else (20, 31, 3))
    bright = picture if name == "gray" else picture @ (0.2126, 0.7152, 0.0722)
    order = np.argsort(a, axis=None, kind="stable")
    assert (np.diff(bright.ravel()[order]) >= -1).all(), name
viridis = image("viridis")[np.unravel_index(load("u1").argmax(), (20, 31))]
assert np.abs(viridis.astype(int) - (253, 231, 37)).max() <= 3, viridis  # matplotlib's last colour
planes, picture = load("planes"), image("planes")
tiles = [picture[r * 20:(r + 1) * 20, c * 31:(c + 1) * 31] for r in range(picture.shape[0] // 20) for c in range(picture.shape[1] // 31)]
assert all(np.array_equal(tile, plane) for tile, plane in zip(tiles, planes)) and not any(tile.any() for tile in tiles[5:])
assert np.array_equal(image("rgb"), load("rgb").transpose(1, 2, 0))
assert len(np.unique(image("constant"))) == 1 and not image("empty").any()
END
OUT=x.png
for contrast in 99,1 5 -1,50 1,101 a,b nan,5; do expect_error 2 'contrast' levin-export u1.zarr x.png --contrast="$contrast"; done
expect_error 2 'jet.*(gray|viridis)' levin-export u1.zarr x.png --colormap jet
expect_error 2 'labels' levin-export u1.zarr x.png --colormap labels --contrast 1,99
expect_error 2 'compression' levin-export u1.zarr x.png --compression lzw
levin-synth -q random many.zarr --shape t=65,y=3,x=3
expect_error 2 '65.*64|--split' levin-export many.zarr x.png
