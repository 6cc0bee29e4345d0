# The real recording: a folder of two-page TIFFs, PackBits, becomes (t, z, y, x).
need_shared
need_python tifffile
expect_exit 0 levin ingest "$SHARED/fish_tif" fish.zarr --axes tzyx --spacing t=0.5s
expect_output '\(t 20, z 2, y 76, x 87\) uint8, images layout' levin info fish.zarr
grep -q 'codecs .*zstd' "$stdout" || fail "not zstd"
grep -q 'spacing .*t 0.5 s' "$stdout" || fail "the spacing is lost"
levin-export -q fish.zarr fish.npy
"$PY" - "$SHARED/fish_tif" <<'END'
import glob, sys, numpy as np, tifffile
files = sorted(glob.glob(sys.argv[1] + "/*.tif"))
expected = np.stack([tifffile.imread(file) for file in files])
values = np.load("fish.npy")
assert values.dtype == np.uint8 and np.array_equal(values, expected)
assert values.sum(dtype=np.int64) == 14133562
END
