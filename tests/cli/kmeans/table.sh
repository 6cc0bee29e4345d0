# The table of centroids belongs to the result: a run that was stopped before it writes it when resumed.
levin-synth random in.zarr --shape t=6,y=8,x=9 -q
expect_exit 0 levin-kmeans in.zarr out --clusters 3 --csv out.csv
cp out.csv first.csv
expect_error 1 'table out.csv exists already; use --force' levin-kmeans in.zarr other --clusters 3 --csv out.csv
rm out.csv
expect_exit 0 levin-kmeans in.zarr out --clusters 3 --csv out.csv --resume
cmp first.csv out.csv || fail "another table"
expect_exit 0 levin-kmeans in.zarr out --clusters 3 --csv out.csv --force
cmp first.csv out.csv || fail "another table"
