# Windows are those of scipy.signal; --inverse undoes the transform, from complex and real-imag, one- and two-sided.
need_python numpy scipy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, levin, result, write
from scipy import signal

rng = np.random.default_rng(1)
for n in (24, 25):
    data = write(rng.normal(size=(n, 2, 7)).astype(np.float32), "in.zarr", "tyx", "--spacing", "t=0.25s", "--chunks", "t=9,x=4")
    size = np.linalg.norm(data)
    for window in ("none", "hann", "hamming", "blackman"):
        taper = 1 if window == "none" else signal.get_window(window, n)[:, None, None]
        close(result("fft in.zarr", f"--value complex --window {window}"), np.fft.rfft(data * taper, axis=0),
              f"window {window}, n {n}", scale=size)
    for value in ("complex", "real-imag"):
        for sides in ("one", "two"):
            levin("fft", "in.zarr", "spectrum.zarr", "--value", value, "--sides", sides, "-f")
            how = f"--samples {n}" if sides == "one" else "--sides two --value complex"
            close(result("fft spectrum.zarr", f"--inverse {how}"), data, f"{value}, {sides}-sided, n {n}", scale=1)
END
levin-fft -q in.zarr f.zarr
expect_output '\(f 13, y 2, x 7\) float32' levin-info f.zarr
grep -Eq 'f 0.16 Hz' "$stdout" || { show_output; fail "axis f has no spacing in Hz"; }
levin-fft -q spectrum.zarr back.zarr --inverse --sides two --value complex
expect_output '\(t 25, y 2, x 7\)' levin-info back.zarr
grep -Eq 't 0.25 s' "$stdout" || { show_output; fail "axis t did not get its spacing back"; }
expect_error 2 "spectrum.zarr has 25 bins.*--sides" levin-fft spectrum.zarr out.zarr --inverse --sides two --value complex --samples 30
expect_error 2 "no axis 'f'" levin-fft in.zarr out.zarr --inverse
expect_error 2 "no axis 't'" levin-fft f.zarr out.zarr
expect_error 2 "inverse of two-sided spectra is complex" levin-fft spectrum.zarr out.zarr --inverse --sides two
