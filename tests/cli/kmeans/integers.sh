# Integers are read as they are stored; to the extremes of their type they give what the same numbers give as float32.
need_python numpy
for type in uint8 int8 uint16 int16; do
    npy data.npy "np.concatenate([np.full((50, 1, 40), np.iinfo('$type').min), rng.integers(np.iinfo('$type').min, np.iinfo('$type').max, (50, 38, 40), endpoint=True), np.full((50, 1, 40), np.iinfo('$type').max)], axis=1).astype('$type')"
    levin-ingest -q data.npy stored.zarr --axes tyx -f
    levin-copy -q stored.zarr floats.zarr --dtype float32 -f
    for input in stored floats; do levin-kmeans -q $input.zarr $input --clusters 4 --seed 1 -f >$input.said; done
    cmp stored.said floats.said >&2 || fail "$type: says other things"
    for name in labels centroids distance; do same_values stored/$name floats/$name; done
done
