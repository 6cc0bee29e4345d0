# The recording's own numbers: the sum of its maximum over z, a record's mean and deviation, traces and tables.
need_shared
need_python numpy
"$PY" - <<'END'
import numpy as np
from case_arrays import close, fish, fish_series, levin, read, same

data = fish("fish.zarr", "--spacing", "t=0.5s,z=5um")
levin("project", "max", "fish.zarr", "maxz.zarr", "--axis", "z")
highest = read("maxz.zarr")
same(highest, data.max(1), "max over z")
assert highest.dtype == np.uint8 and highest.sum(dtype=np.int64) == 7686988, highest.sum(dtype=np.int64)

series = fish_series("series.zarr")
assert series.sum(dtype=np.int64) == 168910759
levin("project", "mean,std,sum", "series.zarr", "maps", "--axis", "t")
close(read("maps/mean")[0, 0, 0], 25.825, "mean of the record y 0, x 0, z 0", 1e-7)
close(read("maps/std")[0, 0, 0], 0.379967104, "std of the record", 1e-6)
assert read("maps/sum").sum() == 168910759

levin("project", "mean,max", "fish.zarr", "--axis", "z,y,x", "-o", "trace.csv")
header, *rows = open("trace.csv").read().splitlines()
assert header == "t,t [s],mean,max", header
table = np.array([row.split(",") for row in rows], float)
same(table[:, 0], np.arange(20), "column t")
same(table[:, 1], np.arange(20) / 2, "column t [s]")
close(table[:, 2], data.mean((1, 2, 3)), "mean trace", 1e-6)
same(table[:, 3], data.max((1, 2, 3)), "max trace")

levin("project", "count", "fish.zarr", "count", "--axis", "t,x", "--table", "table.csv")
assert open("table.csv").read().splitlines()[:2] == ["z,z [um],y,count", "0,0,0,1740"]
same(read("count/count"), np.full((2, 76), 1740), "table and store")
END
