# 75 is tried again three times and stops the chain then; 1 and 2 stop it at once. For the engines that run here without a cluster;
# those of clusters are in tests/cli/schedulers.
chmod 755 .
levin-synth -q fish fish.zarr --shape t=60,z=2,y=76,x=87
levin filter median fish.zarr alone.zarr --size z=1,y=3,x=3 --chunks t=4 -q
. "$SOURCE/tests/support/schedulers/fanned.sh"
for engine in local parallel make; do
    [ "$engine" = local ] || command -v $engine >/dev/null || continue
    for how in 1 2 75; do
        (fanned $how $engine) >said 2>&1 && { cat said >&2; fail "$engine does not notice that a part ended with $how"; }
        expect_tries $how "$([ $how = 75 ] && echo 4 || echo 1)" || { cat said >&2; fail "$engine"; }
    done
    (fanned once $engine) >said 2>&1 || { cat said >&2; fail "$engine: 75 is not tried again"; }
    expect_tries once 2 || fail "$engine"
    same_values alone.zarr fanned-once/clean.zarr
    # What the part said stands in its log, its failure where the engine's log is.
    grep -q '"event":"done"' fanned-once/jobs/logs/step-1.part-2.json || fail "$engine: no log of part 2"
    rm -rf fanned-*
done
