# 5 GB of series, ten times what --memory allows: through the tools for series, from frames to series and back.
. "$SOURCE/tests/support/bounded.sh"
npy block.npy 'np.broadcast_to((np.arange(16) % 7 + 1 + np.arange(16)[:, None] % 5).astype(np.uint16), (10000, 16, 16))'
levin-ingest -q block.npy in.zarr --axes tyx --chunks t=10000,y=16,x=16
"$PY" "$SOURCE/tests/support/huge_store.py" in.zarr 1 32 32
levin-info in.zarr | grep -q 't 10000, y 512, x 512' || fail "$(levin-info in.zarr)"
rm block.npy
bounded levin-toimages in.zarr images.zarr
bounded levin-toseries images.zarr out.zarr --block y=16,x=16
cmp in.zarr/c/0/31/31 out.zarr/c/0/31/31 || fail "there and back again is not the same"
rm -rf out.zarr
bounded levin-project median images.zarr out.zarr --axis t
rm -rf out.zarr images.zarr
while read -r command; do
    # shellcheck disable=SC2086
    bounded levin-$command
    rm -rf out*
done <<'END'
detrend in.zarr out.zarr
fft in.zarr out.zarr --value power
dff in.zarr out.zarr --baseline percentile:20
kmeans in.zarr out.zarr --clusters 3 --max-iter 3
project median in.zarr out.zarr --axis t
END
