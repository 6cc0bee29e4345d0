# PATH::MEMBER names an array in a Zarr group, PATH::N a level of an OME-Zarr image; what is not there is said.
levin-synth -q fish fish.zarr --shape t=12,z=1,y=20,x=24 --seed 3
levin-project -q mean,std fish.zarr maps.zarr --axis t
levin-copy -q maps.zarr::std std.zarr
same_values std.zarr maps.zarr/std
expect_output 'maps.zarr::/mean: ' levin-info maps.zarr::/mean

# An image of two levels.
mkdir image
levin-copy -q fish.zarr image/0
levin-copy -q 'fish.zarr[y=::2,x=::2]' image/half
cat >image/zarr.json <<'END'
{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", "multiscales": [{"axes": [{"name": "t", "type": "time"},
 {"name": "z", "type": "space"}, {"name": "y", "type": "space"}, {"name": "x", "type": "space"}], "datasets": [
 {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 1, 1]}]},
 {"path": "half", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 2, 2]}]}]}]}}}
END
for name in image::1 image::half image/half; do
    rm -rf got.zarr
    levin-copy -q $name got.zarr
    cmp_values() { levin-export -q "$1" "$scratch/a.npy" --force && levin-export -q "$2" "$scratch/b.npy" --force && cmp "$scratch/a.npy" "$scratch/b.npy"; }
    cmp_values got.zarr image/half || fail "$name"
done
expect_output 'y 20, x 24' levin-info image::0
OUT=out.zarr
expect_error 1 "no array or group 'median' in maps.zarr" levin-copy maps.zarr::median out.zarr
expect_error 2 "nothing follows '::'" levin-copy maps.zarr:: out.zarr
expect_error 2 'image::1 says the level already' levin-copy image::1 out.zarr --level 1
expect_error 2 'levels 0 to 1' levin-copy image::2 out.zarr
