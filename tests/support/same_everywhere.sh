# Sourced by cases that prove that a tool's output does not depend, byte for byte, on how the input is stored, on the
# number of threads, on --memory, or on the parts in which it is made.
#
#   make_inputs [EXPRESSION]     the same array (t 40, z 2, y 70, x 90; by default normal numbers, some missing) in seven
#                                stores
#   same_everywhere COMMAND      the words IN and OUT in it stand for input and output

make_inputs() {
    npy data.npy "${1:-np.where(rng.random((2, 70, 90)) + rng.random((40, 1, 1, 1)) < 0.2, np.nan, rng.normal(50, 9, (40, 2, 70, 90))).astype(np.float32)}"
    levin-ingest -q data.npy one.zarr --axes tzyx --spacing t=0.5s,y=0.65um,x=0.65um --chunks t=40,z=2,y=70,x=90
    levin-copy -q one.zarr images.zarr --chunks t=1,z=1,y=70,x=90
    levin-copy -q one.zarr series.zarr --chunks t=40,z=1,y=16,x=16
    levin-copy -q one.zarr odd.zarr --chunks t=7,z=2,y=13,x=29 --codec blosc
    levin-copy -q one.zarr sharded.zarr --chunks t=5,z=1,y=10,x=30 --shards t=10,z=2,y=40,x=90
    levin-copy -q one.zarr v2.zarr --chunks t=9,z=1,y=45,x=90 --codec gzip --zarr-format 2
    inputs="one.zarr images.zarr series.zarr odd.zarr sharded.zarr v2.zarr data.npy"
}

# run_with INPUT OUTPUT OPTIONS...: $command on this input; what it says is in OUTPUT.said.
run_with() {
    local words=() word
    for word in $command; do
        case $word in IN) word=$1 ;; OUT) word=$2 ;; esac
        words+=("$word")
    done
    case $1 in *.npy) words+=(--axes tzyx --spacing t=0.5s,y=0.65um,x=0.65um) ;; esac
    "levin-$TOOL" "${words[@]}" "${@:3}" >"$2.said" 2>"$2.error"
}

# Every file of a store but the metadata, whose history names the input.
contents() { (cd "$1" && find . -type f ! -name 'zarr.json' ! -name '.z*' -exec sha256sum {} + | sort -k2); }

check_same() {
    contents out.zarr >found.sums
    [ -s found.sums ] || fail "$1: the output has no chunks"
    if [ ! -e expected.sums ]; then
        mv found.sums expected.sums
        mv out.zarr.said expected.said
    else
        cmp expected.sums found.sums >&2 || fail "other bytes: $1"
        cmp expected.said out.zarr.said >&2 || fail "says other things: $1"
    fi
    rm -rf out.zarr
}

# The least --memory that is accepted for an input, found as a user would: by what the refusal asks for.
run_in_least_memory() {
    local size=1 asked tries=0
    until run_with "$1" out.zarr --memory "${size}M" --log-json "${@:2}"; do
        asked=$(grep -oE 'needs [0-9.]+ MiB of memory' out.zarr.error | grep -oE '[0-9.]+') ||
            { cat out.zarr.error >&2; fail "--memory ${size}M: refused without a size ($command)"; }
        [ "$(awk "BEGIN { print ($asked > $size - 1) }")" = 1 ] || { cat out.zarr.error >&2; fail "asks for less than it got: $size"; }
        size=$(awk "BEGIN { print int($asked) + 2 }")  # whole, and some slack: two runs differ by a few pages
        tries=$((tries + 1))
        [ "$tries" -lt 5 ] || fail "$tries sizes that were asked for were refused: $command"
    done
    "$PY" - "$size" out.zarr.error <<'END' || fail "--memory ${size}M is exceeded: $command with $*"
import json, sys
done = [event for event in map(json.loads, open(sys.argv[2])) if event["event"] == "done"][-1]
peak = next(value for key, value in done.items() if "peak" in key)
if peak > int(sys.argv[1]) * 2**20:
    sys.exit(f"peak memory {peak / 2**20:.1f} MiB")
END
    least=$size
}

# three_parts INPUT: in any order, two of them at once, and one of them twice.
three_parts() {
    local part
    for part in 2 3 2; do
        run_with "$1" out.zarr -q --part $part/3 || { cat out.zarr.error >&2; fail "$command on $1, part $part"; }
    done
    run_with "$1" out.zarr -q --part 1/3 &
    LEVIN_PART=1 LEVIN_PARTS=3 run_with "$1" out.zarr -q --part auto || fail "$command on $1, the other part 1"
    wait $! || { cat out.zarr.error >&2; fail "$command on $1, part 1"; }
}

# The store is out when the last part has ended; of a tool that works in rounds, after the last --merge.
in_parts() {
    levin-$TOOL --help | grep -q -- --part || return 0
    local status
    three_parts "$1"
    while levin-$TOOL --help | grep -q -- --merge; do
        status=0
        run_with "$1" out.zarr -q --merge || status=$?
        [ $status = 75 ] || break
        three_parts "$1"
    done
    contents out.zarr >found.sums
    cmp expected.sums found.sums >&2 || fail "other bytes: $command: $1 in parts"
    [ -z "$(find out.zarr -name '__levin*')" ] || fail "left over: $(find out.zarr -name '__levin*')"
    rm -rf out.zarr
}

same_everywhere() {
    command=$1
    rm -f expected.sums
    local input threads
    for input in $inputs; do
        run_with "$input" out.zarr -q || { cat out.zarr.error >&2; fail "$command on $input"; }
        check_same "$command: $input"
    done
    for input in images.zarr series.zarr; do
        for threads in 1 2 7; do
            run_with "$input" out.zarr -q -j $threads || { cat out.zarr.error >&2; fail "$command on $input -j $threads"; }
            check_same "$command: $input, -j $threads"
        done
    done
    for input in images.zarr odd.zarr; do
        in_parts "$input"
    done
    for input in one.zarr images.zarr series.zarr; do
        run_in_least_memory "$input" -j 2
        check_same "$command: $input in $least MiB"
    done
}
