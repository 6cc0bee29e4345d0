# HDF5 as h5py reads it: values, types, chunks, labels, spacing, attributes; and back into the same array.
need_python h5py numpy
for type in uint8 int16 uint16 int32 uint64 float16 float32 float64 complex64 complex128 bool; do
    npy a.npy "(rng.normal(size=(5, 2, 33, 40)) * 50).astype('$type')"
    levin-ingest -q a.npy a.zarr --axes tzyx --spacing t=0.5s,z=2um,y=0.65um,x=0.65um -f
    levin-export -q a.zarr "$type.h5"
    rm -f back.npy
    levin-export -q "$type.h5" back.npy
    cmp -s a.npy back.npy || fail "$type differs when it is back"
    "$PY" - "$type" <<'END'
import h5py, numpy as np, sys
a = np.load("a.npy")
with h5py.File(sys.argv[1] + ".h5") as f:
    d = f["data"]
    assert list(f) == ["data"] and d.dtype == a.dtype and np.array_equal(d[...], a), d
    assert [x.label for x in d.dims] == list("tzyx") and d.maxshape == (None, 2, 33, 40)
    assert d.compression == "gzip" and np.prod(d.chunks) * d.dtype.itemsize <= 1 << 20
    assert list(d.attrs["dimension_units"]) == ["0.5 s", "2 um", "0.65 um", "0.65 um"] and list(d.attrs["element_size_um"]) == [2, 0.65, 0.65]
    assert "ingest" in d.attrs["levin"]
END
done
expect_output 'spacing +t 0.5 s, z 2 um, y 0.65 um, x 0.65 um' levin-info uint16.h5
expect_output 'history +ingest a.npy' levin-info uint16.h5

# Extended by somebody else, it reads on.
"$PY" -c "
import h5py
with h5py.File('uint16.h5', 'a') as f: f['data'].resize(9, 0); f['data'][8] = 3"
expect_output '\(t 9, z 2, y 33, x 40\) uint16' levin-info uint16.h5

# Names, compression, chunks of every kind of source, arrays of no axis and no length.
levin-export -q a.zarr named.h5::/deep/er/movie --compression none
expect_output "^named.h5: .t 5, z 2, y 33, x 40. bool" levin-info named.h5
expect_output "^named.h5::deep/er/movie: " levin-info named.h5::deep/er/movie
levin-synth -q random big.zarr --shape t=60,y=300,x=301 --chunks t=60,y=20,x=20
levin-synth -q random small.zarr --shape t=60,y=300,x=301 --chunks t=1,y=3,x=3
for name in big small; do
    levin-export -q $name.zarr $name.h5
    rm -f $name.npy
    levin-export -q $name.zarr $name.npy
    "$PY" -c "
import h5py, numpy as np
with h5py.File('$name.h5') as f:
    assert np.array_equal(f['data'][...], np.load('$name.npy'))
    assert 1 << 14 <= np.prod(f['data'].chunks) * f['data'].dtype.itemsize <= 1 << 20, f['data'].chunks"
done
"$PY" -c "import h5py; f = h5py.File('named.h5'); assert f['deep/er/movie'].compression is None"
npy line.npy 'np.arange(7.0)'
levin-export -q line.npy line.h5 --axes t
levin-export -q line.npy dot.h5 --axes t --select t=3
"$PY" -c "
import h5py
assert list(h5py.File('line.h5')['data']) == [0, 1, 2, 3, 4, 5, 6] and h5py.File('dot.h5')['data'][()] == 3"

# The same array gives the same bytes.
levin-export -q big.zarr again.h5
sleep 1.1
levin-export -q big.zarr big.h5 -f -j 1
same_bytes again.h5 big.h5

OUT='x.h5 big.h5'
expect_error 1 'big.h5.*exists' levin-export a.zarr big.h5
expect_error 1 'big.h5.*exists' levin-export a.zarr big.h5::/second
expect_error 2 'HDF5 has gzip and none' levin-export a.zarr x.h5 --compression lzw
expect_error 2 'unknown TIFF compression .gzip' levin-export uint16.h5 x.tif --compression gzip
for name in /a/ a//b ./a a/../b; do
    expect_error 2 'is no name of a dataset' levin-export a.zarr "x.h5::$name"
done
[ -z "$(find . -name '*.partial*')" ] || fail "partial files are left"
