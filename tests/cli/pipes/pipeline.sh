# The pipeline of the README: all stages at once, the same bytes as step by step through stores.
levin-synth random in.zarr --shape t=120,y=70,x=90 --seed 4 -q
mkdir frames
levin-export -q in.zarr frames/f-%04d.tif --split t
set -o pipefail
levin-ingest 'frames/*.tif' - --axes tyx | levin-filter median - - --size 3 | levin-toseries - - | levin-fft - power.zarr
levin ingest -q 'frames/*.tif' a.zarr --axes tyx
levin filter -q median a.zarr b.zarr --size 3
levin toseries -q b.zarr c.zarr
levin fft -q c.zarr d.zarr
diff -rq -x zarr.json power.zarr d.zarr >&2 || fail "the pipeline gives other bytes than the steps"
same_values power.zarr d.zarr

# Nothing of progress or notes gets into the stream.
levin-copy in.zarr - --progress bar -v 2>said | cmp - <(levin-copy in.zarr - -q) || fail "messages are in the stream"
[ -s said ] || fail "nothing said"
levin-copy in.zarr - --log-json 2>/dev/null | levin-check - --log-json 2>said
grep -q '"event": *"done"' said || fail "no done event: $(cat said)"

# A later stage works while the first one still writes: it has published nothing, but its chunks are there.
mkfifo gate
({ levin-copy -q in.zarr - --chunks t=1 | head -c 2000000; } || true; cat gate) | levin-filter -q median - out.zarr --size 3 --chunks t=1 2>error &
stage=$!
for ((i = 0; i < 100; i++)); do [ ! -e out.zarr/c/40 ] || break; sleep 0.1; done
[ -e out.zarr/c/40 ] || fail "no chunk is written while the stream goes on"
[ ! -e out.zarr/zarr.json ] || fail "published before the end"
: >gate
wait $stage && fail "a stream that is cut succeeded"

# --resume goes on with what an earlier run of the same pipeline has written.
[ -e out.zarr/c/40 ] || fail "what was written is gone"
levin-copy -q in.zarr - --chunks t=1 | levin-filter -q median - out.zarr --size 3 --chunks t=1 && fail "an unfinished output was taken"
levin-copy -q in.zarr - --chunks t=1 | levin-filter median - out.zarr --size 3 --chunks t=1 --resume -v 2>said
grep -q "of 120 units to do" said && ! grep -q "120 of 120 units to do" said || fail "resumed nothing: $(cat said)"
levin-filter -q median in.zarr whole.zarr --size 3 --chunks t=1
same_values out.zarr whole.zarr
# And --force replaces an output by what a pipe brings, once that is complete.
levin-copy -q in.zarr - | head -c 1500000 | levin-copy -q - out.zarr -f && fail "a stream that is cut succeeded"
same_values out.zarr whole.zarr
levin-copy -q in.zarr - | levin-copy -q - out.zarr -f
same_values out.zarr in.zarr
