# Inputs that are none: missing, an empty folder, an empty file, a file of something else, a store cut short.
. "$SOURCE/tests/support/bad_request.sh"
npy in.npy 'np.ones((4, 3, 5), np.float32)'
levin-ingest -q in.npy in.zarr --axes tyx --chunks t=2
mkdir empty
: >nothing.npy
printf 'no data at all' >text.npy
cp -r in.zarr damaged.zarr
chunk=$(find damaged.zarr/c -type f | sort | head -n 1)
head -c 9 "$chunk" >cut && mv cut "$chunk"
cp -r in.zarr headless.zarr
echo '{' >headless.zarr/zarr.json
while IFS='|' read -r tool arguments; do
    # shellcheck disable=SC2086
    set -- "levin-$tool" ${arguments}
    refuses 1 "nowhere.zarr: no such file" "$@" nowhere.zarr out.zarr
    refuses 1 "empty" "$@" empty out.zarr
    refuses 1 "nothing.npy" "$@" nothing.npy out.zarr --axes tyx
    refuses 1 "text.npy" "$@" text.npy out.zarr --axes tyx
    refuses 1 "headless.zarr/zarr.json" "$@" headless.zarr out.zarr
    refuses 1 "$chunk" "$@" damaged.zarr out.zarr -j 1
done <<'END'
copy|
toseries|
toimages|
project|mean,std --axis t
filter|gaussian --sigma 1
detrend|
fft|
dff|
kmeans|--clusters 2
pyramid|
END
