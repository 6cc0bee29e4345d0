# --json is one object with what the lines say.
levin-synth -q fish movie.zarr --shape t=10,z=2,y=20,x=24 --chunks t=5
expect_exit 0 levin-info movie.zarr --json --chunks
need_python numpy
"$PY" - "$stdout" <<'END'
import json, os, sys
info = json.load(open(sys.argv[1]))
assert info["path"] == "movie.zarr"
assert info["shape"] == [10, 2, 20, 24] and info["chunks"] == [5, 2, 20, 24]
assert [axis["name"] for axis in info["axes"]] == list("tzyx")
assert (info["axes"][0]["spacing"], info["axes"][0]["unit"]) == (0.5, "s")
assert (info["dtype"], info["layout"], info["zarr_format"]) == ("uint16", "images", 3)
assert info["raw_bytes"] == 10 * 2 * 20 * 24 * 2
assert info["files"] == 2 and info["missing"] == 0
stored = {chunk["key"]: chunk["bytes"] for chunk in info["stored_chunks"]}
assert stored == {key: os.path.getsize("movie.zarr/" + key) for key in ("c/0/0/0/0", "c/1/0/0/0")}
assert info["stored_bytes"] == sum(stored.values())
step, = info["history"]
assert step["tool"] == "synth" and step["arguments"][0] == "fish" and step["version"]
END
