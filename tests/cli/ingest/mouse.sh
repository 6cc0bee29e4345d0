# int16 frames, the axes in storage order.
need_shared
expect_exit 0 levin ingest "$SHARED/mouse2p.raw" mouse.zarr --shape t=500,x=64,y=64 --input-dtype int16
expect_output '\(t 500, y 64, x 64\) int16, images layout' levin info mouse.zarr
levin-export -q mouse.zarr mouse.npy
"$PY" -c "
import numpy as np
a = np.load('mouse.npy')
assert a.sum(dtype=np.int64) == 165350240 and a.min() == 0 and a.max() == 909
assert np.array_equal(a, np.fromfile('$SHARED/mouse2p.raw', '<i2').reshape(500, 64, 64).transpose(0, 2, 1))"
