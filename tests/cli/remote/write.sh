# Stores and files put into the real Swift, by its own interface and by S3's: the same bytes as on disk, nothing visible before its
# time, nothing left over, and no secret in anything that is written or said.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
need_python numpy
levin-synth -q fish fish.zarr --shape t=12,z=2,y=76,x=87 --chunks t=2
levin copy -q fish.zarr here.zarr --chunks t=1,y=38 --shards t=4
levin project -q mean,std fish.zarr here-maps --axis t
levin export -q fish.zarr here.tif
levin project -q mean fish.zarr -o here.csv --axis z,y,x
export OS_AUTH_TOKEN=unused
for base in s3://data/out-s3 swift://data/out-swift; do
    out=${base##*/}
    levin copy -v fish.zarr $base/a.zarr --chunks t=1,y=38 --shards t=4 >>said 2>&1
    levin project -v --log-json mean,std fish.zarr $base/maps --axis t >>said 2>&1
    levin export -q fish.zarr $base/a.tif
    levin project -q mean fish.zarr -o $base/a.csv --axis z,y,x
    mkdir tmp
    TMPDIR=$PWD/tmp levin copy -q fish.zarr $base/by-copy.tif
    [ -z "$(ls -A tmp)" ] || fail "$(ls -A tmp) stays"
    rm -r tmp
    mkdir $out
    in_bucket get $out $out
    same_bytes here.zarr $out/a.zarr
    same_bytes here-maps $out/maps
    cmp here.tif $out/a.tif
    cmp here.csv $out/a.csv
    levin export -q $out/by-copy.tif there.npy -f --axes tzyx
    levin export -q fish.zarr here.npy -f
    cmp here.npy there.npy
    in_bucket list $out/ >listed
    if grep __levin listed; then fail "something is left over"; fi
    # What is there is not replaced but for files, which one put replaces whole; to go on with what is complete is fine.
    for how in "" --force; do
        expect_error 1 'a.zarr exists; remove it first, or choose another output' levin copy fish.zarr $base/a.zarr $how
    done
    levin copy -q fish.zarr $base/a.zarr --chunks t=1,y=38 --shards t=4 --resume
    expect_error 1 'a.tif exists; --force replaces it' levin export fish.zarr $base/a.tif
    levin export -q fish.zarr $base/a.tif --force
    expect_error 1 'lies inside the Zarr array' levin copy fish.zarr $base/a.zarr/b.zarr
    expect_error 1 'folder of files' levin export fish.zarr thunder-series:$base/thunder
    in_bucket list $out/ | cmp listed - || fail "what was refused left something"
done
expect_error 1 'there is no bucket or container none' levin copy fish.zarr s3://none/a.zarr
expect_error 2 'input only; write to s3:// or swift://' levin copy fish.zarr http://127.0.0.1:$swift/a.zarr
expect_error 2 'input only; write to s3:// or swift://' levin export fish.zarr http://127.0.0.1:$swift/a.tif
expect_error 2 'needs a name in the bucket' levin copy fish.zarr s3://data
levin copy -q s3://data/out-s3/a.zarr swift://data/through.zarr
expect_output 'history.*copy s3://data/out-s3/a.zarr' levin info swift://data/through.zarr
if grep -rqE 'test:tester|testing|AUTH_tk|Signature' said out-s3 out-swift; then fail "a secret is written"; fi

# An image with levels, and labels that come to it.
levin-synth -q fish ids.zarr --shape t=12,z=2,y=76,x=87 --chunks t=4 --seed 2
levin pyramid -q fish.zarr here.ome.zarr --levels 2
levin pyramid -q ids.zarr here.ome.zarr::labels/cells --levels 1
for base in s3://data swift://data; do
    image=$base/${base%:*}.ome.zarr
    levin pyramid -q fish.zarr $image --levels 2
    levin pyramid -q ids.zarr $image::labels/cells --levels 1
    in_bucket get ${base%:*}.ome.zarr there.ome.zarr
    same_bytes here.ome.zarr there.ome.zarr
    rm -r there.ome.zarr
    expect_output 'labels +cells' levin info $image
    expect_output 'y 38, x 44' levin info $image::labels/cells/1
    expect_error 2 'in-place.*name an OUTPUT' levin pyramid $image --in-place --force
done
[ -z "$(find . -name '*:*')" ] || fail "a folder is made here: $(find . -name '*:*')"

# Larger than a part: put in pieces, and read by ranges.
levin-synth -q random large.zarr --shape t=5,y=1024,x=1024 --chunks t=5 --codec none
for base in s3://data swift://data; do
    levin copy -q large.zarr $base/large-${base%:*}.zarr --codec none
    levin export -q $base/large-${base%:*}.zarr[t=1:3] there.npy -f
    levin export -q 'large.zarr[t=1:3]' here.npy -f
    cmp here.npy there.npy
done
