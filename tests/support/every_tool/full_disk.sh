# A full disk fails with a status that says "try again later", names the cause and publishes nothing.
. "$SOURCE/tests/support/every_tool/sample.sh"
command -v unshare >/dev/null || skip "no unshare"
make_input
mkdir small
unshare --mount --map-root-user mount -t tmpfs -o size=8k tmpfs small 2>/dev/null || skip "a small tmpfs cannot be mounted here"
sample_command in.zarr "small/$OUT"
unshare --mount --map-root-user bash -c '
    mount -t tmpfs -o size=8k tmpfs small
    status=0
    "$@" 2>message || status=$?
    find small -name zarr.json -not -path "*/__levin/*" >published
    exit $status' - "${command[@]}" && fail "succeeded on a full disk" || status=$?
[ "$status" = 75 ] || { cat message >&2; fail "exit status $status, expected 75"; }
grep -q "No space left" message || { cat message >&2; fail "the message does not name the cause"; }
[ ! -s published ] || fail "published $(cat published)"
