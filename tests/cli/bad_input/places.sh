# Where a result cannot be: in a folder that does not exist (a slip of the finger must not become a tree of folders), among
# the chunks of an array, in a store that is not finished. Said before any work, by every tool in the same words; in a group
# there is room.
. "$SOURCE/tests/support/bad_request.sh"
npy in.npy 'rng.normal(9, 1, (4, 3, 5)).astype(np.float32)'
levin-ingest -q in.npy in.zarr --axes tyx
levin-project -q mean,std in.zarr group --axis t
cp -r in.zarr unfinished.zarr
mkdir unfinished.zarr/__levin
mv unfinished.zarr/zarr.json unfinished.zarr/__levin/
OUT="in.zarr unfinished.zarr group nowhere here out.csv"
# tool|what its results may be|arguments, in which OUT stands for the result
while IFS='|' read -r tool suffixes arguments; do
    for suffix in $suffixes; do
        while IFS='|' read -r place message; do
            name=$place/out.$suffix
            # shellcheck disable=SC2086
            refuses 1 "$name:? $message" levin-$tool ${arguments//OUT/$name}
            # shellcheck disable=SC2086
            refuses 1 "$name:? $message" levin-$tool ${arguments//OUT/$name} --dry-run
        done <<'PLACES'
nowhere/below|there is no folder nowhere/below; make it first
in.zarr|lies inside the Zarr array .*/in.zarr
in.zarr/c|lies inside the Zarr array .*/in.zarr
unfinished.zarr|lies inside the unfinished store .*/unfinished.zarr
PLACES
    done
done <<'END'
synth|zarr npy|random OUT --shape y=3,x=4
ingest|zarr tif|in.npy OUT --axes tyx
copy|zarr npy|in.zarr OUT
toseries|zarr npy|in.zarr OUT
toimages|zarr npy|in.zarr OUT
project|zarr npy|max in.zarr OUT --axis t
project|zarr|max,min in.zarr OUT --axis t
project|csv|max in.zarr --axis t --table OUT
filter|zarr npy|median in.zarr OUT --size 3
detrend|zarr npy|in.zarr OUT
fft|zarr npy|in.zarr OUT
dff|zarr npy|in.zarr OUT
kmeans|zarr|in.zarr OUT --clusters 2
pyramid|zarr|in.zarr OUT
export|npy tif raw csv|in.zarr OUT
END
# A second result is refused before the first is made.
refuses 1 "there is no folder nowhere" levin-dff in.zarr here --baseline-out nowhere/f0.zarr
refuses 1 "there is no folder nowhere" levin-kmeans in.zarr here --clusters 2 --csv nowhere/c.csv
refuses 1 "there is no folder nowhere" levin-synth fish here --shape t=3,z=1,y=20,x=20 --truth nowhere/truth
refuses 1 "there is no folder nowhere" levin-export in.zarr nowhere/f-%03d.tif --split t
# A group is a place, and so are links and paths that end in a slash.
ln -s in.zarr link
refuses 1 "lies inside the Zarr array .*/in.zarr" levin-copy in.zarr link/out.zarr
expect_exit 0 levin-copy in.zarr group/more.zarr/
expect_exit 0 levin-copy group/../group/more.zarr "$PWD/copied.zarr"
same_values in.zarr copied.zarr
# --dry-run finds room for the members of a group that it does not make.
expect_output 'output +two/max' levin-project max,min in.zarr two --axis t --dry-run
expect_output 'output +clusters/labels' levin-kmeans in.zarr clusters --clusters 2 --dry-run
expect_output 'output +image/0' levin-pyramid in.zarr image --dry-run
[ ! -e two ] && [ ! -e clusters ] && [ ! -e image ] || fail "--dry-run makes something"
