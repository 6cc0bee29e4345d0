# The examples of workflows in parts, by the programs themselves: the bytes of the commands run one after the other, also
# when a part is killed on the way and the same line is typed again.
examples=$SOURCE/examples/workflow
levin-synth -q fish fish.zarr --shape t=60,z=2,y=76,x=87
levin filter median fish.zarr clean.zarr --size z=1,y=3,x=3 --chunks t=4 -q
levin toseries clean.zarr series.zarr --block y=32,x=32 -q
levin detrend series.zarr flat.zarr -q
levin fft flat.zarr power.zarr --value power -q
levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1 -q
levin kmeans dff.zarr clusters --clusters 5 --seed 1 -q
stores="clean.zarr series.zarr flat.zarr power.zarr dff.zarr clusters"
mkdir alone bin
mv $stores alone/
# A levin of which the third process that begins a part is killed, once.
cat >bin/levin <<'END'
#!/bin/bash
case " $* " in *" --part 3/"*) if mkdir "$KILLED" 2>/dev/null; then kill -KILL $$; fi ;; esac
exec "$BIN/levin" "$@"
END
chmod +x bin/levin
export KILLED=$PWD/killed

# runs COMMAND...: the workflow in a folder of its own, twice, as its first run dies.
runs() {
    rm -rf killed there
    mkdir there
    (
        cd there
        ln -s ../fish.zarr
        PATH=$OLDPWD/bin:$PATH
        ! "$@" >../said 2>&1 || [ "$tolerant" ] || fail "$1 does not notice that a part was killed"
        "$@" >../said 2>&1
    ) || { cat said >&2; fail "$*"; }
    [ -d killed ] || fail "no part was killed"
    for store in $stores; do same_bytes "alone/$store" "there/$store"; done
    [ -z "$(find there -name '*levin-*' ! -name '*.log')" ] || fail "left over: $(find there -name '*levin-*')"
}
ran=
if command -v make >/dev/null; then
    tolerant='' runs make -s -j 4 -f "$examples/Makefile"
    (cd there && make -q -f "$examples/Makefile") || fail "make is not content with what it made"
    # An input that is newer: everything that hangs on it is made again.
    touch there/fish.zarr/zarr.json
    (cd there && make -s -j 4 -f "$examples/Makefile" >../said 2>&1) || { cat said >&2; fail "make, again"; }
    for store in $stores; do same_bytes "alone/$store" "there/$store"; done
    ran=1
fi
if command -v parallel >/dev/null; then
    # --retries starts the killed part again, so that the first run may come through.
    tolerant=1 runs "$examples/parallel.sh" fish.zarr 4
    ran=1
fi
[ "$ran" ] || skip "neither make nor GNU parallel"
