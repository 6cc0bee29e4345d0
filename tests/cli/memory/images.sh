# 5 GB of frames, ten times what --memory allows, through every tool that takes images.
. "$SOURCE/tests/support/bounded.sh"
npy frames.npy 'np.broadcast_to((np.arange(512) % 7 + 1 + np.arange(512)[:, None] % 5).astype(np.uint16), (20, 512, 512))'
levin-ingest -q frames.npy in.zarr --axes tyx --chunks t=20,y=512,x=512
"$PY" "$SOURCE/tests/support/huge_store.py" in.zarr 500 1 1
levin-info in.zarr | grep -q 't 10000, y 512, x 512' || fail "$(levin-info in.zarr)"
rm frames.npy
while read -r command; do
    # shellcheck disable=SC2086
    bounded levin-$command
    rm -rf out*
done <<'END'
check in.zarr
info in.zarr --stats
copy in.zarr out.zarr --chunks t=50,y=100,x=100
project max,mean,std in.zarr out.zarr --axis t
project median in.zarr out.zarr --axis y,x
project percentile:10 in.zarr out.zarr --axis t,y,x
filter median in.zarr[t=0:2000] out.zarr --size y=3,x=3
filter gaussian in.zarr[t=0:2000] out.zarr --sigma t=1,y=2,x=2
export in.zarr out.raw
pyramid in.zarr out.zarr --chunks t=1,y=256,x=256
pyramid in.zarr[t=0:2000] out.zarr --factor y=2,x=2 --levels 3 --ome-version 0.4
synth random out.zarr --shape t=600,y=1024,x=1024
END
