# A store whose writer died after its last chunk is finished by --publish; one that lacks chunks is not.
levin-synth -q random whole.zarr --shape t=6,y=16,x=16 --chunks t=1
# in_progress NAME CHUNKS...: the store as its writer leaves it when killed with these chunks done.
in_progress() {
    cp -r whole.zarr "$1"
    mkdir "$1/__levin"
    mv "$1/zarr.json" "$1/__levin/"
    printf 'done %s\n' "${@:2}" >"$1/__levin/journal.host.1.0123456789abcdef"
}
in_progress complete.zarr 3 1 0 2 5 4
in_progress partial.zarr 0 1 5
OUT='complete.zarr partial.zarr'
expect_output 'complete.zarr: in progress, 6 of 6 chunks' levin-info complete.zarr
expect_error 1 'complete.zarr is in progress: 6 of 6 .*--publish' levin-check complete.zarr
expect_error 1 'partial.zarr is in progress: 3 of 6' levin-check partial.zarr
expect_error 75 'partial.zarr .*3 of 6 chunks are missing' levin-check partial.zarr --publish --wait 0
expect_error 1 'complete.zarr is not finished: 6 of 6' levin-export complete.zarr out.npy
[ ! -e out.npy ] || fail "a store in progress was exported"
expect_exit 0 levin-check complete.zarr --publish
same_bytes whole.zarr complete.zarr
expect_output '6 of 6 chunks stored' levin-check complete.zarr
# Again, and of a store that was never in progress: nothing to do.
expect_exit 0 levin-check complete.zarr --publish
same_bytes whole.zarr complete.zarr

# A line torn by the crash counts for nothing.
in_progress torn.zarr 0 1 2 3 4
printf 'done ' >>torn.zarr/__levin/journal.host.1.0123456789abcdef
expect_error 75 '1 of 6 chunks' levin-check torn.zarr --publish --wait 1
# Killed while publishing: the metadata are out, the working folder is still there.
in_progress late.zarr 0 1 2 3 4 5
cp whole.zarr/zarr.json late.zarr/
expect_output '6 of 6 chunks stored' levin-check late.zarr
expect_exit 0 levin-check late.zarr --publish
levin-export -q late.zarr late.npy

# Options that would do nothing are refused.
OUT=none
expect_error 2 '--wait is how long --publish' levin-check whole.zarr --wait 3
expect_error 2 '--clean: STORE is -' sh -c 'true | levin-check - --clean'
