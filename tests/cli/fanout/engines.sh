# What fanout writes runs: on this machine, by GNU parallel and by make, in a folder with a space in its name, with a part that
# is killed on the way; the bytes are those of the commands run alone.
mkdir 'my data' bin
levin-synth -q fish 'my data/fish movie.zarr' --shape t=60,z=2,y=76,x=87
cd 'my data'
chain=(levin-filter median 'fish movie.zarr' clean.zarr --size z=1,y=3,x=3 --chunks t=8 :: levin toseries clean.zarr series.zarr
       --block y=32,x=32 :: levin-kmeans series.zarr clusters --clusters 3 --seed 1)
levin filter median 'fish movie.zarr' clean.zarr --size z=1,y=3,x=3 --chunks t=8 -q
levin toseries clean.zarr series.zarr --block y=32,x=32 -q
levin kmeans series.zarr clusters --clusters 3 --seed 1 -q >/dev/null
mkdir alone
mv clean.zarr series.zarr clusters alone/

for engine in local parallel make; do
    [ "$engine" = local ] || command -v $engine >/dev/null || continue
    expect_output 'files in jobs' levin-fanout --engine $engine -n 5 -- "${chain[@]}"
    # The third part of the first step is killed once.
    cp jobs/step-1.sh whole
    sed '/^cd /i if [ "$part" = 3 ] \&\& mkdir killed 2>/dev/null; then kill -KILL $$; fi' whole >jobs/step-1.sh
    jobs/run >said 2>&1 && [ $engine != parallel ] && fail "$engine does not notice that a part was killed"
    jobs/run >said 2>&1 || { cat said >&2; fail "$engine, again"; }
    [ -d killed ] || fail "$engine: no part was killed"
    for store in clean.zarr series.zarr clusters; do same_bytes alone/$store $store; done
    rm -rf jobs killed clean.zarr series.zarr clusters
    expect_exit 0 levin-fanout --engine $engine -n 2 --submit -- "${chain[@]}"
    for store in clean.zarr series.zarr clusters; do same_bytes alone/$store $store; done
    # A merge that asks for another round has not failed.
    runs=$(cat jobs/logs/*.json | grep -c '"event":"begin"')
    [ "$(grep -c '"event":"begin"' jobs/logs/step-3.merge.json)" -gt 1 ] || fail "$engine: one round"
    expect_output "^$runs runs" levin report jobs/logs/*.json -o jobs/report.html
    grep -q " $runs done, 0 failed, 0 without an end" jobs/report.html || fail "$engine: the report knows of failures"
    rm -rf jobs clean.zarr series.zarr clusters
done
