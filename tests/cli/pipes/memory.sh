# Tools that go through the data once need neither the memory nor the disk for it: there is no scratch folder here at all.
# The others lay it down in $TMPDIR and keep --memory.
levin-synth random images.zarr --shape t=320,y=320,x=400 --chunks t=8,y=160,x=200 -q --codec none  # 156 MiB
levin-toseries -q images.zarr series.zarr --block y=64,x=64 --codec none
run() {
    local input=$1
    shift
    rm -rf out.zarr out.tif f-*.tif
    levin-copy "$input" - -q --memory 100M --chunks t=8,y=160,x=200 | "$@" --memory 100M --log-json >"$stdout" 2>log || { cat log >&2; fail "$*"; }
    "$PY" - log <<'END' || fail "--memory 100M is exceeded: $*"
import json, sys
done = [event for event in map(json.loads, open(sys.argv[1])) if event["event"] == "done"]
peak = [value for key, value in done[-1].items() if "peak" in key][0] if done else 0
if peak > 100 * 2**20: sys.exit(f"peak memory {peak / 2**20:.1f} MiB")
END
}
through() {
    local input=$1
    shift
    rm -rf out.zarr
    levin-copy "$input" - -q --memory 100M --chunks t=320,y=64,x=64 | "$@" --memory 100M --log-json >"$stdout" 2>log || { cat log >&2; fail "$*"; }
}
export TMPDIR=/nonexistent
run images.zarr levin-copy - out.zarr --chunks t=20,y=320,x=400
run images.zarr levin-copy - out.zarr --select y=100:300
run images.zarr levin-filter median - out.zarr --size 3
run images.zarr levin-filter gaussian - out.zarr --sigma t=1,y=2,x=2 --chunks t=8,y=160,x=200
run images.zarr levin-project mean - out.zarr --axis t
run images.zarr levin-project max - out.zarr --axis y,x
run images.zarr levin-export - out.tif
run images.zarr levin-export - f-%04d.tif --split t
run images.zarr levin-info - --stats
run images.zarr levin-check -
through series.zarr levin-dff - out.zarr
through series.zarr levin-detrend - out.zarr
through series.zarr levin-fft - out.zarr
through series.zarr levin-project percentile:20 - out.zarr --axis t

mkdir scratch
export TMPDIR=$PWD/scratch
for tool in "toseries - out.zarr" "fft - out.zarr" "kmeans - out.zarr --clusters 2 --max-iter 2" "project median - out.zarr --axis t"; do
    # shellcheck disable=SC2086
    run images.zarr levin-$tool
    [ -z "$(ls -A scratch)" ] || fail "$tool leaves scratch"
    # shellcheck disable=SC2086
    (set -- $tool; levin-"${tool%% *}" $(sed 's/^[a-z]* //; s/ - / images.zarr /; s/^- /images.zarr /; s/out.zarr/stored.zarr/' <<<"$tool") -q -f >/dev/null)
    same_values out.zarr stored.zarr
    rm -rf stored.zarr
done
levin-copy images.zarr - -q | levin-toseries - out.zarr -f --memory 100M -v 2>said
grep -q "scratch" said || fail "-v does not say that scratch is used: $(cat said)"
tar c -C images.zarr zarr.json c | levin-copy - out.zarr -f --no-trailer -v 2>said
grep -q "laid down in scratch in $TMPDIR" said || fail "-v does not say that the stream is laid down: $(cat said)"
# A scratch disk that is too small is worth another try.
if unshare --mount --map-root-user mount -t tmpfs -o size=1M tmpfs scratch 2>/dev/null; then
    rm -rf out.zarr
    expect_error 75 "scratch.*No space left" unshare --mount --map-root-user bash -c '
        mount -t tmpfs -o size=1M tmpfs scratch
        levin-copy images.zarr - -q | levin-copy - out.zarr --no-trailer -q'
fi
