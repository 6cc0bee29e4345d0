# A chain of commands whose stores all lie in a bucket, in parts by fanout: the bytes of the commands run alone on disk.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
levin-synth -q fish fish.zarr --shape t=24,z=2,y=38,x=43 --chunks t=4
in_bucket put fish.zarr fish.zarr
# chain BASE: the commands that make BASE's stores.
chain() {
    chain=(levin filter median "$1/fish.zarr" "$1/clean.zarr" --size 3 --chunks t=4 ::
           levin toseries "$1/clean.zarr" "$1/series.zarr" --block y=16,x=16 ::
           levin kmeans "$1/series.zarr" "$1/clusters" --clusters 3 --seed 1 --max-iter 1)
}
chain .
levin fanout --engine local -n 1 --submit --dir here -- "${chain[@]}" >said 2>&1 || { cat said >&2; fail "on disk"; }
chain s3://data
expect_error 2 "make takes no target of the name 's3://data/clean.zarr'" levin fanout --engine make -n 3 -- "${chain[@]}"
engine=parallel
command -v $engine >/dev/null || engine=local
levin fanout --engine $engine -n 3 --submit -- "${chain[@]}" >said 2>&1 || { cat said >&2; fail "in the bucket"; }
for store in clean.zarr series.zarr clusters; do
    in_bucket get $store there
    # Their documents tell where they come from.
    diff -r -x zarr.json $store there || fail "$store differs"
    [ -n "$(find there -path '*/c/*' -type f)" ] || fail "$store is empty"
    rm -r there
    if in_bucket list $store/ | grep __levin; then fail "something is left over in $store"; fi
done
if grep -rE 'test:tester|testing|AUTH_tk|Signature' said jobs; then fail "a secret is written"; fi
[ -z "$(find . -name '*:*')" ] || fail "a folder is made here: $(find . -name '*:*')"
