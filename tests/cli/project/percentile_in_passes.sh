# A percentile over more samples than memory holds takes several passes over the data, and gives the same bytes.
levin-synth -q random in.zarr --shape t=64,y=256,x=256 --chunks t=2
levin-project median,percentile:33,mean,count in.zarr passes.zarr --axis t,y,x --memory 24M --dry-run >plan
grep -q 'reads .*32.0 MiB (decoded) of 16.0 MiB' plan || fail "$(cat plan)"
levin-project -q median,percentile:33,mean,count in.zarr passes.zarr --axis t,y,x --memory 24M
levin-project -q median,percentile:33,mean,count in.zarr once.zarr --axis t,y,x
for name in median percentile:33 mean count; do
    same_bytes "once.zarr/$name" "passes.zarr/$name"
done
