# A disk that fills up half way: status 75, the cause and the chunk are named, nothing is published; with space, --resume
# finishes.
command -v unshare >/dev/null || skip "no unshare"
levin-synth random in.zarr --shape t=20,y=100,x=100 --seed 1 -q
mkdir disk
cat >inside <<'END'
set -eu
mount -t tmpfs -o size=256k tmpfs disk || exit 77
status=0
levin-toseries -q in.zarr disk/out.zarr --block y=10,x=10 2>message || status=$?
[ "$status" = 75 ] || { cat message; echo "exit status $status, expected 75"; exit 1; }
grep -q "disk/out.zarr/.*No space left on device; free some space and run again with --resume" message || { cat message; exit 1; }
[ ! -e disk/out.zarr/zarr.json ] || { echo "published"; exit 1; }
[ -s "$(ls disk/out.zarr/__levin/journal.*)" ] || { echo "no chunk is in the journal"; exit 1; }
mount -o remount,size=4M disk
levin-toseries -q in.zarr disk/out.zarr --block y=10,x=10 --resume
cp -r disk/out.zarr resumed.zarr
END
status=0
unshare --mount --map-root-user bash inside >said 2>&1 || status=$?
[ "$status" != 77 ] || skip "a small tmpfs cannot be mounted here"
[ "$status" = 0 ] || { cat said >&2; fail "inside the mount: exit status $status"; }
levin-toseries -q in.zarr expected.zarr --block y=10,x=10
same_bytes expected.zarr resumed.zarr
