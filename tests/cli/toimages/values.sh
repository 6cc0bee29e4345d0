# toimages undoes toseries: whole frames in every chunk, the same values.
need_shared
levin-ingest -q "$SHARED/fish_tif" fish.zarr --axes tzyx --spacing t=0.5s --chunks t=6,y=50,x=30
levin-toseries -q fish.zarr series.zarr --block y=16,x=25
levin-toimages -q series.zarr frames.zarr
same_values fish.zarr frames.zarr
expect_output 'uint8, images layout' levin-info frames.zarr
grep -q 'chunks *(20, 2, 76, 87)' "$stdout" || { show_output; fail "the chunks do not hold whole frames"; }
levin-toimages -q series.zarr one.zarr --chunks t=1,z=1
expect_output 'chunks *\(1, 1, 76, 87\)' levin-info one.zarr
same_values fish.zarr one.zarr
