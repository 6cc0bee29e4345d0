# What cannot be clustered is refused and nothing is published.
npy in.npy 'np.ones((5, 3, 4), np.float32)'
npy nan.npy 'np.full((5, 3, 4), np.nan, np.float32)'
npy long.npy 'np.ones((2, 6), np.float32)'
levin-ingest -q in.npy in.zarr --axes tyx
levin-ingest -q long.npy long.zarr --axes yx
OUT="out out.csv"
expect_error 1 "13 clusters of 12 valid series" levin-kmeans in.zarr out --clusters 13 --csv out.csv
expect_error 1 "2 clusters of 0 valid series" levin-kmeans nan.npy out --axes tyx --clusters 2
expect_error 2 "--clusters K is needed" levin-kmeans in.zarr out
expect_error 2 "clusters" levin-kmeans in.zarr out --clusters 0
expect_error 2 "clusters" levin-kmeans in.zarr out --clusters=-1
expect_error 2 "leave out --clusters" levin-kmeans in.zarr out --clusters 2 --predict long.zarr
expect_error 2 "--predict.*expected an array \(k, t\) of \(k, 5\), found \(2, 6\)" levin-kmeans in.zarr out --predict long.zarr
expect_error 2 "--init.*expected an array" levin-kmeans in.zarr out --init long.zarr --clusters 2
expect_error 1 "nowhere" levin-kmeans in.zarr out --init nowhere --clusters 2
expect_error 2 "tol" levin-kmeans in.zarr out --clusters 2 --tol=-1
expect_error 2 "iter" levin-kmeans in.zarr out --clusters 2 --max-iter 0
expect_error 2 "sample" levin-kmeans in.zarr out --clusters 3 --sample 2
expect_error 2 "no axis t" levin-kmeans long.zarr out --clusters 2
expect_error 2 "group" levin-kmeans in.zarr out.tif --clusters 2
touch out.csv
expect_error 1 "out.csv exists already" levin-kmeans in.zarr out --clusters 2 --csv out.csv
# Twelve equal series in two clusters: an answer all the same.
expect_output '^inertia 0$' levin-kmeans in.zarr same --clusters 2
