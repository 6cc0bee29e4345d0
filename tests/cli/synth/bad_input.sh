# Shapes that cannot be, and an output that must not be replaced.
expect_error 2 'movie.*(fish|random)' levin-synth movie out.zarr
expect_error 2 '--shape.*tyx|t, z, y and x' levin-synth fish out.zarr --shape t=5,y=6,x=7
expect_error 2 'fish' levin-synth random out.zarr --shape t=5 --truth truth
for shape in t=-1 t=x t t=5,t=6 t=1e3 =5 t=99999999999999999999; do
    expect_error 2 '--shape|axis|expected' levin-synth random out.zarr --shape "$shape"
done
expect_error 2 '64 bits' levin-synth random out.zarr --shape t=4294967296,y=4294967296,x=4294967296
expect_error 2 '--chunks.*y=0|at least 1' levin-synth random out.zarr --shape y=5,x=6 --chunks y=0
expect_error 2 "--chunks.*'?z'?" levin-synth random out.zarr --shape y=5,x=6 --chunks z=2
expect_error 2 'multiple' levin-synth random out.zarr --shape y=50,x=60 --chunks y=4 --shards y=6
expect_error 2 'frob' levin-synth random out.zarr --shape y=5,x=6 --codec frob
expect_error 2 '-3' levin-synth random out.zarr --shape y=5,x=6 --seed -3
expect_error 2 'int17|dtype' levin-synth random out.zarr --shape y=5,x=6 --dtype int17
expect_error 2 '--threads|-j' levin-synth random out.zarr --shape y=5,x=6 --threads=-1
expect_error 2 '--memory' levin-synth random out.zarr --shape y=5,x=6 --memory lots
[ ! -e out.zarr ] && [ ! -e truth ] || fail "a refused command leaves files"
mkdir truth
echo mine >truth/cells.csv
expect_error 1 'cells.csv exists' levin-synth fish out.zarr --shape t=5,z=1,y=32,x=32 --truth truth
[ "$(cat truth/cells.csv)" = mine ] || fail "the table was replaced"
