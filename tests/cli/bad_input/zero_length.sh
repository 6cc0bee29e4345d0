# Zero-length axes and 0-d arrays: the same empty answer where there is one, else a refusal that says what is missing.
. "$SOURCE/tests/support/bad_request.sh"
npy no_time.npy 'np.zeros((0, 3, 4), np.float32)'
npy no_pixels.npy 'np.zeros((5, 3, 0), np.uint8)'
npy scalar.npy 'np.float32(3)'
for file in no_time no_pixels; do levin-ingest -q $file.npy $file.zarr --axes tyx; done
levin-ingest -q scalar.npy scalar.zarr
"$PY" - <<'END'
import numpy as np
from case_arrays import levin, read, result, same

for name, shape in (("no_time", (0, 3, 4)), ("no_pixels", (5, 3, 0))):
    for command in ("copy", "toseries", "toimages", "filter median --size 3", "filter uniform --size t=3"):
        tool, _, rest = command.partition(" ")
        kind, _, options = rest.partition(" ")
        found = result(f"{tool} {kind} {name}.zarr", options)
        assert found.shape == shape, (command, found.shape)
for command, shape in (("detrend", (5, 3, 0)), ("dff", (5, 3, 0)), ("fft", (3, 3, 0))):
    assert result(command + " no_pixels.zarr").shape == shape, command

nan, nothing = np.full((3, 4), np.nan), np.zeros((3, 4))
levin("project", "max,mean,std,median,percentile:5,count,argmax", "no_time.zarr", "out", "--axis", "t")
for statistic, expected in {"max": nan, "mean": nan, "std": nan, "median": nan, "percentile:5": nan, "count": nothing,
                            "argmax": nothing - 1}.items():
    same(read("out/" + statistic), expected, f"{statistic} of no samples")
same(result("project mean no_pixels.zarr", "--axis y,x"), np.full(5, np.nan), "trace of no pixels")
levin("pyramid", "no_pixels.zarr", "image", "--levels", 1)
assert read("image/0").shape == (5, 3, 0) and read("image/1").shape == (5, 2, 0)
same(result("copy scalar.zarr"), np.float32(3), "a single number")
END
refuses 2 "order 1 needs at least 2 samples; the series have 0" levin-detrend no_time.zarr out.zarr
refuses 2 "at least one sample" levin-fft no_time.zarr out.zarr
refuses 2 "0 samples" levin-dff no_time.zarr out.zarr
refuses 2 "no_time.zarr has no sample along t" levin-kmeans no_time.zarr out.zarr --clusters 2
refuses 1 "2 clusters of 0 valid series" levin-kmeans no_pixels.zarr out.zarr --clusters 2
for tool in toseries detrend dff "kmeans --clusters 2"; do
    # shellcheck disable=SC2086
    refuses 2 "scalar.zarr has no axis t: it is a single number" levin-$tool scalar.zarr out.zarr
done
refuses 2 "there is no y" levin-pyramid scalar.zarr out.zarr
refuses 2 "no axis 't'" levin-fft scalar.zarr out.zarr
refuses 2 "no axis 'y'" levin-filter median scalar.zarr out.zarr --size 3
refuses 2 "no axis 't'" levin-project max scalar.zarr out.zarr --axis t
