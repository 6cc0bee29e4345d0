# Sourced by the cases of schedulers: the zebrafish workflow of examples/workflow run alone, one process after the other, and a
# levin of which one part is killed in the middle. The case's scratch folder holds alone/ and there/, where the scheduler works.
chmod 755 .. .
examples=$SOURCE/examples/workflow
faults=$BIN/../tests/libfaults.so
[ -e "$faults" ] || skip "no preload library"
levin-synth -q fish fish.zarr --shape t=120,z=2,y=76,x=87
mkdir alone there killing
mv fish.zarr there/
(
    cd alone
    levin filter median ../there/fish.zarr clean.zarr --size z=1,y=3,x=3 --chunks t=4 -q
    levin toseries clean.zarr series.zarr --block y=32,x=32 -q
    levin detrend series.zarr flat.zarr -q
    levin fft flat.zarr power.zarr --value power -q
    levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1 -q
    levin kmeans dff.zarr clusters --clusters 5 --seed 1 -q >/dev/null
)

# The first levin in PATH: part 3 of 8 of the filter comes as far as its third file and is killed, once. The library stops it there
# whatever the machine is doing meanwhile. A job may be started without any variable but PATH.
printf '#!/bin/bash\nBIN=%q KILLED=%q FAULTS=%q\n' "$BIN" "$PWD/killed" "$faults" >killing/levin
cat >>killing/levin <<'END'
part=${LEVIN_PART:-${SGE_TASK_ID:-${SLURM_ARRAY_TASK_ID:-}}}
case "$part $* " in
    "3 filter "*" --part auto "* | *"filter "*" --part 3/8 "*)
        if mkdir "$KILLED" 2>/dev/null; then
            LD_PRELOAD=$FAULTS LEVIN_FAULT=rename:3:kill "$BIN/levin" "$@"
            echo $? >"$KILLED/status"
            kill -KILL $$
        fi
        ;;
esac
exec "$BIN/levin" "$@"
END
chmod 755 killing killing/levin

# under SCRIPT: the commands on standard input, in the folder `there`, with what SCRIPT starts.
under() {
    local status=0
    { echo "PATH='$PWD/killing':\$PATH"; cat; } >commands
    # The scheduler's user leaves his mark when a part is killed.
    chmod 777 .
    EXAMPLES=$examples HERE=$SOURCE/tests/support/schedulers timeout -s KILL 250 \
        bash "$SOURCE/tests/support/schedulers/$1.sh" "$PWD/there" bash -eu "$PWD/commands" >said 2>&1 || status=$?
    [ "$status" != 77 ] || skip "$1: $(tail -n 1 said)"
    if [ "$status" != 0 ]; then
        cat said >&2
        find there -maxdepth 3 \( -name '*.o[0-9]*' -o -name '*.err' -o -name '*.log' -o -name '*.dagman.out' \) -size +0 -exec tail -v -n 8 {} + | tail -n 100 >&2
        fail "exit status $status"
    fi
}

# same_chunks A B: the same chunk files; the words that made them may be others.
same_chunks() {
    local store
    for store; do (cd "$store" && find . -path '*c/*' -type f -exec sha256sum {} + | sort -k2) >"chunks.${store//\//.}"; done
    [ -s "chunks.${1//\//.}" ] || fail "$1 holds no chunk"
    cmp "chunks.${1//\//.}" "chunks.${2//\//.}" >&2 || fail "$1 and $2 differ"
}

# All stores of the example, of which a part was killed.
check_example() {
    local store
    [ -s killed/status ] && [ "$(cat killed/status)" != 0 ] || fail "no part was killed"
    for store in clean.zarr series.zarr flat.zarr power.zarr dff.zarr clusters; do same_chunks alone/$store there/$store; done
}

# The stores of fanned.sh's last fanout.
check_fanned() {
    [ -e there/fanned-once/failed ] || fail "fanout: no part failed"
    for store in clean.zarr series.zarr; do same_chunks alone/$store there/fanned-once/$store; done
    levin kmeans alone/series.zarr of-fanned --clusters 3 --seed 1 --init random --max-iter 1 -q >/dev/null
    levin copy of-fanned/labels alone/labels.zarr -q
    same_chunks alone/labels.zarr there/fanned-once/labels.zarr
}
