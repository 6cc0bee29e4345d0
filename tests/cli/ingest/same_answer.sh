# The same bytes for any number of threads and little memory; --dry-run touches nothing and says what would be done.
npy a.npy 'rng.integers(0, 999, (30, 64, 70)).astype("u2")'
levin-ingest -q a.npy a.zarr --axes tyx --spacing t=2s
mkdir frames
levin-export -q a.zarr frames/f%d.tif --split t --compression packbits
expect_exit 0 levin-ingest frames one.zarr --axes tyx --chunks t=7,y=30,x=33 -j 1
for threads in 2 7; do
    levin-ingest -q frames more.zarr --axes tyx --chunks t=7,y=30,x=33 -j $threads --memory 40M -f
    same_bytes one.zarr more.zarr
done
same_values a.zarr one.zarr
OUT=out.zarr
expect_output 'out.zarr: tyx \(30, 64, 70\) uint16 in chunks \(5, 64, 70\)' levin-ingest frames out.zarr --axes tyx --chunks t=5 --dry-run
[ ! -e out.zarr ] || fail "--dry-run writes"
expect_output 'x-0029.png: \(64, 70\)' levin-export a.zarr x.png --split t --dry-run
[ -z "$(ls x-* 2>/dev/null)" ] || fail "--dry-run writes"
# One JSON object a line on standard error.
expect_exit 0 levin-ingest frames log.zarr --axes tyx --log-json
"$PY" -c "
import json
events = [json.loads(line) for line in open('$stderr')]
assert [event['event'] for event in events] == ['begin', 'start', 'done'], events
assert events[-1]['seconds'] >= 0 and events[-1]['bytes_written'] > 0 and events[-1]['bytes_read'] > 0 and events[-1]['peak_memory'] > 0, events[-1]"
