# k-means in rounds by two nodes on a file system that shows late what the other has written (bindfs, as in late_files.sh): a
# part that does not see the new round yet does nothing, --merge looks again, and the loop gets there all the same.
command -v bindfs >/dev/null || skip "no bindfs (scripts/install-deps --schedulers)"
[ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null || skip "no mounts of our own"
[ -c /dev/fuse ] || mknod /dev/fuse c 10 229 2>/dev/null || skip "no /dev/fuse"
levin-synth -q fish fish.zarr
make="levin-kmeans fish.zarr clusters --clusters 3 --seed 1 --init random --max-iter 3"
mkdir server a b
$make -q >alone.said
mv clusters alone
mv fish.zarr server/
cat >inside <<'END'
set -eu
for node in a b; do
    bindfs -o attr_timeout=2,entry_timeout=2,negative_timeout=2,ac_attr_timeout=2 server $node || exit 77
done
stat b/clusters b/clusters/zarr.json 2>/dev/null || true  # too early: b remembers that there is nothing
status=75 turns=0
while [ $status = 75 ]; do
    turns=$((turns + 1))
    [ $turns -lt 60 ] || { echo "it does not end"; exit 1; }
    (cd a && $MAKE --part 1/4) &
    (cd b && $MAKE --part 2/4)
    wait $!
    (cd b && $MAKE --part 3/4)
    (cd a && $MAKE --part 4/4)
    node=$([ $((turns % 2)) = 1 ] && echo b || echo a)
    status=0
    (cd $node && $MAKE --merge --wait 5) >merge.said || status=$?
done
[ $status = 0 ] || exit 1
fusermount3 -u a
fusermount3 -u b
END
status=0
MAKE=$make unshare --mount --pid --fork --kill-child --mount-proc bash inside >said 2>&1 || status=$?
[ "$status" != 77 ] || skip "bindfs cannot mount here"
[ "$status" = 0 ] || { cat said >&2; fail "exit status $status"; }
same_bytes alone server/clusters
cmp alone.said merge.said || fail "the last merge says other things"
