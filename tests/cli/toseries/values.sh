# toseries changes chunks alone: values, axes and spacing stay, each chunk holds the whole of t.
need_shared
levin-ingest -q "$SHARED/fish_tif" fish.zarr --axes tzyx --spacing t=0.5s --chunks t=6,y=50,x=30
levin-toseries -q fish.zarr series.zarr --block y=16,x=25
same_values fish.zarr series.zarr
expect_output 't 20, z 2, y 76, x 87\) uint8, series layout' levin-info series.zarr
grep -q 't 0.5 s' "$stdout" || fail "the spacing is lost"
grep -q 'chunks *(20, 1, 16, 25)' "$stdout" || { show_output; fail "the chunks are not those of --block"; }
