# Frames that are filtered and written some at a time are those of chunks of one frame each, and lie in the chunk as levin copy writes it at once.
need_python numpy
npy noise.npy "rng.integers(0, 4000, (23, 300, 310), dtype=np.uint16)"
npy flat.npy "np.broadcast_to((np.arange(310) // 40).astype(np.uint16), (23, 300, 310))"
for name in noise flat; do
    levin-ingest -q $name.npy $name.zarr --axes tyx --chunks t=20,y=300,x=310
    for filter in "gaussian --sigma 2" "median --size 3" "uniform --size 5 --mode constant:7" "median --size y=3,x=3,t=3"; do
        kind=${filter%% *} options=${filter#* }
        # shellcheck disable=SC2086
        levin-filter -q $kind $name.zarr whole.zarr $options --chunks t=20,y=300,x=310 -j 2 && levin-filter -q $kind $name.zarr frames.zarr $options --chunks t=1,y=64,x=310
        same_values whole.zarr frames.zarr
        levin-copy -q whole.zarr once.zarr --chunks t=20,y=300,x=310
        diff -rq -x zarr.json whole.zarr once.zarr >&2 || fail "$name, $filter: other bytes"
        rm -r whole.zarr frames.zarr once.zarr
    done
done
