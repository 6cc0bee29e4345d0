# Outputs that exist, are files, lie in files, are the input, cannot be written or do not fit.
levin-synth -q random a.zarr --shape t=8,y=32,x=32 --chunks t=2
cp -r a.zarr keep.zarr
OUT='a.zarr file out.zarr holds'
echo mine >file
mkdir holds
echo notes >holds/notes
expect_error 1 'a.zarr' levin-copy a.zarr a.zarr
expect_exit 0 levin-copy a.zarr a.zarr --chunks t=2 --force
same_values a.zarr keep.zarr
expect_error 1 'file' levin-copy a.zarr file
expect_error 1 'file' levin-copy a.zarr file --force
expect_error 1 'file/out.zarr|file' levin-copy a.zarr file/out.zarr
expect_error 1 'holds' levin-copy a.zarr holds
expect_error 1 'holds' levin-copy a.zarr holds --force
[ "$(cat file)" = mine ] && [ "$(ls holds)" = notes ] || fail "what was there is gone"
expect_error 1 'missing.zarr' levin-copy missing.zarr out.zarr
expect_error 2 'uint7' levin-copy a.zarr out.zarr --dtype uint7
expect_error 1 'does not fit uint8.*--clip' levin-copy a.zarr out.zarr --dtype uint8
expect_error 2 'codec' levin-copy a.zarr out.zarr --codec zstd:99
expect_error 2 'zarr-format' levin-copy a.zarr out.zarr --zarr-format 4
expect_error 2 'shard' levin-copy a.zarr out.zarr --zarr-format 2 --shards t=4
expect_error 1 'memory' levin-copy a.zarr out.zarr --memory 1k
[ ! -e out.zarr/zarr.json ] || fail "published"
rm -rf out.zarr
# Damaged input: said while copying, nothing published.
truncate -s -9 a.zarr/c/2/0/0
expect_error 1 'a.zarr.*c/2/0/0' levin-copy a.zarr out.zarr
rm -rf out.zarr
# A full disk while writing files of a foreign format.
command -v unshare >/dev/null || exit 0
unshare --mount --map-root-user true 2>/dev/null || skip "no mount namespaces"
mkdir small
for output in small/out.tif small/out.npy small/out.raw small/out.png small/out.csv thunder-series:small/out thunder-images:small/out; do
    status=0
    unshare --mount --map-root-user bash -c '
        mount -t tmpfs -o size=4k tmpfs small || exit 99
        levin-export -q keep.zarr "$0" || status=$?
        ls -A small >left
        exit $status' "$output" 2>message || status=$?
    [ "$status" != 99 ] || skip "a small tmpfs cannot be mounted here"
    [ "$status" = 75 ] || { cat message >&2; fail "$output: exit status $status, expected 75"; }
    grep -q 'No space left' message || { cat message >&2; fail "$output: the message does not name the cause"; }
    [ ! -s left ] || fail "$output: $(cat left) is left"
done
