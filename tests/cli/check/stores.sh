# Groups member by member; shards; v2; a missing chunk is the fill value unless told otherwise; what is no store.
levin-synth -q random a.zarr --shape t=20,y=16,x=16 --chunks t=5 --shards t=10
expect_output '^a.zarr: 2 of 2 chunks stored, 0 not stored, 0 faults' levin-check a.zarr
cp -r a.zarr b.zarr
size=$(stat -c %s b.zarr/c/1/0/0)
printf '\377\377' | dd of=b.zarr/c/1/0/0 bs=1 seek=$((size - 10)) conv=notrunc status=none
expect_error 1 'b.zarr is damaged' levin-check b.zarr
grep -q '^damaged c/1/0/0: .*index' "$stdout" || { show_output; fail "the shard's index is not named"; }
cp -r a.zarr d.zarr
printf '\377\377' | dd of=d.zarr/c/0/0/0 bs=1 seek=900 conv=notrunc status=none
expect_error 1 'd.zarr is damaged' levin-check d.zarr
grep -q '^damaged c/0/0/0' "$stdout" || { show_output; fail "the shard is not named"; }

levin-copy -q a.zarr v2.zarr --zarr-format 2
expect_exit 0 levin-check v2.zarr
rm v2.zarr/0.0.0 2>/dev/null || rm -r v2.zarr/0/0/0
expect_exit 0 levin-check v2.zarr
expect_error 1 'v2.zarr is damaged or incomplete' levin-check v2.zarr --missing error
grep -q '^missing 0.0.0' "$stdout" || { show_output; fail "the missing chunk is not named"; }

levin-kmeans -q a.zarr group --clusters 2 >/dev/null
expect_output '^group/labels: .* 0 faults' levin-check group
: >"group/centroids/c/0/0"
expect_error 1 'group is damaged' levin-check group
grep -q '^centroids: damaged c/0/0' "$stdout" || { show_output; fail "the member is not named"; }
grep -q '^group/labels: .* 0 faults' "$stdout" || { show_output; fail "sound members are not checked"; }

# Unreadable as a directory in the place of a chunk.
cp -r a.zarr e.zarr
rm e.zarr/c/0/0/0
mkdir e.zarr/c/0/0/0
expect_error 1 'e.zarr' levin-check e.zarr
for threads in 1 7; do
    levin-check b.zarr -j $threads >"found$threads" 2>/dev/null || true
done
cmp found1 found7 || fail "the list depends on the threads"

npy a.npy 'np.zeros(3)'
mkdir empty
for path in a.npy empty nothere; do expect_error 1 "$path" levin-check $path; done
expect_error 1 'not a Zarr store|not a store|no such' levin-check nothere
