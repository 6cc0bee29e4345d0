# A copy in other chunks, codecs, shards and Zarr versions has the same values.
need_shared
levin-ingest -q "$SHARED/fish_tif" fish.zarr --axes tzyx
number=0
while read -r options; do
    number=$((number + 1))
    # shellcheck disable=SC2086
    levin-copy -q fish.zarr $number.zarr $options
    same_values fish.zarr $number.zarr
    # shellcheck disable=SC2086
    levin-copy -q $number.zarr back$number.zarr --chunks t=20,z=2,y=76,x=87
    same_values fish.zarr back$number.zarr
done <<'END'
--chunks t=3,z=1,y=17,x=87
--chunks t=20,y=8,x=8 --codec blosc
--chunks t=1 --codec gzip:5 --zarr-format 2
--chunks t=7,y=30,x=30 --codec none --zarr-format 2
--chunks t=5,z=1,y=19,x=29 --shards t=10,z=2,y=38,x=87
--chunks t=2 --codec blosc:5:lz4 --shards t=20
--chunks t=20,z=2,y=76,x=87 --write-fill
END
