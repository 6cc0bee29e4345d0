"""Writes N5 with zarr-python and by hand, from the specification; the arrays beside them as .npy, last dimension first."""
import json
import os
import struct
import sys
import warnings

import numcodecs
import numpy as np
import zarr

warnings.simplefilter("ignore")
values = (np.arange(7 * 11 * 13) * 37 % 1000).reshape(7, 11, 13)

root = zarr.group(store=zarr.N5Store("zarr.n5"), overwrite=True)
for name, dtype, compressor in [("raw", "u2", None), ("gzip", "i4", numcodecs.GZip(1)), ("zlib", "f4", numcodecs.Zlib(1)),
                                ("zstd", "f8", numcodecs.Zstd(1)), ("blosc", "u2", numcodecs.Blosc("zstd", 1, 1)),
                                ("bytes", "u1", numcodecs.GZip(1)), ("bz2", "u2", numcodecs.BZ2(1))]:
    root.create_dataset("a/" + name, data=values.astype(dtype), chunks=(3, 4, 5), compressor=compressor)
    np.save(name + ".npy", values.astype(dtype))
holes = root.create_dataset("holes", shape=values.shape, dtype="u2", chunks=(3, 4, 5), fill_value=0)
holes[:3, :4, :5] = values[:3, :4, :5]
np.save("holes.npy", np.asarray(holes))


def lz4_frames(data):
    """lz4-java's LZ4BlockOutputStream: a compressed frame, a stored one, and the empty one at the end."""
    half = len(data) // 2
    packed = numcodecs.LZ4().encode(data[:half])[4:]  # without numcodecs' own header
    frame = lambda method, body, size: b"LZ4Block" + struct.pack("<BIII", method << 4 | 5, len(body), size, 0) + body
    return frame(2, bytes(packed), half) + frame(1, data[half:], len(data) - half) + frame(1, b"", 0)


# Blocks that are cut at the end of the array, as the Java library writes them, and what it says of axes.
os.makedirs("java.n5/lz4")
json.dump({"n5": "2.5.1"}, open("java.n5/attributes.json", "w"))
json.dump({"dimensions": [13, 11, 7], "blockSize": [5, 4, 3], "dataType": "uint16", "compression": {"type": "lz4", "blockSize": 65536},
           "axes": ["x", "y", "z"], "pixelResolution": {"dimensions": [0.25, 0.5, 2], "unit": "micrometer"}, "note": "kept"},
          open("java.n5/lz4/attributes.json", "w"))
np.save("lz4.npy", values.astype("u2"))
for z in range(3):
    for y in range(3):
        for x in range(3):
            block = values[z * 3:z * 3 + 3, y * 4:y * 4 + 4, x * 5:x * 5 + 5].astype(">u2")
            os.makedirs(f"java.n5/lz4/{x}/{y}", exist_ok=True)
            head = struct.pack(">HH3I", 0, 3, *block.shape[::-1])
            open(f"java.n5/lz4/{x}/{y}/{z}", "wb").write(head + lz4_frames(block.tobytes()))
