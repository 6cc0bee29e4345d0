# N5 that zarr-python wrote, and blocks as the Java library writes them: the same values by every tool, dimensions reversed.
"$PY" -c 'import zarr; zarr.N5Store' 2>/dev/null || skip "no python3-zarr with N5Store"
"$PY" "$SOURCE/tests/support/n5_files.py"
# put FILE OFFSET BYTE
put() { printf "\\x$(printf %x "$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
for name in raw gzip zlib zstd blosc bytes; do
    expect_exit 0 levin-ingest -q zarr.n5/a/$name $name.zarr --axes zyx --chunks z=2,y=6,x=7
    levin-export -q $name.zarr got-$name.npy
    same_arrays $name.npy got-$name.npy
done
levin-export -q 'zarr.n5::holes' holes-got.npy --axes zyx
same_arrays holes.npy holes-got.npy
expect_error 1 'zarr.n5/holes/[0-9/]* is missing' levin-copy zarr.n5/holes out.zarr --axes zyx --missing error
levin-export -q java.n5::/lz4 lz4-got.npy
same_arrays lz4.npy lz4-got.npy
levin-project -q max 'java.n5/lz4[z=1:4]' max.zarr --axis z
levin-export -q max.zarr max.npy
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("max.npy"), np.load("lz4.npy")[1:4].max(0))' || fail "max over a part"

# What an N5 tells of itself.
expect_output 'z 2 um, y 0.5 um, x 0.25 um' levin-info java.n5/lz4
expect_output 'z 7, y 11, x 13' levin-info java.n5/lz4
levin-ingest -q java.n5/lz4 kept.zarr
grep -q '"note": *"kept"' kept.zarr/zarr.json || fail "attributes are lost"

OUT=out.zarr
expect_error 1 'zarr.n5 is an N5 container, not an array; open one of its arrays, as zarr.n5/a/blosc: a/blosc, ' levin-copy zarr.n5 out.zarr
expect_error 1 'compression: bzip2 is not supported' levin-copy zarr.n5/a/bz2 out.zarr
expect_error 1 "no array or group 'none' in zarr.n5" levin-copy zarr.n5::none out.zarr
expect_error 2 'is N5, which has none' levin-copy java.n5/lz4 out.zarr --level 1

# Damage is named, and nothing is published.
damage() {
    local message=$1
    shift
    rm -rf damaged out.zarr
    cp -r java.n5/lz4 damaged
    "$@"
    expect_error 1 "$message" levin-copy damaged out.zarr
}
damage 'damaged/0/0/0: 3 bytes are no block' truncate -s 3 damaged/0/0/0
damage 'damaged/0/0/0: lz4: ' truncate -s 60 damaged/0/0/0
damage 'a block of mode 2 is not supported' put damaged/0/0/0 1 2
damage 'a block of length 255 along dimension 0' put damaged/0/0/0 7 255
damage 'no frame of LZ4Block' put damaged/0/0/0 16 0
damage 'dataType: object is not supported' sed -i s/uint16/object/ damaged/attributes.json
damage 'attributes.json' truncate -s 20 damaged/attributes.json
