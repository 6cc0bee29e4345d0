# Whatever is wrong with a stream is an error that says what, and nothing is published.
levin-synth random in.zarr --shape t=12,z=2,y=9,x=11 --chunks t=3 -q
levin-copy -q in.zarr - --chunks t=3 >good.tar
from() { levin-copy - out.zarr -q <"$1"; }
broken() {
    "$PY" "$CASES/rewrite.py" "$1" <good.tar >broken.tar
    expect_error 1 "standard input: .*$2" from broken.tar
    rm -rf out.zarr
    [ ! -e ../escaped ] && [ ! -e /tmp/levin-escaped ] || fail "$1: something was written outside"
    # Selecting a part, or looking, is no way around.
    expect_error 1 "standard input: .*$2" bash -c 'levin-copy "-[t=0:1]" out.zarr -q <broken.tar'
    rm -rf out.zarr
    expect_error 1 "standard input: .*$2" bash -c 'levin-info - <broken.tar'
}
broken parent "member ../escaped: '..' leads out of the store"
broken inner-parent "leads out of the store"
broken absolute "member /tmp/levin-escaped: an absolute name"
broken symlink "member c/0/0/0/0 is a link; a store is made of files"
broken hardlink "member c/0/0/0/0 is a link"
broken device "member c/0/0/0/0 is a device"
broken fifo "member c/0/0/0/0 is a named pipe"
broken longer "chunk c/0/0/0/0 has 2377 bytes, where none has more than 2376"
broken huge "chunk c/0/0/0/0 has 1099511627776 bytes, where none has more"
broken empty "chunk c/0/0/0/0 is empty"
broken changed "the end marker says .*crc32c.* but .* came: the stream was damaged"
broken swapped "chunk c/0/0/0/0 comes after c/1/0/0/0: .*--no-trailer"
broken twice "chunk c/0/0/0/0 comes after c/0/0/0/0"
broken left-out "the end marker says .*\"chunks\": 4.* but .*\"chunks\": 3"
broken no-end "ends without the end marker __levin/end.json: the program that writes it has failed"
broken after-end "member c/0/0/0/0 comes after the end marker: a stream carries one array"
broken two-arrays "member zarr.json: a second array; a stream carries one"
broken second-array "member labels/zarr.json: a second array"
broken no-metadata "begins with c/0/0/0/0, not with zarr.json: .*--no-trailer"
broken stranger "member notes.txt is no chunk of an array of shape"
broken outside "member c/99/0/0/0 is no chunk"
broken other-spelling "member c/00/0/0/0 is no chunk"
broken group "zarr.json: a group; a stream carries one array"
broken bad-metadata "zarr.json: .*float99"

# A chunk that is too short: found when it is decoded, or else by the end marker.
"$PY" "$CASES/rewrite.py" shorter <good.tar >broken.tar
expect_error 1 "c/0/0/0/0: 2375 bytes of elements, where the chunk has 2376" from broken.tar
rm -rf out.zarr
levin-copy -q in.zarr - --chunks t=3 --codec zstd >packed.tar
"$PY" "$CASES/rewrite.py" shorter <packed.tar >broken.tar
expect_error 1 "c/0/0/0/0: zstd: " from broken.tar
rm -rf out.zarr
# levin check lists what it found before the end marker says the same.
"$PY" "$CASES/rewrite.py" changed <packed.tar >broken.tar
expect_error 1 "the end marker says" bash -c 'levin-check - <broken.tar'
grep -q "damaged chunk c/0/0/0/0: zstd" "$stdout" || { show_output; fail "check lists nothing"; }

# With --no-trailer files may come in any order; all else holds.
files() {
    "$PY" "$CASES/rewrite.py" "$1" <good.tar >broken.tar
    expect_error 1 "standard input: .*$2" levin_files
    rm -rf out.zarr
}
levin_files() { levin-copy - out.zarr -q --no-trailer <broken.tar; }
files parent "leads out of the store"
files absolute "an absolute name"
files symlink "is a link"
files device "is a device"
files longer "damaged on its way|has 2377 bytes, where none has more than 2376"
files twice "comes twice"
files two-arrays "zarr.json comes twice"
files second-array "labels/zarr.json: a second array"
files no-metadata "neither zarr.json nor .zarray|damaged on its way"
files stranger "no chunk of an array|damaged on its way"
files changed "damaged on its way"
files left-out "damaged on its way"
files group "a group; a stream carries one array|damaged on its way"
"$PY" "$CASES/rewrite.py" no-end <good.tar | levin-copy - out.zarr -q --no-trailer
rm -rf out.zarr

# Cut anywhere.
size=$(stat -c %s good.tar)
for ((at = 0; at < size - 1024; at += 397)); do
    head -c $at good.tar >cut.tar
    expect_error 1 "standard input: " from cut.tar
    rm -rf out.zarr
done
# One bit flipped anywhere before the padding at the end: no other data are ever published. (A header's owner is no data.)
levin-copy -q in.zarr same.zarr --chunks t=3 --codec none
for ((at = 0; at < size - 1024; at += 211)); do
    "$PY" -c "import sys; data = bytearray(open('good.tar', 'rb').read()); data[$at] ^= 4; sys.stdout.buffer.write(data)" >flipped.tar
    if levin-copy - out.zarr -q --chunks t=3 --codec none <flipped.tar 2>/dev/null; then diff -rq -x zarr.json out.zarr same.zarr >&2 || fail "a bit flipped at $at goes unseen"; fi
    rm -rf out.zarr
done

# No stream at all.
expect_error 1 "standard input: nothing came: the program that should write the stream has failed" from /dev/null
echo "not a tar" >text
expect_error 1 "standard input: .*not a tar stream" from text
cat good.tar good.tar >twice.tar
expect_error 1 "standard input: member zarr.json comes after the end marker" from twice.tar
gzip -c good.tar >good.tar.gz
expect_error 1 "standard input: .*not a tar stream" from good.tar.gz
expect_error 1 "nothing came" bash -o pipefail -c 'false | levin-copy - out.zarr -q'
rm -rf out.zarr
# Zeros without end, alone and after a stream; so many as tar appends are none too many.
expect_error 1 "standard input: .*no member in 67108864 bytes after the first 0: this is no tar stream" timeout 60 bash -c 'levin-copy - out.zarr -q </dev/zero'
expect_error 1 "standard input: .*no member in 67108864 bytes" timeout 60 bash -c 'cat good.tar /dev/zero | levin-copy - out.zarr -q'
expect_error 1 "standard input: .*no member in 67108864 bytes" timeout 60 bash -c 'levin-copy - out.zarr -q --no-trailer </dev/zero'
rm -rf out.zarr
{ cat good.tar; head -c 10485760 /dev/zero; } | levin-copy - out.zarr -q
same_values in.zarr out.zarr
rm -rf out.zarr
# The good one is good.
levin-copy - out.zarr -q <good.tar
same_values in.zarr out.zarr
