# A job in parts: any order, some killed, some twice, at the same time; nothing is visible before the last is done, what is
# missing can be submitted again, and who does not belong to the job is told so.
need_python numpy
npy data.npy "rng.poisson(90, (40, 2, 61, 83)).astype(np.uint16)"
levin-ingest -q data.npy in.zarr --axes tzyx --chunks t=7,y=20,x=83
make="levin-filter median in.zarr out.zarr --size y=5,x=3 --chunks t=5,z=1,y=16,x=32"
$make -q
mv out.zarr alone.zarr

# Eight parts at once, as GNU parallel or a scheduler would start them, all of which create the store.
for part in $(seq 8); do LEVIN_PARTS=8 PARALLEL_SEQ=$part $make -q --part auto & pids+=($!); done
for pid in "${pids[@]}"; do wait "$pid" || fail "a part of eight fails with $?"; done
same_bytes alone.zarr out.zarr
expect_exit 0 $make --part 3/8  # a part that the scheduler starts again
rm -r out.zarr

# Some are missing: listed as Slurm's --array takes them, and as JSON.
for part in 2 5 6; do $make -q --part $part/8; done
[ ! -e out.zarr/zarr.json ] || fail "visible with parts missing"
expect_output '^1,3-4,7-8$' sh -c 'levin-check out.zarr --publish --wait 0 2>check.said; [ $? = 75 ]'
grep -q '5 of its 8 parts are missing' check.said || fail "$(cat check.said)"
expect_output '8 parts, 1,3-4,7-8 not done' levin-info out.zarr
expect_output '"missing_parts": \[' levin-info out.zarr --json
expect_error 1 'in progress.*parts 1,3-4,7-8 of 8 are missing' levin-check out.zarr
expect_error 1 'made in 8 parts, this one is of 4' $make --part 1/4
expect_error 1 'begun by another request.*5.*7' levin-filter median in.zarr out.zarr --size y=7,x=3 --chunks t=5,z=1,y=16,x=32 --part 1/8
expect_error 1 'is not finished: .* use --resume' $make
for part in 1 3 4 7; do $make -q --part $part/8; done
expect_exit 0 $make -q --resume  # alone, what the eighth did not do
same_bytes alone.zarr out.zarr
rm -r out.zarr

# Killed parts leave nothing that others trip over.
killed=0
for round in $(seq 12); do
    for part in 1 2 3; do
        status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL "0.0$((RANDOM % 9))s" out.zarr $make -q --part $part/3)
        case $status in 0) ;; 137) killed=$((killed + 1)) ;; *) fail "part $part: exit status $status" ;; esac
    done
    for part in 3 1 2; do $make -q --part $part/3 || fail "round $round: part $part after a kill: $?"; done
    same_bytes alone.zarr out.zarr
    [ -z "$(find . -name '*levin-*')" ] || fail "round $round leaves $(find . -name '*levin-*')"
    rm -r out.zarr
done
echo "$killed of 36 parts were killed"
[ "$killed" -ge 3 ] || fail "hardly any part was killed"

# Created first, and replaced only when the new one is complete.
expect_exit 0 $make --create-only
[ -d out.zarr ] && [ ! -e out.zarr/zarr.json ] || fail "--create-only publishes"
for part in 2 1; do $make -q --part $part/2; done
same_bytes alone.zarr out.zarr
again="levin-filter median in.zarr out.zarr --size y=3,x=3"
expect_error 2 'run --create-only --force first' $again --part 1/2 --force
expect_exit 0 $again --create-only --force
same_bytes alone.zarr out.zarr
for part in 1 2; do $again -q --part $part/2; done
levin-filter -q median in.zarr other.zarr --size y=3,x=3
same_bytes other.zarr out.zarr
[ -z "$(ls -A | grep levin-)" ] || fail "left over: $(ls -A)"

# What has no parts says so.
OUT=x.tif
expect_error 2 'write a store, then levin export' levin-filter median in.zarr x.tif --size 3 --part 1/2
expect_error 2 'unknown option --part' levin-export in.zarr x.tif --part 1/2
expect_error 2 'no task of an array job' env -u PARALLEL_SEQ $again --part auto
expect_output 'part 2 of 3: [0-9]+ of [0-9]+ units' levin-filter median in.zarr new.zarr --size 3 --part 2/3 --dry-run
touch alone.zarr/c/__levin-partial.node17.4711.0
expect_output '1 partial files removed' levin-check alone.zarr --clean
[ ! -e alone.zarr/c/__levin-partial.node17.4711.0 ] || fail "--clean removes nothing"
