# Headerless files: the axes in storage order, either byte order of the elements' grid, bytes to skip, several files.
npy a.npy 'rng.integers(-9999, 9999, (4, 5, 6)).astype("i2")'
"$PY" -c "
import numpy as np
a = np.load('a.npy')
a.tofile('c.raw')
a.T.tofile('f.raw')
with open('skip.raw', 'wb') as f:
    for record in a.reshape(20, 6): f.write(b'key'), f.write(record.tobytes())
for i in range(4): a[i].tofile(f'frame{i}.raw')"
levin-ingest -q a.npy a.zarr --axes tyx
levin-ingest -q c.raw c.zarr --shape t=4,y=5,x=6 --input-dtype int16
same_values a.zarr c.zarr
levin-ingest -q f.raw f1.zarr --shape x=6,y=5,t=4 --input-dtype int16
same_values a.zarr f1.zarr
levin-ingest -q c.raw f2.zarr --shape x=6,y=5,t=4 --input-dtype int16 --order F
same_values a.zarr f2.zarr
levin-ingest -q skip.raw skip.zarr --shape t=4,y=5,x=6 --input-dtype int16 --skip 3
same_values a.zarr skip.zarr
levin-ingest -q 'frame*.raw' frames.zarr --shape y=5,x=6 --input-dtype int16
same_values a.zarr frames.zarr

cp c.raw anything
levin-ingest -q raw:anything any.zarr --shape t=4,y=5,x=6 --input-dtype int16
same_values a.zarr any.zarr
expect_error 2 '--shape' levin-ingest c.raw out.zarr --input-dtype int16
expect_error 2 '--input-dtype' levin-ingest c.raw out.zarr --shape t=4,y=5,x=6
expect_error 2 'int17' levin-ingest c.raw out.zarr --shape t=4,y=5,x=6 --input-dtype int17
expect_error 1 'c.raw.*240.*300' levin-ingest c.raw out.zarr --shape t=5,y=5,x=6 --input-dtype int16
expect_error 1 'c.raw.*240.*180' levin-ingest c.raw out.zarr --shape t=3,y=5,x=6 --input-dtype int16
expect_error 2 '--shape.*more bytes than 64 bits can count' levin-ingest c.raw out.zarr --shape t=4294967296,y=4294967296,x=4294967296 --input-dtype int16
[ ! -e out.zarr ] || fail "a refused command leaves a store"
