# Two nodes on a file system that shows late what the other has written, as NFS does (bindfs with NFS's caching of names,
# absent names and sizes): a part sees too little and leaves the store as it is; the final check looks again and publishes.
command -v bindfs >/dev/null || skip "no bindfs (scripts/install-deps --schedulers)"
[ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null || skip "no mounts of our own"
[ -c /dev/fuse ] || mknod /dev/fuse c 10 229 2>/dev/null || skip "no /dev/fuse"
levin-synth -q fish fish.zarr
make="levin-toseries fish.zarr series.zarr --block y=20,x=20 -q"
mkdir server a b
$make
mv series.zarr alone.zarr
mv fish.zarr server/
cat >inside <<'END'
set -eu
for node in a b; do
    bindfs -o attr_timeout=3,entry_timeout=3,negative_timeout=3,ac_attr_timeout=3 server $node || exit 77
done
stat b/series.zarr b/series.zarr/zarr.json 2>/dev/null || true  # too early: b remembers that there is nothing
(cd a && $MAKE --part 1/4) &
(cd b && $MAKE --part 2/4)
wait $!
(cd a && $MAKE --part 3/4)
missing=$(cd b && levin check series.zarr --publish --wait 0 2>/dev/null) && exit 1
[[ ,$missing, = *,4,* ]] || { echo "missing: $missing"; exit 1; }
(cd b && $MAKE --part 4/4)
for node in a b; do (cd $node && levin check series.zarr --publish --wait 20); done
fusermount3 -u a
fusermount3 -u b
END
status=0
MAKE=$make unshare --mount --pid --fork --kill-child --mount-proc bash inside >said 2>&1 || status=$?
[ "$status" != 77 ] || skip "bindfs cannot mount here"
[ "$status" = 0 ] || { cat said >&2; fail "exit status $status"; }
same_bytes alone.zarr server/series.zarr
