"""huge_store.py STORE COPIES_ALONG_EACH_AXIS: repeats the single chunk of STORE along every axis, as hard links.

A store of gigabytes that takes milliseconds and no disk: what reads it decodes every chunk as if it were its own."""

import itertools
import json
import os
import pathlib
import sys

store = pathlib.Path(sys.argv[1])
copies = [int(n) for n in sys.argv[2:]]
document = store / "zarr.json"
metadata = json.loads(document.read_text())
chunk = metadata["chunk_grid"]["configuration"]["chunk_shape"]
assert metadata["shape"] == chunk and len(copies) == len(chunk), "one chunk, and a number for each axis"
metadata["shape"] = [length * n for length, n in zip(chunk, copies)]
document.write_text(json.dumps(metadata))
first = store.joinpath("c", *["0"] * len(chunk))
for position in itertools.product(*map(range, copies)):
    key = store.joinpath("c", *map(str, position))
    if key != first:
        key.parent.mkdir(parents=True, exist_ok=True)
        os.link(first, key)
