# Two runs with the same output at the same time: one wins, or both agree; the store is that of one of them, whole.
levin-synth random in.zarr --shape t=12,z=2,y=40,x=50 --seed 3 --chunks t=2 -q
make() { levin-filter -q median in.zarr out.zarr --size "$1" --chunks t=1,y=9,x=9 "${@:2}"; }
for size in 3 5; do make $size; mv out.zarr $size.zarr; done

# both "FIRST..." "SECOND...": sets first and second, their exit statuses; what they say is in said.1 and said.2.
both() {
    # shellcheck disable=SC2086
    make $1 2>said.1 & local run=$!
    first=0 second=0
    # shellcheck disable=SC2086
    make $2 2>said.2 || second=$?
    wait $run || first=$?
}
is_one_of() {
    local expected
    for expected; do
        if diff -rq "$expected.zarr" out.zarr >/dev/null; then winner=$expected; return; fi
    done
    ls -RA out.zarr >&2
    fail "the store is none of $*: it is torn or a mixture"
}
only_out() { [ -z "$(find . -name '*levin*')" ] || fail "left over: $(find . -name '*levin*')"; }
loses() { grep -qE "$2" "$1" || fail "the loser says: $(cat "$1")"; }
taken='being made by another run|exists; use --force|is not finished: .* use --resume|made by another request'

# both_forced WHERE SIZE SIZE: one at least succeeds, the other says what became of its store.
both_forced() {
    both "$2 --force" "$3 --force"
    [ $first = 0 ] || [ $second = 0 ] || { cat said.*; fail "round $round: forced $1, both fail"; }
    [ $first = 0 ] || loses said.1 "$taken|lies in its place no more"
    [ $second = 0 ] || loses said.2 "$taken|lies in its place no more"
    is_one_of 3 5
    only_out
}

for round in $(seq 4); do
    both 3 5
    is_one_of 3 5
    case "$first $second $winner" in
        "0 1 3") loses said.2 "$taken" ;;
        "1 0 5") loses said.1 "$taken" ;;
        *) fail "round $round: exit statuses $first and $second, the store is that of $winner" ;;
    esac
    only_out
    rm -r out.zarr

    # The same request: whoever comes second has nothing to do, or helps.
    both "3 --resume" "3 --resume"
    [ "$first $second" = "0 0" ] || { cat said.*; fail "round $round: the same request, exit statuses $first and $second"; }
    is_one_of 3
    only_out
    rm -r out.zarr
    both 3 "3 --resume"
    [ $second = 0 ] || { cat said.*; fail "round $round: resumed beside a new run, exit status $second"; }
    [ $first = 0 ] || loses said.1 "$taken"
    is_one_of 3
    only_out
    rm -r out.zarr

    # Forced, over nothing and over a store: the one that begins later wins, unless the other has ended by then.
    both_forced "over nothing" 3 5
    both_forced "over a store" 5 3
    rm -r out.zarr
done

# What loses its store in the middle of the work says so, and writes nothing into the one that has come there.
interrupted() {  # until it has written something
    levin-filter -q median in.zarr out.zarr --size 3 --chunks t=1,y=9,x=9 -j 1 --codec gzip 2>said.1 & run=$!
    for _ in $(seq 2000); do
        if [ -n "$(find out.zarr -path '*/c/3' 2>/dev/null)" ]; then kill -STOP $run && return; fi
        sleep 0.001
    done
    fail "nothing is written"
}
interrupted
make 5 --force
kill -CONT $run
wait $run && fail "a run whose store was replaced succeeds"
loses said.1 'out.zarr lies in its place no more: another run has begun there anew, or somebody has removed it'
is_one_of 5
only_out
rm -r out.zarr
interrupted
rm -r out.zarr
kill -CONT $run
wait $run && fail "a run whose store was removed succeeds"
loses said.1 'out.zarr lies in its place no more'
[ ! -e out.zarr ] || fail "a store that was removed comes back, without its first chunks"
