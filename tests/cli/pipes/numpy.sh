# NumPy's format through a pipe, for Python on either side.
need_python numpy
npy data.npy 'rng.normal(size=(7, 30, 41)).astype(np.float32)'
levin-ingest -q data.npy in.zarr --axes tyx
# NumPy asks a pipe for its position when it knows that it is a file; as bytes, or as something that can be read, it is fine.
same() { "$PY" -c "
import sys, types, numpy as np
a = np.lib.format.read_array(types.SimpleNamespace(read=sys.stdin.buffer.read))
assert not sys.stdin.buffer.read(1), 'more bytes than the array'
b = np.load('data.npy')
assert a.dtype == b.dtype and a.shape == b.shape and (a == b).all()" || fail "$1: other values"; }
levin-copy -q in.zarr npy:- | same copy
levin-export -q in.zarr npy:- | same export
levin-copy -q in.zarr npy:- | "$PY" -c "
import io, sys, numpy as np
assert (np.load(io.BytesIO(sys.stdin.buffer.read())) == np.load('data.npy')).all()" || fail "np.load of what comes"
levin-copy -q in.zarr - | levin-export -q - npy:- | same "a stream to npy"
levin-copy -q in.zarr npy:- | cmp - data.npy || fail "not what numpy.save writes"
send() { "$PY" -c "
import sys, numpy as np
np.save(sys.stdout.buffer, $1)"; }
for array in "np.load('data.npy')" "np.asfortranarray(np.load('data.npy'))" "np.load('data.npy').astype('>f4')"; do
    rm -rf out.zarr
    send "$array" | levin-ingest -q npy:- out.zarr --axes tyx
    same_values in.zarr out.zarr
    send "$array" | levin-copy npy:- - --axes tyx -q | levin-copy - out.zarr -q -f
    same_values in.zarr out.zarr
done
"$PY" -c "
import subprocess, sys, numpy as np
data = np.load('data.npy')
run = subprocess.run(['levin-filter', 'median', 'npy:-', 'npy:-', '--axes', 'tyx', '--size', '3', '-q'], input=b''.join([open('data.npy', 'rb').read()]), stdout=subprocess.PIPE, check=True)
import io
from scipy import ndimage
found = np.lib.format.read_array(io.BytesIO(run.stdout))
assert (found == ndimage.median_filter(data, size=(1, 3, 3), mode='reflect')).all()" || fail "Python, levin, Python"
send "np.arange(12) > 5" | levin-export -q npy:- npy:- --axes t | "$PY" -c "
import io, sys, numpy as np
assert (np.load(io.BytesIO(sys.stdin.buffer.read())) == (np.arange(12) > 5)).all()"
# A row longer than a chunk, and an array without elements.
send "np.arange(5_000_000, dtype=np.int16).reshape(1, 5_000_000)" | levin-project max npy:- out.npy --axis x --axes yx -q
"$PY" -c "import numpy as np; assert np.load('out.npy')[0] == np.arange(5_000_000, dtype=np.int16).max()"
send "np.zeros((0, 3))" | levin-copy npy:- empty.zarr --axes yx -q

rm -rf out.zarr
from() { levin-copy npy:- out.zarr --axes tyx -q; }
expect_fail() { expect_error 1 "$2" bash -c "$1 | levin-copy npy:- out.zarr --axes tyx -q"; rm -rf out.zarr; }
expect_fail "true" "standard input: nothing came"
expect_fail "head -c 40 data.npy" "standard input: cut off in its head"
expect_fail "head -c 30000 data.npy" "standard input: .*cut off: 29872 of 34440 bytes"
expect_fail "cat data.npy data.npy" "standard input: .*more bytes than the array's shape says"
expect_fail "echo not an array" "standard input: .*not a .npy file"
expect_fail "levin-copy in.zarr - -q" "not a .npy file"
