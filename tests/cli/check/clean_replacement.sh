# Killed between a replacement's last file and its coming to the place of the old store: --clean takes away neither, and the
# work ends when the command is repeated.
levin-synth random in.zarr --shape t=8,y=20,x=20 --chunks t=2 -q
levin-copy -q in.zarr expected.zarr --codec none --chunks t=2
levin-copy -q in.zarr out.zarr --codec gzip --chunks t=2
cp -r expected.zarr .levin-new.out.zarr
mkdir .levin-new.out.zarr/__levin
cp expected.zarr/zarr.json .levin-new.out.zarr/__levin/
touch .levin-new.out.zarr/c/__levin-partial.node17.4711.0badc0de
expect_output '1 partial files removed' levin-check out.zarr --clean
[ -e .levin-new.out.zarr/__levin/zarr.json ] || fail "--clean removes what is to replace the store: $(ls -A)"
expect_exit 0 levin-copy -q in.zarr out.zarr --codec none --chunks t=2 --resume
same_bytes expected.zarr out.zarr
[ -z "$(ls -A | grep levin-)" ] || fail "left over: $(ls -A)"
