# Tables of numbers as text: what NumPy wrote is read and the other way round; wrong lines are named.
need_python numpy
"$PY" - <<'END'
import numpy as np
values = np.random.default_rng(1).normal(0, 1e3, (5000, 7))
values[3, 2] = np.nan
np.save("values.npy", values)
np.savetxt("series.txt", values, fmt="%.17g")
np.savetxt("series.1D", values, fmt="%.17g", header="AFNI's words")
np.savetxt("series.csv", values, fmt="%.17g", delimiter=",", header="a,b,c,d,e,f,g", comments="")
np.savetxt("one.txt", values[:, 0], fmt="%.17g", newline="\r\n")
END
for name in series.txt series.1D series.csv; do
    levin-export -q $name got.npy --force
    same_arrays values.npy got.npy
done
expect_output '\(t 5000, x 7\) float64' levin-info series.csv --axes tx
levin-ingest -q series.csv named.zarr --axes tx
"$PY" -c 'import json; assert json.load(open("named.zarr/zarr.json"))["attributes"]["columns"] == list("abcdefg")' || fail "names of columns"
levin-export -q 'series.txt[y=1020:3000:7,x=2:5]' part.npy
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("part.npy"), np.load("values.npy")[1020:3000:7, 2:5])' || fail "a part"
levin-export -q one.txt one.npy --axes t
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("one.npy"), np.load("values.npy")[:, 0])' || fail "one column"

# No end behind the last line; empty fields; comments and empty lines between.
printf '1,2,3\n# not this\n\n4,,6' >small.csv
levin-export -q small.csv small.npy
"$PY" -c 'import numpy as np; assert np.array_equal(np.load("small.npy"), [[1, 2, 3], [4, np.nan, 6]], equal_nan=True)' || fail "small.csv"

OUT=out.zarr
printf '1 2 3\n4 5 6\n7 8\n' >ragged.txt
expect_error 1 'ragged.txt: line 3: 2 numbers, where the rows before have 3' levin-ingest ragged.txt out.zarr
printf '1 2\n3 x\n' >word.txt
expect_error 1 "word.txt: line 2: 'x' is no number" levin-ingest word.txt out.zarr
printf '# nothing\n' >nothing.txt
expect_error 1 'nothing.txt: no row of numbers' levin-ingest nothing.txt out.zarr
# In a folder of images they are notes.
mkdir folder
"$PY" -c 'import numpy as np; np.save("folder/a.npy", np.ones((3, 4), "u1"))'
echo "taken on a Tuesday" >folder/notes.txt
levin-ingest -q folder images.zarr

# Written: NumPy reads the same numbers.
for name in out.txt out.tsv; do levin-export -q named.zarr $name; done
levin-copy -q named.zarr narrow.zarr --dtype float32
levin-export -q narrow.zarr narrow.1D
"$PY" - <<'END' || fail "what NumPy reads"
import numpy as np
values = np.load("values.npy")
for name, mark in (("out.txt", None), ("out.tsv", "\t")):
    assert np.array_equal(np.loadtxt(name, delimiter=mark), values, equal_nan=True), name
assert np.array_equal(np.loadtxt("narrow.1D", dtype="f4"), values.astype("f4"), equal_nan=True)
END
levin-synth -q fish fish.zarr --shape t=4,z=1,y=8,x=9
OUT=deep.txt
expect_error 2 'a table has rows and columns, this array the shape' levin-export fish.zarr deep.txt
