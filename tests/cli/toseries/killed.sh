# Killed at 20 random moments and resumed, a run gives the bytes of an undisturbed one; until then nothing is published.
need_python numpy
levin-synth random in.zarr --shape t=80,y=160,x=160 --seed 1 --chunks t=5 -q
command="levin-toseries in.zarr out.zarr --block y=8,x=8 --memory 64M -q"
begin=$(date +%s%N)
$command
took=$((($(date +%s%N) - begin) / 1000000))
mv out.zarr expected.zarr
seed=${LEVIN_TEST_SEED:-$RANDOM}
echo "seed $seed, an undisturbed run takes $took ms"
RANDOM=$seed
midway=0
for round in $(seq 20); do
    milliseconds=$((RANDOM * (took + 20) / 32768))
    # shellcheck disable=SC2086
    status=$("$PY" "$SOURCE/tests/support/interrupt.py" KILL "$(awk "BEGIN { print $milliseconds / 1000 }")s" out.zarr $command)
    case $status in 0 | 137) ;; *) fail "round $round: exit status $status" ;; esac
    if [ "$status" = 137 ]; then  # after the publication too: what was the run's own may still be there
        if [ ! -e out.zarr/zarr.json ] && ls out.zarr/__levin/journal.* >/dev/null 2>&1; then midway=$((midway + 1)); fi
        $command --resume || fail "round $round, killed after $milliseconds ms: --resume fails"
    fi
    same_bytes expected.zarr out.zarr
    rm -rf out.zarr
    [ -z "$(find . -name '*levin-*')" ] || fail "round $round leaves $(find . -name '*levin-*')"
done
echo "$midway of 20 were killed between their first chunk and their last"
[ "$midway" -ge 1 ] || fail "no run was killed midway"
