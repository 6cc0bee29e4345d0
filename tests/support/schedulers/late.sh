# Sourced by cases of two nodes, the folders a and b, on a file system that shows late what the other has written, as NFS does:
# bindfs over the folder server, with NFS's caching of names, absent names and sizes.
command -v bindfs >/dev/null || skip "no bindfs (scripts/install-deps --schedulers)"
[ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null || skip "no mounts of our own"
[ -c /dev/fuse ] || mknod /dev/fuse c 10 229 2>/dev/null || skip "no /dev/fuse"
mkdir server a b

# on_two_nodes SECONDS: runs the script on standard input, $MAKE in it being $make, where names are kept for so long.
on_two_nodes() {
    local status=0
    {
        echo 'set -eu'
        for node in a b; do
            echo "bindfs -o attr_timeout=$1,entry_timeout=$1,negative_timeout=$1,ac_attr_timeout=$1 server $node || exit 77"
        done
        cat
        printf 'fusermount3 -u %s\n' a b
    } >inside
    MAKE=$make unshare --mount --pid --fork --kill-child --mount-proc bash inside >said 2>&1 || status=$?
    [ "$status" != 77 ] || skip "bindfs cannot mount here"
    [ "$status" = 0 ] || { cat said >&2; fail "exit status $status"; }
}
