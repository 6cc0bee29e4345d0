# Outputs that cannot be: a file, a folder of something else, below a file, the empty name, a pipe, no permission.
. "$SOURCE/tests/support/bad_request.sh"
npy in.npy 'np.ones((4, 3, 5), np.float32)'
levin-ingest -q in.npy in.zarr --axes tyx
touch file
mkdir folder
touch folder/something
while IFS='|' read -r tool arguments; do
    # shellcheck disable=SC2086
    set -- "levin-$tool" ${arguments}
    refuses 1 "file exists and is not a Zarr store" "$@" file
    refuses 1 "file exists and is not a Zarr store" "$@" file --force
    refuses 1 "file/out.zarr: Not a directory" "$@" file/out.zarr
    refuses 1 "folder exists and is not a Zarr store" "$@" folder
    refuses 1 "folder exists and is not a Zarr store" "$@" folder --force
    refuses 1 "/proc/out.zarr: No such file" "$@" /proc/out.zarr
    refuses 1 "in.zarr exists; use --force" "$@" in.zarr
    refuses 2 "path is empty|name an OUTPUT" "$@" ""
    refuses 2 "--force: OUTPUT is -, a pipe|gives several arrays, a pipe carries one" "$@" - --force
    [ -e folder/something ] || fail "$tool --force removed a folder that is no store"
done <<'END'
copy|in.zarr
toseries|in.zarr
toimages|in.zarr
project|max --axis t in.zarr
project|max,min --axis t in.zarr
filter|median --size 3 in.zarr
detrend|in.zarr
fft|in.zarr
dff|in.zarr
kmeans|--clusters 2 in.zarr
pyramid|in.zarr
END
# A foreign file: the same, and what is no regular file is never replaced.
OUT="out.npy folder"
refuses 1 "file/.*out.npy.*: Not a directory" levin-copy in.zarr file/out.npy
refuses 1 "/dev/full.*exists" levin-copy in.zarr npy:/dev/full
refuses 1 "/dev/full is not a regular file" levin-copy in.zarr npy:/dev/full --force
[ "$(ls -A folder)" = something ] || fail "folder has changed"
