# The shared options: what can never be right exits 2, names the option and what was found, and leaves nothing behind.
. "$SOURCE/tests/support/bad_request.sh"
npy in.npy 'np.arange(60, dtype=np.float32).reshape(3, 4, 5) - 1.5'
levin-ingest -q in.npy in.zarr --axes zyx --spacing z=2um
npy line.npy 'np.arange(5.0)'
npy six.npy 'np.zeros((1, 2, 1, 2, 1, 2))'
while IFS='|' read -r regex arguments; do
    # shellcheck disable=SC2086
    refuses 2 "$regex" levin-copy $arguments
done <<'END'
no axis 'q': the axes are zyx|in.zarr out.zarr --select q=1
'z=3': 3 is outside axis z, which has 3 samples \(0 to 2\)|in.zarr out.zarr --select z=3
'z=-4': -4 is outside axis z|in.zarr out.zarr --select z=-4
'z=1:4': 4 is outside axis z|in.zarr out.zarr --select z=1:4
'z=2:2' is empty: axis z from 2 to 2|in.zarr out.zarr --select z=2:2
'z=2:1' is empty|in.zarr[z=2:1] out.zarr
'a' is not an integer|in.zarr out.zarr --select z=a
step 0 must be at least 1|in.zarr out.zarr --select z=::0
expected AXIS=VALUE|in.zarr out.zarr --select z
3 is outside axis y|in.zarr[y=2:] out.zarr --select y=3
--chunks z=0: expected an integer of at least 1 .* found '0'|in.zarr out.zarr --chunks z=0
--chunks z=-1: expected an integer of at least 1|in.zarr out.zarr --chunks z=-1
--chunks q=3: no axis 'q'|in.zarr out.zarr --chunks q=3
--chunks z=1,z=2: axis 'z' occurs twice|in.zarr out.zarr --chunks z=1,z=2
--chunks z=99999999999999999999|in.zarr out.zarr --chunks z=99999999999999999999
--shards z=0|in.zarr out.zarr --chunks z=1 --shards z=0
must be a multiple of the chunks|in.zarr out.zarr --chunks y=2 --shards y=3
shards need Zarr format 3|in.zarr out.zarr --zarr-format 2 --shards z=1
codec 'foo': unknown; expected none, zstd|in.zarr out.zarr --codec foo
level '99' is none of 1 to 22|in.zarr out.zarr --codec zstd:99
unknown data type 'foo'|in.zarr out.zarr --dtype foo
unknown value '4'; expected one of 2, 3|in.zarr out.zarr --zarr-format 4
--threads -1: must be at least 1|in.zarr out.zarr -j -1
--threads 0: must be at least 1|in.zarr out.zarr -j 0
'x' is not an integer|in.zarr out.zarr -j x
'3x' is no size|in.zarr out.zarr --memory 3x
'0' is no size|in.zarr out.zarr --memory 0
expected a positive number|in.zarr out.zarr --memory -5M
--spacing z=0um: must be greater than 0|in.zarr out.zarr --spacing z=0um
--spacing|in.zarr out.zarr --spacing z=nan
names 4 axes, but in.zarr has 3 dimensions|in.zarr out.zarr --axes tzyx
't' occurs twice|in.zarr out.zarr --axes ttx
has 3 dimensions \(3, 4, 5\) and does not name its axes.*--axes tyx or --axes zyx|in.npy out.zarr
has 1 dimension \(5,\) and does not name its axes.*--axes t |line.npy out.zarr
has 6 dimensions .* and does not name its axes.*t, c, z, y and x|six.npy out.zarr
OUTPUT is missing|in.zarr
unexpected argument 'extra'|in.zarr out.zarr extra
PNG holds one image.*--split an axis|in.zarr out.png --dtype uint8 --clip
PNG holds uint8, uint16 or bool, not float32|in.zarr[z=1] out.png
PNG holds|in.zarr out.png --dry-run
END
# Several findings come together.
refuses 2 "no-such-option.*--codec.*foo" levin-copy in.zarr out.zarr --no-such-option --codec foo
# Values that a narrower type cannot hold are the data's fault: status 1, and --clip helps.
refuses 1 "--dtype uint8: the value -1.5 does not fit uint8 \(0 to 255\).*--clip" levin-copy in.zarr out.zarr --dtype uint8
expect_exit 0 levin-copy -q in.zarr out.zarr --dtype uint8 --clip
levin-export -q out.zarr out.npy
"$PY" -c 'import numpy as np; assert (np.load("out.npy") == np.clip(np.rint(np.load("in.npy")), 0, 255)).all()'
