# Runs that are killed, parts that share a store, and two that meet: in a bucket as on disk.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
levin-synth -q fish fish.zarr --shape t=24,z=2,y=38,x=43 --chunks t=1
levin filter median fish.zarr here.zarr --size 3 --chunks t=1 -q
levin project mean fish.zarr here-mean.zarr --axis t -q
same_chunks() {
    rm -rf there.zarr
    in_bucket get "$1" there.zarr
    same_bytes "$2/c" there.zarr/c
    if in_bucket list "$1/" | grep __levin; then fail "something is left over"; fi
}

# A proxy that makes each request late leaves the time to stop the run, by a signal that it obeys and one that it does not.
start_proxy 1 1 delay
slow=$port
for signal in TERM KILL; do
    use_server "$slow"
    levin filter median fish.zarr s3://data/$signal.zarr --size 3 --chunks t=1 -j 1 -q &
    until in_bucket list $signal.zarr/c/ | grep -q /c/3/; do kill -0 $! && sleep 0.05; done
    kill -$signal $!
    wait $! && fail "it was done too early" || true
    use_server "$swift"
    expect_error 1 "$signal.zarr is in progress: [0-9]+ of 24 chunks are done" levin check s3://data/$signal.zarr
    expect_error 1 'is not finished; go on with --resume' levin filter median fish.zarr s3://data/$signal.zarr --size 3 --chunks t=1
    expect_error 1 'begun by another request' levin filter median fish.zarr s3://data/$signal.zarr --size 5 --chunks t=1 --resume
    # Told to stop, it says what it has done.
    [ $signal = KILL ] || expect_error 1 'in progress: [3-9] of 24' levin check s3://data/$signal.zarr
    levin filter median fish.zarr s3://data/$signal.zarr --size 3 --chunks t=1 --resume -q
    same_chunks $signal.zarr here.zarr
done
use_server "$swift"
unset OS_STORAGE_URL OS_AUTH_TOKEN

# Parts, of which one comes late; and partial results, which are put together.
filter="levin filter median fish.zarr s3://data/parts.zarr --size 3 --chunks t=1 -q --part"
project="levin project mean fish.zarr swift://data/mean.zarr --axis t -q --part"
parts=()
for part in 1 3; do
    $filter $part/3 &
    parts+=($!)
    $project $part/3 &
    parts+=($!)
done
for part in "${parts[@]}"; do wait $part || fail "a part failed"; done
expect_error 75 'parts are missing' levin check s3://data/parts.zarr --publish --wait 0
grep -qx 2 "$stdout" || fail "part 2 is not named"
$filter 2/3
$project 2/3
for store in s3://data/parts.zarr swift://data/mean.zarr; do levin check $store --publish --wait 1 >/dev/null; done
same_chunks parts.zarr here.zarr
same_chunks mean.zarr here-mean.zarr

# A round of one part, and its merge, which begins the next.
kmeans="levin kmeans fish.zarr s3://data/clusters --clusters 3 --seed 1 --init random --max-iter 1 -q"
$kmeans --part 1/1 >/dev/null || [ $? = 75 ]
expect_exit 75 $kmeans --merge
expect_output 'in progress.*round 1' levin info s3://data/clusters

# What fails before its first chunk leaves nothing.
expect_error 1 'not all of the same|differ|NaN|not a|no such' levin project mean s3://data/none s3://data/nothing.zarr --axis t
[ -z "$(in_bucket list nothing.zarr)" ] || fail "something is left over"

# Somebody removes a store while it is made: the run stops and does not finish it.
start_proxy 1 1 delay
levin filter median fish.zarr s3://data/gone.zarr --size 3 --chunks t=1 -j 1 -q 2>said &
until in_bucket list gone.zarr/c/ | grep -q /c/2/; do kill -0 $! && sleep 0.05; done
in_bucket remove gone.zarr/__levin/
if wait $!; then fail "it goes on in a store that is not there"; fi
grep -q "this run's no more" said || { cat said >&2; fail "it does not say why it stops"; }
[ -z "$(in_bucket list gone.zarr/zarr.json)" ] || fail "it is published"
