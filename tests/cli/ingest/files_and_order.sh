# Files of a folder, a glob or a list follow in natural order, 2 before 10, unless told otherwise; --start, --stop and
# --step choose among them; folders in a folder count with --recursive, hidden files never.
need_python numpy PIL
mkdir -p frames/more
"$PY" -c "
import numpy as np
from PIL import Image
for name, value in [('f1', 1), ('f2', 2), ('f10', 10), ('f11', 11), ('more/f3', 3), ('.f0', 99)]:
    Image.fromarray(np.full((4, 6), value, 'u1')).save(f'frames/{name}.png')"
echo 'a note' >frames/README
# expect_frames VALUES ARGUMENTS...: the values of the frames in order.
expect_frames() {
    local expected=$1
    shift
    rm -rf out.zarr out.npy
    expect_exit 0 levin-ingest "$@" out.zarr --axes tyx
    levin-export -q out.zarr out.npy
    "$PY" -c "
import numpy as np
a = np.load('out.npy')
assert a.shape[1:] == (4, 6) and a[:, 0, 0].tolist() == [$expected], a[:, 0, 0]"
}
expect_frames '1, 2, 10, 11' frames
expect_frames '1, 2, 10, 11' 'frames/f*.png'
expect_frames '1, 2, 10, 11' frames/f10.png frames/f1.png frames/f11.png frames/f2.png
expect_frames '10, 1' frames/f10.png frames/f1.png --no-natural-sort
expect_frames '1, 10, 11, 2' frames --no-natural-sort
expect_frames '1, 2, 10, 11, 3' frames --recursive
expect_frames '2, 10' frames --start 1 --stop 3
expect_frames '1, 10' frames --step 2
expect_frames '11' frames --start 3 --stop 100
rm -rf out.zarr
expect_error 1 'leaves none of 4' levin-ingest frames out.zarr --axes tyx --start 4
expect_error 2 'start|step' levin-ingest frames out.zarr --axes tyx --step 0
expect_error 1 'frames/g\*.png: no file matches' levin-ingest 'frames/g*.png' out.zarr --axes tyx
mkdir empty
expect_error 1 'empty: no file of a known format' levin-ingest empty out.zarr --axes tyx
[ ! -e out.zarr ] || fail "a refused command leaves a store"

# Along z or c instead of t.
levin-ingest -q frames z.zarr --along z --axes zyx
expect_output '\(z 4, y 4, x 6\)' levin-info z.zarr
levin-ingest -q frames/f1.png frames/f2.png c.zarr --along c --axes cyx
expect_output '\(c 2, y 4, x 6\)' levin-info c.zarr

# More files than may be open at a time.
mkdir many
for ((i = 0; i < 80; i++)); do cp frames/f1.png "many/$i.png"; done
(ulimit -n 48 && levin-ingest -q many many.zarr --axes tyx) || fail "80 files with 48 descriptors"
expect_output '\(t 80, y 4, x 6\)' levin-info many.zarr
