# In parts and rounds: the bytes, and the words, of one run; any part may run twice, at once, or be killed and come again.
need_python numpy
npy floats.npy '(rng.normal(size=(4, 30, 1, 1))[rng.integers(0, 4, (26, 31)), :, 0, 0].transpose(2, 0, 1) * 9 + rng.normal(50, 6, (30, 26, 31))).astype(np.float32)'
"$PY" - <<'END'
import numpy as np
data = np.load("floats.npy")
np.save("counts.npy", (data * 20).clip(0, 65535).astype(np.uint16))
data[7, 3, 4:9] = np.nan
data[:, 20, 30] = np.inf
np.save("floats.npy", data)
mask = np.ones((26, 31), bool)
mask[5:9, 11:] = False
np.save("mask.npy", mask)
# Of five clusters the third and the last are empty at first.
init = np.load("counts.npy")[:, [0, 9, 9, 20, 25], [3, 8, 30, 2, 17]].T.astype(np.float32)
init[[2, 4]] = 1e6
np.save("init.npy", init)
END
levin-ingest -q floats.npy floats.zarr --axes tyx --chunks t=30,y=8,x=8 --spacing t=0.5s
levin-ingest -q counts.npy counts.zarr --axes tyx --chunks t=4
levin-ingest -q init.npy init.zarr --axes yx

# one_round PARTS COMMAND...: every part, the last first; one of them twice at once, one killed now and then.
one_round() {
    local parts=$1 part
    shift
    for part in $(seq "$parts" -1 2); do
        [ "$part" != 3 ] || "$PY" "$SOURCE/tests/support/interrupt.py" KILL "0.0$((RANDOM % 9))s" none "$@" -q --part "3/$parts" >/dev/null
        expect_exit 0 "$@" -q --part "$part/$parts"
    done
    "$@" -q --part "1/$parts" &
    LEVIN_PART=1 LEVIN_PARTS=$parts expect_exit 0 "$@" -q --part auto
    wait $! || fail "part 1 of $parts, twice at once"
}

# in_parts PARTS COMMAND...: rounds until the store is there; the last merge's output is in $stdout.
in_parts() {
    local parts=$1 status=75
    shift
    rounds=0
    while [ $status = 75 ]; do
        one_round "$parts" "$@"
        status=0
        "$@" -q --merge --wait 0 >"$stdout" 2>"$stderr" || status=$?
        rounds=$((rounds + 1))
        [ $status != 75 ] || [ "$(cat "$stdout")" = "$([ "$parts" = 1 ] || echo 1-)$parts" ] ||
            { show_output; fail "the parts of the next round are not listed"; }
    done
    [ $status = 0 ] || { show_output; fail "exit status $status: $*"; }
}

# same_in_parts INPUT OPTIONS...
same_in_parts() {
    local input=$1 parts
    shift
    rm -rf alone
    levin-kmeans -q "$input" alone "$@" >alone.said
    for parts in 1 3 5; do
        in_parts $parts levin-kmeans "$input" out "$@"
        same_bytes alone out
        cmp alone.said "$stdout" >&2 || fail "$parts parts say other things: $*"
        # A survey, a round an iteration, and the last one.
        iterations=$(sed -n 's/^iterations \([0-9]*\).*/\1/p' alone.said)
        [ $rounds = $((iterations + 2)) ] || fail "$rounds rounds for $iterations iterations"
        rm -r out
    done
}
same_in_parts floats.zarr --clusters 4 --seed 3 --init random --mask mask.npy
same_in_parts floats.zarr --clusters 3 --scale zscore --init random --max-iter 4
same_in_parts counts.zarr --clusters 5 --init init.zarr --max-iter 3
grep -q '^iterations 3 (stopped by --max-iter)' alone.said || fail "was to be stopped: $(cat alone.said)"
same_in_parts counts.zarr --clusters 5 --init init.zarr --tol 0.01
same_in_parts counts.zarr --clusters 4 --sample 40 --seed 8 --tol 0
same_in_parts floats.zarr --clusters 4 --seed 5 --max-iter 2

# One round is enough for --predict; the table comes with the last merge; more parts than there is work for.
levin-kmeans -q floats.zarr predicted --predict alone/centroids --csv alone.csv >alone.said
in_parts 3 levin-kmeans floats.zarr out --predict alone/centroids --csv out.csv
[ $rounds = 1 ] || fail "$rounds rounds to predict"
same_bytes predicted out
cmp alone.csv out.csv || fail "another table"
rm out.csv
expect_exit 0 levin-kmeans floats.zarr out --predict alone/centroids --csv out.csv --merge
cmp alone.csv out.csv || fail "a table that was lost is not written again"
expect_exit 0 levin-kmeans floats.zarr other --clusters 2 --csv out.csv --part 1/1
OUT=out.csv
expect_error 1 'table out.csv exists already' levin-kmeans floats.zarr other --clusters 2 --csv out.csv --merge
rm -r out other
levin-synth -q random tiny.zarr --shape t=5,y=2,x=2
levin-kmeans -q tiny.zarr tiny --clusters 2 --seed 1 >alone.said
in_parts 7 levin-kmeans tiny.zarr out --clusters 2 --seed 1
same_bytes tiny out
cmp alone.said "$stdout" || fail "seven parts of four pixels say other things"
rm -r out

# What is missing is said, on stdout as schedulers take it; nobody waits for parts that nobody has started.
OUT=out
make="levin-kmeans floats.zarr out --clusters 3 --seed 4 --init random"
expect_error 75 'no part of out has come yet in the first round.*--part I/N' $make --merge
[ ! -e out ] || fail "nothing is there to merge, and it makes a store"
expect_exit 0 $make --create-only
expect_error 75 'no part of out has come yet in the survey' $make --merge
expect_exit 0 $make --part 2/4
expect_error 75 'out: 3 of 4 parts are missing in the survey' $make --merge --wait 0
[ "$(cat "$stdout")" = 1,3-4 ] || fail "missing parts: $(cat "$stdout")"
expect_output 'out: in progress, .* by levin kmeans in 4 parts, 1,3-4 not done; round 0; go on with --part and --merge' levin-info out
expect_error 1 'out is in round 0 of levin kmeans: the same command with --merge finishes it' levin-check out --publish --wait 0
expect_error 1 'out/labels is not finished' levin-export out/labels out.npy
expect_error 1 'made in 4 parts, this one is of 3' $make --part 1/3
expect_error 1 'begun by another request:.*"4".*"5"' ${make/seed 4/seed 5} --part 1/4
expect_error 1 'begun by another request:.*--max-iter' $make --max-iter 7 --merge
for part in 1 3 4; do expect_exit 0 $make --part $part/4; done
expect_exit 0 $make --part 3/4
grep -q 'part 3 of 4 has done its share of the survey' "$stderr" || { show_output; fail "is it done?"; }
expect_error 75 'iteration 1 comes next; run the 4 parts again, then --merge' $make --merge
expect_error 1 'made in 4 parts, this one is of 3' $make --part 1/3
expect_error 75 'no part of out has come yet in iteration 1' $make --merge
# A single run takes over.
expect_exit 0 $make --part 2/4
expect_exit 0 $make --resume
levin-kmeans -q floats.zarr alone3 --clusters 3 --seed 4 --init random >alone.said
same_bytes alone3 out
expect_exit 0 $make --part 1/4
grep -q 'out is complete' "$stderr" || { show_output; fail "nothing is left to do, and it is not said"; }
expect_exit 0 $make --merge
same_bytes alone3 out
[ -z "$(find . -name '*levin-*' -o -name __levin)" ] || fail "left over: $(find . -name '*levin-*' -o -name __levin)"

# Instead of another store, which stays until the new one is complete.
again="levin-kmeans floats.zarr out --clusters 4 --seed 6 --init random --max-iter 2"
expect_error 2 'run --create-only --force first' $again --part 1/2 --force
expect_exit 0 $again --create-only --force
one_round 2 $again
expect_error 75 'iteration 1 comes next' $again --merge
same_bytes alone3 out
in_parts 2 $again
levin-kmeans -q floats.zarr alone4 --clusters 4 --seed 6 --init random --max-iter 2 >alone.said
same_bytes alone4 out
[ -z "$(find . -name '*levin-*' -o -name __levin)" ] || fail "left over: $(find . -name '*levin-*' -o -name __levin)"

# What cannot be is refused, and what a part would do is said.
expect_error 2 '--merge with --part' $again --merge --part 1/2
expect_error 2 '--merge with --force' $again --merge --force
expect_error 2 '--wait is how long --part and --merge look again' $again --wait 3
for how in '--part 1/2' --merge; do
    expect_error 2 'INPUT is -, a pipe; name a store that all parts can read' sh -c "levin-copy floats.zarr - | levin-kmeans - other --clusters 2 $how"
done
expect_output 'part 2 of 3: [0-9]+ of 806 units' levin-kmeans floats.zarr new --clusters 3 --part 2/3 --dry-run
[ ! -e new ] || fail "a dry run makes a store"
npy nan.npy 'np.full((5, 3, 4), np.nan, np.float32)'
expect_exit 0 levin-kmeans nan.npy never --axes tyx --clusters 2 --part 1/1
OUT=never
expect_error 1 '2 clusters of 0 valid series' levin-kmeans nan.npy never --axes tyx --clusters 2 --merge
