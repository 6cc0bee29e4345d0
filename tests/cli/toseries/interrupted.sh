# SIGINT and SIGTERM: the status is 128 + the number; the warnings of schedulers: 75. The journal is kept, nothing is published; the store in
# progress is refused as input and says how far it is; only the same request resumes it.
need_python numpy
levin-synth random in.zarr --shape t=60,y=256,x=256 --seed 1 --chunks t=5 -q
levin-toseries -q in.zarr expected.zarr --block y=8,x=8
for signal in INT:130 TERM:143 USR1:75 USR2:75 XCPU:75; do
    status=$("$PY" "$SOURCE/tests/support/interrupt.py" "${signal%:*}" 1 out.zarr \
        levin-toseries in.zarr out.zarr --block y=8,x=8 2>message)
    [ "$status" = "${signal#*:}" ] || { cat message >&2; fail "exit status $status after SIG$signal"; }
    grep -q -- "--resume" message || { cat message >&2; fail "the message does not name --resume"; }
    [ ! -e out.zarr/zarr.json ] || fail "published after SIG$signal"
    ls out.zarr/__levin/journal.* >/dev/null || fail "no journal is left"
    done=$(cat out.zarr/__levin/journal.* | wc -l)

    OUT=second.zarr
    expect_error 1 "out.zarr is not finished: $done of 1024 chunks are done by toseries" levin-filter median out.zarr second.zarr --size 3
    expect_output "$done of 1024" levin-info out.zarr
    OUT=out.zarr
    expect_error 1 "out.zarr is not finished: $done of 1024 .*--resume.*--force" levin-toseries in.zarr out.zarr --block y=8,x=8
    expect_error 1 "begun by another request: .*chunk_shape.*force" levin-toseries in.zarr out.zarr --block y=16,x=8 --resume
    expect_error 1 "begun by another request: .*gzip" levin-toseries in.zarr out.zarr --block y=8,x=8 --codec gzip --resume
    expect_error 1 "begun by another request: .*history" levin-filter median in.zarr out.zarr --size 3 --resume
    [ "$(cat out.zarr/__levin/journal.* | wc -l)" = "$done" ] || fail "a refused request wrote chunks"
    expect_exit 0 levin-toseries -q in.zarr out.zarr --block y=8,x=8 --resume -j 1
    same_bytes expected.zarr out.zarr
    # Resuming what is complete does nothing.
    expect_exit 0 levin-toseries -q in.zarr out.zarr --block y=8,x=8 --resume
    same_bytes expected.zarr out.zarr
    rm -r out.zarr
done
# --force drops what was begun.
"$PY" "$SOURCE/tests/support/interrupt.py" TERM 1 out.zarr levin-toseries -q in.zarr out.zarr --block y=16,x=16 >/dev/null 2>&1
expect_exit 0 levin-toseries -q in.zarr out.zarr --block y=8,x=8 --force
same_bytes expected.zarr out.zarr
