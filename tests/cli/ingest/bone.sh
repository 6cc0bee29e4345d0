# 600 pages of one file are planes.
need_shared
need_python tifffile
expect_exit 0 levin-ingest "$SHARED/bone.tif" bone.zarr --axes zyx
expect_output '\(z 600, y 250, x 350\) uint8, images layout' levin-info bone.zarr
levin-export -q bone.zarr bone.npy
"$PY" -c "
import numpy as np, tifffile
a = np.load('bone.npy')
assert np.array_equal(a, tifffile.imread('$SHARED/bone.tif')) and set(np.unique(a)) == {0, 127}"
expect_error 2 'bone.tif has 3 dimensions.*--axes' levin-ingest "$SHARED/bone.tif" out.zarr
