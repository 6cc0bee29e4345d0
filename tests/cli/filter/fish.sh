# The recording smoothed by a Gaussian of sigma (0, 2, 2): SciPy's values, and the sum is kept (to 1e-4).
need_shared
need_python numpy scipy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, fish, levin, read
from scipy import ndimage

data = fish()
levin("filter", "gaussian", "fish.zarr", "out.zarr", "--sigma", "z=0,y=2,x=2")
smooth = read("out.zarr")
close(smooth, ndimage.gaussian_filter(data.astype(np.float64), (0, 0, 2, 2)), "gaussian of the recording")
total = smooth.sum(dtype=np.float64)
assert abs(total / 14133562 - 1) <= 1e-4, total
END
