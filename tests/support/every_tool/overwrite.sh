# An existing output is refused and stays as it is; --force replaces it.
. "$SOURCE/tests/support/every_tool/sample.sh"
make_input
sample_command in.zarr "$OUT"
expect_exit 0 "${command[@]}"
cp -r "$OUT" first
expect_error 1 "$OUT.*exists.*--force" "${command[@]}"
same_bytes "$OUT" first
expect_exit 0 "${command[@]}" --force
same_bytes "$OUT" first
