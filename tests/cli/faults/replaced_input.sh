# An input that is replaced while it is read gives an error that names it, and nothing is published: not by that run, nor by
# one that would go on with what it has made.
for seed in 1 2; do  # with the same history, so that only their times tell them apart
    levin-synth random data.zarr --shape t=60,y=90,x=100 --seed $seed --chunks t=2 -q --force
    levin-export -q data.zarr data.npy --force
    levin-ingest -q data.npy $seed.zarr --axes tyx --chunks t=2
done
mkdir tif.1 tif.2
for seed in 1 2; do
    levin-export -q $seed.zarr $seed.npy
    levin-export -q $seed.zarr $seed.tif
    levin-export -q $seed.zarr tif.$seed/f.tif --split t
done

# halfway OUT COMMAND...: starts it and stops it when its store has some chunks.
halfway() {
    local store=$1
    shift
    "$@" 2>said & run=$!
    for _ in $(seq 3000); do
        if [ "$(cat "$store"/__levin/journal.* 2>/dev/null | wc -l)" -ge 5 ]; then kill -STOP $run && return; fi
        kill -0 $run 2>/dev/null || fail "too quick: $*: $(cat said)"
        sleep 0.001
    done
    fail "nothing is written: $*"
}
goes_on() {
    kill -CONT $run
    status=0
    wait $run || status=$?
}
refuses() {
    goes_on
    [ $status = 1 ] || { cat said >&2; fail "$1: exit status $status"; }
    grep -q "input $2 was replaced while it was read: .*; nothing is published" said || fail "$1: $(cat said)"
    [ -z "$(published out.zarr)" ] || fail "$1: published"
}
work="--size 7 --chunks t=1,y=10,x=100 -q -j 1"

# A store, replaced by levin, by mv, or taken away.
for how in force moved removed; do
    rm -rf in.zarr
    cp -r 1.zarr in.zarr
    # shellcheck disable=SC2086
    halfway out.zarr levin-filter median in.zarr out.zarr $work
    case $how in
        force) levin-copy -q 2.zarr in.zarr --force ;;
        moved) cp -r 2.zarr other.zarr && mv in.zarr old.zarr && mv other.zarr in.zarr && rm -r old.zarr ;;
        removed) mv in.zarr old.zarr ;;
    esac
    if [ $how != removed ]; then
        refuses "$how" in.zarr
        begun='out.zarr was begun with another in.zarr: that input has been replaced since; use --force'
        [ $how = moved ] || begun='out.zarr was begun by another request: .*history'  # levin says in it how it was made
        # shellcheck disable=SC2086
        expect_error 1 "$begun" \
            levin-filter median in.zarr out.zarr $work --resume
        # shellcheck disable=SC2086
        expect_error 1 "$begun" levin-filter median in.zarr out.zarr $work --part 1/2
        # shellcheck disable=SC2086
        expect_exit 0 levin-filter median in.zarr out.zarr $work --force
        # shellcheck disable=SC2086
        levin-filter median 2.zarr expected.zarr $work
        same_values expected.zarr out.zarr
        rm -r expected.zarr
    else
        refuses "$how" in.zarr
        mv old.zarr in.zarr  # it comes back as it was
    fi
    rm -r out.zarr
done

# Files: renamed over, written over, one of many.
for kind in npy tif; do
    for how in renamed written; do
        cp 1.$kind in.$kind
        # shellcheck disable=SC2086
        halfway out.zarr levin-filter median in.$kind out.zarr --axes tyx $work
        if [ $how = renamed ]; then cp 2.$kind new.$kind && mv new.$kind in.$kind; else cat 2.$kind >in.$kind; fi
        refuses "$kind $how" in.$kind
        rm -r out.zarr
    done
done
cp -r tif.1 frames
# shellcheck disable=SC2086
halfway out.zarr levin-ingest frames out.zarr --axes tyx --chunks t=1,y=10,x=100 -q -j 1
mv tif.2/f-0050.tif frames/
refuses "one of many files" "frames/f-0000.tif and 59 more"
rm -r out.zarr

# The mask too.
levin-copy -q '1.zarr[t=0]' mask.zarr
# shellcheck disable=SC2086
halfway out.zarr levin-filter median 1.zarr out.zarr $work --mask mask.zarr
levin-copy -q '2.zarr[t=0]' mask.zarr --force
refuses mask mask.zarr
rm -r out.zarr

# Into a pipe: the stream has no end marker, so nobody takes it for whole.
rm -rf in.zarr
cp -r 1.zarr in.zarr
mkfifo gate
levin-copy in.zarr - -q >gate 2>said & run=$!
exec 9<gate
head -c 100000 <&9 >begin.tar
levin-copy -q 2.zarr in.zarr --force
cat begin.tar - <&9 >stream.tar
exec 9<&-
if wait $run; then fail "into a pipe: succeeded"; fi
expect_error 1 "standard input: .*(ends without the end marker|Truncated)" bash -c 'levin-copy - out.zarr -q <stream.tar'
rm -rf out.zarr
grep -q "input in.zarr was replaced while it was read" said || fail "into a pipe: $(cat said)"

# A change of nothing but the time of day that others write on the outside of a store is none.
rm -rf in.zarr
cp -r 1.zarr in.zarr
# shellcheck disable=SC2086
halfway out.zarr levin-filter median in.zarr out.zarr $work
touch in.zarr in.zarr/c
goes_on
[ $status = 0 ] || { cat said >&2; fail "touched folders: exit status $status"; }
