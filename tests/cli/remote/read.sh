# Stores and files of the real Swift, by its own interface and by S3's: what is read is what lies on disk here.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
need_python numpy zarr
levin-synth -q fish fish.zarr --shape t=12,z=2,y=76,x=87 --chunks t=4
levin copy -q fish.zarr sharded.zarr --chunks t=2,y=38 --shards t=6,y=76,x=87
"$PY" "$SOURCE/tests/support/n5_files.py"
"$PY" -c 'import zarr, numpy as np
group = zarr.open_group("v2.zarr", "w")
group.create_dataset("a/holes", shape=(6, 8, 10), chunks=(2, 8, 5), dtype="<u2", fill_value=7, order="F")[:4, :, :5] = 3'
mkdir "odd names"
cp -r fish.zarr "odd names/a b+c%20é.zarr"
for store in fish.zarr sharded.zarr v2.zarr zarr.n5 "odd names"; do in_bucket put "$store" "in/$store"; done

for base in s3://data/in swift://data/in; do
    expect_output 'in: \(t 12|fish.zarr: \(t 12, z 2, y 76, x 87\) uint16' levin info $base/fish.zarr
    expect_output '3 of 3 stored' levin info $base/fish.zarr
    expect_output ', 0 faults' levin check $base/sharded.zarr
    for store in fish.zarr sharded.zarr "odd names/a b+c%20é.zarr"; do
        levin export -q "$base/$store[t=3:9,y=10:50]" there.npy -f
        levin export -q "$store[t=3:9,y=10:50]" here.npy -f
        cmp here.npy there.npy || fail "$base/$store"
    done
    for array in v2.zarr::a/holes v2.zarr/a/holes zarr.n5::a/blosc; do
        levin export -q --axes tyx "$base/$array" there.npy -f
        levin export -q --axes tyx "$array" here.npy -f
        cmp here.npy there.npy || fail "$base/$array"
    done
    expect_output 'a/holes' levin check $base/v2.zarr
    expect_error 1 'is a Zarr group, not an image; open one of its arrays: a/holes' levin project mean $base/v2.zarr out.zarr --axis t
    expect_error 1 'nothing lies below it' levin project mean $base/none out.zarr --axis t
done
expect_error 1 's3://none/x.*there is no bucket or container none' levin info s3://none/x

# Files: by range, and those whose library opens paths by a copy that does not stay.
for file in fish.tif fish.nii.gz fish.h5 fish.mat; do
    levin export -q fish.zarr $file
    in_bucket put $file in/$file
    mkdir tmp
    TMPDIR=$PWD/tmp levin export s3://data/in/$file there.npy --axes tzyx -f >said 2>&1
    [ -z "$(ls -A tmp)" ] || fail "$(ls -A tmp) stays"
    rm -r tmp
    levin export -q $file here.npy --axes tzyx -f
    cmp here.npy there.npy || fail "$file"
done
grep -q 'fish.mat: fetched whole' said || fail "nothing says that the file is fetched"
expect_output '/data' levin info --list swift://data/in/fish.h5
expect_output 't 12, z 2, y 76, x 87' levin info swift://data/in/fish.h5::/data

# Many files, as a folder and as a glob.
mkdir frames
levin export -q 'fish.zarr[z=0]' frames/f-%d.tif --split t
in_bucket put frames in/frames
levin ingest -q frames here.zarr
for input in s3://data/in/frames swift://data/in/frames/ 'swift://data/in/frames/f-*.tif' 's3://data/i*/frames/f-?*.tif'; do
    rm -rf there.zarr
    levin ingest -q "$input" there.zarr
    same_bytes here.zarr/c there.zarr/c
done
expect_error 1 'no file matches' levin ingest -q 's3://data/in/frames/g-*.tif' out.zarr

# Requests are few: a store that is opened and read costs its metadata, its chunks, and a last look whether it is still the same.
start_proxy 1 0 delay
rm -rf out.zarr
levin project -q mean s3://data/in/fish.zarr out.zarr --axis t
[ "$(wc -l <"$proxy_log")" -le 6 ] || { cat "$proxy_log"; fail "too many requests"; }
# Of a shard the index and what is wanted of it.
: >"$proxy_log"
levin export -q 's3://data/in/sharded.zarr[t=0,y=0:5]' there.npy -f
[ "$(grep -c /c/ "$proxy_log")" = 2 ] || { cat "$proxy_log"; fail "a shard is not read in two requests"; }
