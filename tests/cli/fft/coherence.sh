# Thunder's pair, coherence and phase: the contract's example, a real record, frequencies as bins and in Hz.
need_shared
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, fish_series, levin, read, result, write

series = np.array([[1, 2, -4, 5, 8, 3, 4.1, 0.9, 2.3]], np.float32).T
write(series, "series.zarr", "tx")
close(result("fft series.zarr", "--value coherence --frequency 2").ravel(), [0.578665, 4.102501], "the example", 2e-6)

flat = write(np.full((9, 1), 5, np.uint8), "flat.zarr", "tx")
close(result("fft flat.zarr", "--value coherence --frequency 2").ravel(), [0, np.nan], "a constant series")

recording = fish_series("fish.zarr", "--spacing", "t=0.05s")
levin("fft", "fish.zarr", "map.zarr", "--value", "coherence", "--frequency", 5)
pair = read("map.zarr")
assert pair.shape == (2, 2, 76, 87), pair.shape
close(pair[0, 0, 0, 0], 0.171866873, "coherence of the record y 0, x 0, z 0 at bin 5")

wide = recording - recording.mean(0)
spectrum = np.fft.fft(wide, axis=0)
amplitude = 2 * abs(spectrum[:120]) / 240


def expected(f):
    phase = -np.pi / 2 - np.angle(spectrum[f])
    return np.stack([amplitude[f] / np.sqrt((amplitude**2).sum(0) + 1e-30), np.where(phase < 0, phase + 2 * np.pi, phase)])


levin("fft", "fish.zarr", "maps.zarr", "--value", "coherence", "--frequency", 5, "--frequency", "1Hz")  # 1 Hz is bin 12
maps = read("maps.zarr")
for i, f in enumerate((5, 12)):
    close(maps[i, 0], expected(f)[0], f"coherence at bin {f}", scale=1e-3)
    turned = np.exp(1j * maps[i, 1]) - np.exp(1j * expected(f)[1])
    constant, strong = (amplitude == 0).all(0), amplitude[f] > 1e-2
    assert (np.isnan(maps[i, 1]) == constant).all() and constant.any(), "phase is NaN for constant series, and only there"
    assert abs(turned[strong]).max() < 1e-4 and np.nanmin(maps[i, 1]) >= 0 and np.nanmax(maps[i, 1]) < 2 * np.pi + 1e-6
END
levin-fft -q fish.zarr half.npy --value coherence --frequency 0.4166667Hz
levin-fft -q fish.zarr bin.npy --value coherence --frequency 5
same_bytes half.npy bin.npy
OUT=out.zarr
expect_error 2 "frequency.*120" levin-fft fish.zarr out.zarr --value coherence --frequency 120
expect_error 2 "frequency.*50 ?Hz" levin-fft fish.zarr out.zarr --value coherence --frequency 50Hz
expect_error 2 "frequency" levin-fft fish.zarr out.zarr --value coherence --frequency=-1
expect_error 2 "frequency" levin-fft fish.zarr out.zarr --value coherence --frequency 1.5
expect_error 2 "spacing" levin-fft series.zarr out.zarr --value coherence --frequency 0.5Hz
expect_error 2 "needs --frequency" levin-fft fish.zarr out.zarr --value coherence
expect_error 2 "for --value coherence" levin-fft fish.zarr out.zarr --frequency 3
