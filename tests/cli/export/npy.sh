# A NumPy file has the values, the data type and the order of the axes; --transpose gives another order.
npy in.npy 'rng.integers(-300, 300, (5, 4, 3)).astype("i2")'
levin-ingest -q in.npy in.zarr --axes tyx
expect_exit 0 levin-export in.zarr out.npy
expect_exit 0 levin-export in.zarr turned.npy --transpose yxt
expect_exit 0 levin-export in.zarr turned.raw --transpose yxt
"$PY" -c "
import numpy as np
a, b, c = np.load('in.npy'), np.load('out.npy'), np.load('turned.npy')
assert b.dtype == a.dtype and np.array_equal(a, b)
assert np.array_equal(c, a.transpose(1, 2, 0))
assert np.array_equal(np.fromfile('turned.raw', '<i2'), c.ravel())"
OUT=x.npy
expect_error 2 'transpose.*tyx' levin-export in.zarr x.npy --transpose yx
expect_error 2 'z' levin-export in.zarr x.npy --transpose yxz
for name in x.tif x.png thunder-series:x thunder-images:x; do
    expect_error 2 "transpose yxt: only NumPy and raw binary" levin-export in.zarr $name --transpose yxt
done

# What a run says of itself is true: bytes read and written.
levin-synth -q random counted.zarr --shape t=3,y=40,x=50
expect_exit 0 levin-export counted.zarr counted.npy --log-json
grep -q '"event":"done".*"bytes_read":24000,"bytes_written":24128,' "$stderr" || { show_output; fail "other counts"; }
expect_exit 0 levin-export counted.zarr counted-%d.raw --split t --log-json
grep -q '"bytes_read":24000,"bytes_written":24000,' "$stderr" || { show_output; fail "other counts"; }
