# What a user can do at the end: the commands of the tour as they are written, on the real recording, else on a
# synthetic one of the same shape.
shared=$PWD/shared/data
mkdir -p "$shared" here
if [ -n "$SHARED" ]; then
    ln -s "$SHARED/fish_tif" "$shared/fish_tif"
else
    levin synth -q fish fish20.zarr --shape t=20,z=2,y=76,x=87
    levin copy -q fish20.zarr bytes.zarr --dtype uint8 --clip
    mkdir "$shared/fish_tif"
    levin export -q bytes.zarr "$shared/fish_tif/time%03d.tif" --split t
fi
cd here

expect_exit 0 levin ingest ../shared/data/fish_tif fish.zarr --axes tzyx --spacing t=0.5s
expect_exit 0 levin info fish.zarr
grep -q 'fish.zarr: (t 20, z 2, y 76, x 87) uint8, images layout' "$stdout" || fail "$(cat "$stdout")"
grep -q zstd "$stdout" || fail "$(cat "$stdout")"
expect_exit 0 levin project max fish.zarr maxz.zarr --axis z
expect_exit 0 levin project std fish.zarr std.zarr --axis t
expect_exit 0 levin project mean fish.zarr --axis y,x -o trace.csv
expect_exit 0 levin filter median fish.zarr clean.zarr --size z=1,y=3,x=3
expect_exit 0 levin toseries clean.zarr series.zarr
expect_exit 0 levin detrend series.zarr flat.zarr
expect_exit 0 levin fft flat.zarr power.zarr --value power
expect_exit 0 levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1
expect_exit 0 levin kmeans dff.zarr clusters --clusters 5 --seed 1 --csv centroids.csv
expect_exit 0 levin export clusters/labels clusters.png --colormap labels
expect_exit 0 levin export maxz.zarr maxz.tif

expect_output '\(t 20, y 76, x 87\) uint8, images layout' levin info maxz.zarr
expect_output '\(z 2, y 76, x 87\) float32' levin info std.zarr
expect_output '\(t 20, z 2, y 76, x 87\) uint8, images layout' levin info clean.zarr
expect_output '\(t 20, z 2, y 76, x 87\) uint8, series layout' levin info series.zarr
expect_output '\(t 20, z 2, y 76, x 87\) float32, series layout' levin info flat.zarr
expect_output '\(f 11, z 2, y 76, x 87\) float32' levin info power.zarr
expect_output '\(z 2, y 76, x 87\) int32' levin info clusters/labels
for store in *.zarr clusters; do expect_output ' 0 faults' levin check "$store"; done
for store in fish maxz std clean series dff clusters/labels; do
    levin export -q "${store%.zarr}$([ -d "$store.zarr" ] && echo .zarr)" "$(basename "$store").npy"
done

need_python scipy PIL tifffile
"$PY" - "${SHARED:-}" <<'END'
import csv, sys, glob, numpy as np, scipy.ndimage, tifffile
from PIL import Image
load = lambda name: np.load(name + ".npy")
fish = load("fish")
assert np.array_equal(fish, [tifffile.imread(f) for f in sorted(glob.glob("../shared/data/fish_tif/*.tif"))])
if sys.argv[1]:
    assert fish.sum(dtype=np.int64) == 14133562 and load("maxz").sum(dtype=np.int64) == 7686988
assert np.array_equal(load("maxz"), fish.max(1)) and np.array_equal(tifffile.imread("maxz.tif"), fish.max(1))
assert np.allclose(load("std"), fish.std(0), rtol=1e-5, atol=0)
rows = list(csv.reader(open("trace.csv")))
found = np.array([row[-1] for row in rows[1:]], float)
assert np.allclose(found, fish.mean((2, 3)).ravel(), rtol=1e-6), (rows[:3], fish.mean((2, 3)).ravel()[:2])
clean = scipy.ndimage.median_filter(fish, (1, 1, 3, 3))
assert np.array_equal(load("clean"), clean) and np.array_equal(load("series"), clean)
baseline = np.percentile(clean, 20, axis=0)
assert np.allclose(load("dff"), (clean - baseline) / (baseline + 0.1), rtol=1e-5, atol=1e-6)
labels = load("labels")
assert set(np.unique(labels)) == set(range(5))
picture = np.array(Image.open("clusters.png"))
assert picture.shape == (76, 2 * 87, 3) or picture.shape[0] * picture.shape[1] >= labels.size, picture.shape
assert len(np.unique(picture.reshape(-1, 3), axis=0)) in (5, 6)
assert np.loadtxt("centroids.csv", delimiter=",", skiprows=1).shape[0] in (5, 20, 100)
END
