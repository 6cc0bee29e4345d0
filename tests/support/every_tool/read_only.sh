# The input's folder need not be writable, and nothing is written there.
. "$SOURCE/tests/support/every_tool/sample.sh"
need_as_user
make_input
mkdir input
mv in.* input/
find input | sort >before
chmod -R a-w input
sample=${sample//in.tif/input/in.tif}
sample_command input/in.zarr "$OUT"
expect_exit 0 as_user "${command[@]}"
find input | sort | cmp - before || fail "something was written into the input's folder"
