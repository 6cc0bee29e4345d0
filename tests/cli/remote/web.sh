# Plain web servers: stores from any, files from those that send parts; what cannot be trusted is refused.
. "$SOURCE/tests/support/remote/remote.sh"
levin-synth -q fish fish.zarr --shape t=6,z=2,y=76,x=87 --chunks t=2
levin copy -q fish.zarr sharded.zarr --chunks t=1 --shards t=3
levin export -q fish.zarr fish.tif
levin export -q fish.zarr here.npy
start_web .
base=http://127.0.0.1:$web
for path in fish.zarr sharded.zarr fish.tif no-ranges/fish.zarr moved/fish.zarr moved/fish.tif; do
    levin export -q $base/$path there.npy -f --axes tzyx
    cmp here.npy there.npy || fail "$path"
done
expect_output 't 6, z 2' levin info $base/fish.zarr
expect_output ', 0 faults' levin check $base/fish.zarr
expect_error 1 'does not send parts of a file .range requests.; fetch the file first' levin export -q $base/no-ranges/sharded.zarr out.npy
head -c 3000000 /dev/zero >big.bin
expect_error 1 'does not send parts of a file' levin info $base/no-ranges/big.bin --shape t=3,y=1000,x=1000 --input-dtype uint8
expect_error 1 'tells no length' levin export -q $base/no-length/fish.zarr out.npy
expect_error 1 'has changed while it was read' levin export -q $base/changing/sharded.zarr out.npy
expect_error 1 '127.0.0.1.*/to-file/' levin info $base/to-file/x.tif
expect_error 1 'none.tif: no such file' levin info $base/none.tif
mkdir group.zarr
echo '{"zarr_format": 3, "node_type": "group"}' >group.zarr/zarr.json
expect_error 2 'a web server does not tell what is in a folder' levin project mean $base/group.zarr out.zarr --axis t
expect_error 2 'are for input only; write to s3:// or swift://' levin copy -q fish.zarr $base/out.zarr
# A damaged chunk is never data, though no checksum of the whole is told.
cp -r fish.zarr damaged.zarr
printf 'x' | dd of=damaged.zarr/c/1/0/0/0 bs=1 seek=5000 conv=notrunc 2>/dev/null
expect_error 1 "$base/damaged.zarr/c/1/0/0/0: " levin export -q $base/damaged.zarr out.npy
# Certificates are verified.
if openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null; then
    cat cert.pem key.pem >both.pem
    start_web . both.pem
    expect_error 1 'https://localhost:.*(certificate|SSL)' levin info "https://localhost:$web/fish.zarr"
    CURL_CA_BUNDLE=cert.pem expect_output 't 6, z 2' levin info "https://localhost:$web/fish.zarr"
    CURL_CA_BUNDLE=cert.pem expect_error 1 'https://127.0.0.1:.*(certificate|SSL)' levin info "https://127.0.0.1:$web/fish.zarr"
fi
