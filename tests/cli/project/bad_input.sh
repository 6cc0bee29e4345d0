# Requests that can never be right exit 2, say why, and leave nothing behind.
npy in.npy 'np.ones((5, 3, 4), np.float32)'
levin-ingest -q in.npy in.zarr --axes tyx
OUT="out.zarr out.csv"
while IFS='|' read -r regex arguments; do
    # shellcheck disable=SC2086
    expect_error 2 "$regex" levin-project $arguments
    [ ! -e out.zarr ] || fail "leaves out.zarr: $arguments"
done <<'END'
no axis 'z': the axes are tyx|max in.zarr out.zarr --axis z
axis t is named twice|max in.zarr out.zarr --axis t,t
--axis|max in.zarr out.zarr
maximum|maximum in.zarr out.zarr --axis t
percentile.*101|percentile:101 in.zarr out.zarr --axis t
percentile|percentile in.zarr out.zarr --axis t
percentile|percentile:x in.zarr out.zarr --axis t
max.*twice|max,max in.zarr out.zarr --axis t
.|max,,min in.zarr out.zarr --axis t
--ddof|std in.zarr out.zarr --axis t --ddof -1
name an OUTPUT|max in.zarr --axis t
leave out --resume|max in.zarr -o out.csv --axis t --resume
several results need a Zarr group|max,min in.zarr out.tif --axis t
END
npy complex.npy 'np.ones((5, 3), np.complex64)'
expect_error 2 "complex64" levin-project max complex.npy out.zarr --axis x
touch out.csv
expect_error 1 "out.csv exists already" levin-project max in.zarr --axis t -o out.csv
touch file
expect_error 1 "file/.*out.csv.*Not a directory" levin-project max in.zarr --axis t -o file/out.csv
# Fewer samples than --ddof wants: NaN, as NumPy.
levin-project -q std in.zarr few.npy --axis t --ddof 5
"$PY" -c 'import numpy as np; assert np.isnan(np.load("few.npy")).all()'
