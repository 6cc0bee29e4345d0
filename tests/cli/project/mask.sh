# Pixels outside --mask are no data: NaN, or a count of 0; the mask may lack axes of the input.
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, levin, read, same, write

rng = np.random.default_rng(1)
data = write(rng.integers(0, 200, (6, 2, 7, 9), dtype=np.uint8), "in.zarr", "tzyx", "--chunks", "t=4,z=1,y=3,x=4")
mask = write((rng.random((7, 9)) < 0.5).astype(np.uint8), "mask.zarr", "yx")
masked = np.where(mask, data.astype(np.float64), np.nan)
levin("project", "mean,count,max,argmax", "in.zarr", "out", "--axis", "t", "--mask", "mask.zarr")
close(read("out/mean"), masked.mean(0), "mean over t")
same(read("out/count"), np.where(mask, 6, 0) + np.zeros((2, 1, 1)), "count over t")
same(read("out/max"), masked.max(0), "max over t")
same(read("out/argmax"), np.where(mask, data.argmax(0), -1), "argmax over t")
levin("project", "mean", "in.zarr", "trace.zarr", "--axis", "y,x", "--mask", "mask.zarr")
close(read("trace.zarr"), np.nanmean(masked, (2, 3)), "mean trace inside the mask")
END
npy small.npy 'np.ones((3, 9), bool)'
npy volume.npy 'np.ones((5, 7, 9), bool)'
expect_error 2 "--mask small.npy: axis y has 3 samples, in.zarr has 7" levin-project mean in.zarr out.zarr --axis t --mask small.npy
expect_error 2 "mask|--axes" levin-project mean in.zarr out.zarr --axis t --mask volume.npy
expect_error 1 "nowhere" levin-project mean in.zarr out.zarr --axis t --mask nowhere
