# 100000 chunks in one folder: written, killed on the way and resumed, checked, and read. Nothing is quadratic, or this
# would take hours, and runs into its time limit.
levin-synth random in.zarr --shape t=4,x=100000 --seed 5 --chunks t=4,x=100000 -q
work="levin-copy in.zarr out.zarr --chunks x=1 --shards none --codec none -q"
status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL 50000 out.zarr $work)
[ "$status" = 137 ] || fail "not killed: $status"
expect_error 1 'is not finished' levin-copy out.zarr x.zarr
expect_exit 0 $work --resume
[ "$(find out.zarr/c/0 -type f | wc -l)" = 100000 ] || fail "$(find out.zarr/c/0 -type f | wc -l) chunks"
[ -z "$(find out.zarr -name '__levin*')" ] || fail "left over: $(find out.zarr -name '__levin*')"
expect_output '100000 of 100000 chunks stored, 0 not stored, 0 faults' levin-check out.zarr
expect_output '100000' levin-info out.zarr --chunks
expect_exit 0 levin-copy out.zarr back.zarr --chunks t=4,x=100000 -q
same_bytes in.zarr/c back.zarr/c
