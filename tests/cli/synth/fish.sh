# A movie with known truth: the same for any chunks and threads, another for another seed; cells.csv and labels.zarr
# agree with one another and with the movie.
need_python numpy
levin-synth -q fish a.zarr --shape t=60,z=2,y=48,x=56 --seed 3 --truth truth
levin-synth -q fish b.zarr --shape t=60,z=2,y=48,x=56 --seed 3 --chunks t=7,z=1,y=13,x=11 -j 2
levin-synth -q fish c.zarr --shape t=60,z=2,y=48,x=56 --seed 4 --truth other
levin-synth -q fish d.zarr --shape t=60,z=2,y=48,x=56 --seed 3 --truth again --chunks t=60,y=5,x=5
same_values a.zarr b.zarr
same_values a.zarr d.zarr
cmp truth/cells.csv again/cells.csv
same_values truth/labels.zarr again/labels.zarr
cmp -s truth/cells.csv other/cells.csv && fail "another seed has the same cells"
expect_output '\(t 60, z 2, y 48, x 56\) uint16, images layout' levin-info a.zarr
expect_output 'spacing +t 0.5 s, z 5 um, y 0.65 um, x 0.65 um' levin-info a.zarr
expect_output '\(z 2, y 48, x 56\) int32' levin-info truth/labels.zarr
for name in a c truth/labels; do levin-export -q $name.zarr "$(basename $name).npy"; done
"$PY" - <<'END'
import csv, numpy as np
a, c, labels = np.load("a.npy").astype("f8"), np.load("c.npy"), np.load("labels.npy")
cells = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(open("truth/cells.csv"))]
assert len(cells) > 5 and not np.array_equal(a, c)
assert set(np.unique(labels)) - {0} <= {int(cell["label"]) for cell in cells} and len(np.unique(labels)) > 5
for cell in cells:
    where = np.argwhere(labels == cell["label"])
    assert len(where), cell
    centre = np.array([cell[k] for k in "zyx"])
    assert (where[:, 0] == cell["z"]).all()
    assert (np.linalg.norm((where - centre)[:, 1:], axis=1) <= cell["radius"] + 1).all(), cell
    assert 0 < cell["frequency"] < 30 and 0 <= cell["phase"] < 2 * np.pi + 1e-9 and cell["amplitude"] > 0
# The frequency of a cell is the peak of its spectrum, for nearly all, and its phase is the one of levin fft's coherence.
hits, errors = 0, []
for cell in cells:
    series = a[:, labels == cell["label"]].mean(1)
    t = np.arange(60)
    series = series - np.polyval(np.polyfit(t, series, 2), t)
    spectrum = np.fft.rfft(series)
    hits += np.abs(spectrum)[1:].argmax() + 1 == cell["frequency"]
    phase = -np.pi / 2 - np.angle(spectrum[int(cell["frequency"])])
    errors.append(abs(np.angle(np.exp(1j * (phase - cell["phase"])))))
assert np.median(errors) < 0.1, np.median(errors)
assert hits >= 0.9 * len(cells), (hits, len(cells))
# Shot noise: outside the cells, differences of neighbouring frames have twice the mean as variance.
background = a[:, labels == 0]
ratio = np.diff(background, axis=0).var() / (2 * background.mean())
assert 0.9 < ratio < 1.15, ratio
END
