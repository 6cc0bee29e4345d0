# Wrong outputs are refused, whatever exists stays.
levin-synth -q random a.zarr --shape y=6,x=7
OUT='x.npy x.xyz folder ro x.zarr'
expect_error 2 'x.xyz.*FORMAT:' levin-export a.zarr x.xyz
echo text >x.npy
expect_error 1 'x.npy exists.*--force' levin-export a.zarr x.npy
expect_exit 0 levin-export a.zarr x.npy --force
expect_error 2 'a.zarr would be a Zarr store: levin copy writes stores' levin-export a.zarr a.zarr --force
for name in x.zarr x.zarr/ ./x.zarr; do expect_error 2 "$name would be a Zarr store: levin copy" levin-export a.zarr $name; done
cp -r a.zarr store
expect_error 2 'store would be a Zarr store: levin copy' levin-export a.zarr store --force
mkdir folder
expect_error 1 'folder' levin-export a.zarr npy:folder --force
expect_error 1 'missing/x.npy|missing' levin-export a.zarr missing/x.npy
expect_error 2 'pipe|terminal|-' levin-export a.zarr -
expect_error 1 'nothere.zarr: no such file' levin-export nothere.zarr y.npy
[ -z "$(find . -name '*partial*')" ] || fail "partial files are left"
[ -f a.zarr/zarr.json ] || fail "the input is gone"
