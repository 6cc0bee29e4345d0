# Sizes and sigmas take units where the axis has a spacing, and say what is missing where it has none.
npy in.npy 'rng.normal(size=(3, 12, 14)).astype(np.float32)'
levin-ingest -q in.npy in.zarr --axes zyx --spacing z=2um,y=0.65um,x=650nm
levin-filter -q gaussian in.zarr pixels.npy --sigma 2
levin-filter -q gaussian in.zarr micrometres.npy --sigma 1.3um
same_bytes pixels.npy micrometres.npy
levin-filter -q median in.zarr pixels3.npy --size z=3,y=5,x=3
levin-filter -q median in.zarr micrometres3.npy --size z=6um,y=3.25um,x=1950nm
same_bytes pixels3.npy micrometres3.npy
OUT=out.npy
expect_error 2 "--sigma z=1s: 1 s on axis 'z': its unit is um" levin-filter gaussian in.zarr out.npy --sigma z=1s
expect_error 2 "axis 'y'.*spacing is not known" levin-filter gaussian in.npy out.npy --axes zyx --sigma 1.3um
expect_error 2 "no axis 'q': the axes are zyx" levin-filter gaussian in.zarr out.npy --sigma q=1
expect_error 2 "no axis 't'" levin-filter gaussian in.zarr out.npy --sigma 1 --filter-axes t
expect_error 2 "size" levin-filter median in.zarr out.npy --size=-3
expect_error 2 "2.5 is not a whole number" levin-filter median in.zarr out.npy --size 2.5
expect_error 2 "out of range" levin-filter uniform in.zarr out.npy --size 1e9
expect_error 2 "leave out --filter-axes" levin-filter median in.zarr out.npy --size y=3 --filter-axes x
expect_error 2 "sigma" levin-filter gaussian in.zarr out.npy --sigma=-3
expect_error 2 "sigma" levin-filter gaussian in.zarr out.npy --sigma nan
expect_error 2 "mode|border" levin-filter median in.zarr out.npy --size 3 --mode constant:x
expect_error 2 "gaussian needs --sigma" levin-filter gaussian in.zarr out.npy
expect_error 2 "median needs --size" levin-filter median in.zarr out.npy
expect_error 2 "--size does not apply" levin-filter sobel in.zarr out.npy --size 3
