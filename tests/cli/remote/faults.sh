# Between levin and Swift a proxy refuses, drops, truncates, delays and corrupts, by seeds that are always the same: what is read
# and written is right in the end, or the command fails and says why.
. "$SOURCE/tests/support/remote/remote.sh"
start_swift
levin-synth -q fish fish.zarr --shape t=24,z=2,y=38,x=43 --chunks t=1
levin copy -q fish.zarr sharded.zarr --chunks t=2 --shards t=12
in_bucket put fish.zarr in/fish.zarr
in_bucket put sharded.zarr in/sharded.zarr
levin export -q fish.zarr here.npy
levin export -q fish.zarr fish.tif
in_bucket put fish.tif in/fish.tif

start_proxy 7 0.3 refuse,drop,truncate,delay
for input in s3://data/in/fish.zarr swift://data/in/fish.zarr s3://data/in/sharded.zarr swift://data/in/fish.tif; do
    levin export -q "$input" there.npy -f --axes tzyx
    cmp here.npy there.npy || fail "$input"
done
for fault in refuse drop truncate delay; do grep -q "^$fault " "$proxy_log" || fail "no request met $fault"; done

# What is corrupted shows: a whole object by its MD5, so that it is asked for again; a part of a shard by zstd's checksum.
start_proxy 3 0.3 corrupt
for input in s3://data/in/fish.zarr swift://data/in/fish.zarr; do
    levin export -q "$input" there.npy -f
    cmp here.npy there.npy || fail "$input"
done
start_proxy 3 1 corrupt
expect_error 75 'fish.zarr/zarr.json: the [0-9]+ bytes that came have the MD5 .*given up after' levin export -q s3://data/in/fish.zarr out.npy
start_proxy 3 1 corrupt-part
expect_error 1 'sharded.zarr/c/0/0/0/0: .*(checksum|crc32c)' levin export -q swift://data/in/sharded.zarr out.npy

# A server that is away is worth another try later; one that says no is not.
start_proxy 1 1 refuse
expect_error 75 's3://data/in/fish.zarr/zarr.json: the server answers 503 .given up after' levin export -q s3://data/in/fish.zarr out.npy
use_server "$swift"
AWS_SECRET_ACCESS_KEY=wrong expect_error 1 'fish.zarr/zarr.json: the server answers 403 SignatureDoesNotMatch' \
    levin export -q s3://data/in/fish.zarr out.npy
unset OS_STORAGE_URL OS_AUTH_TOKEN
ST_KEY=wrong expect_error 1 'ST_AUTH: the server answers 401: it does not accept' levin export -q swift://data/in/fish.zarr out.npy

# What is written through the same faults is whole.
levin copy -q fish.zarr here.zarr --chunks t=2
unset "${!OS_@}"
start_proxy 11 0.3 refuse,drop,truncate,delay
for base in s3://data/faults-s3 swift://data/faults-swift; do
    levin copy -q fish.zarr $base --chunks t=2
    in_bucket get "${base#*data/}" "there-${base%:*}"
    same_bytes here.zarr "there-${base%:*}"
done
