#!/usr/bin/python3
"""Writes the seeds of fuzz_hdf5, fuzz_hdf5_chunk, fuzz_mat, fuzz_tiff, fuzz_png, fuzz_npy and fuzz_thunder into corpus/, where they are
kept: seeds.py. What was found by fuzzing lies beside them."""
import io
import json
import os
import zlib

import h5py
import numpy as np
import scipy.io
import tifffile
from PIL import Image

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
a = np.arange(60, dtype="u2").reshape(3, 4, 5)


def folder(name):
    os.makedirs(os.path.join(here, name), exist_ok=True)
    return os.path.join(here, name, "")


to = folder("hdf5")
for name, how in ("old", {}), ("new", {"libver": "latest"}):
    with h5py.File(to + name + "_chunks", "w", **how) as f:
        d = f.create_dataset("c", data=a, chunks=(2, 3, 5), compression="gzip", shuffle=True, fletcher32=True)
        d.attrs["element_size_um"] = [2, 1, 1]
    with h5py.File(to + name + "_plain", "w", **how) as f:
        f["g/p"] = a.astype(">f4")
        f["g/p"].dims[0].label = "t"
with h5py.File(to + "scaled", "w", libver="latest") as f:
    f.create_dataset("s", data=a, chunks=(2, 3, 5), scaleoffset=True)
with h5py.File(to + "matlab", "w", userblock_size=512) as f:
    f.create_dataset("A", data=(a > 7).astype("u1"), chunks=(1, 4, 5)).attrs["MATLAB_class"] = np.bytes_("logical")

to = folder("hdf5_chunk")
values = np.arange(8, dtype="u2").tobytes()
open(to + "plain", "wb").write(bytes([0x31, 1, 0, 0]) + values)
open(to + "deflate", "wb").write(bytes([0x31, 1 | 2 << 2, 0b1001, 0]) + zlib.compress(values[::2] + values[1::2]))
open(to + "checked", "wb").write(bytes([0x31, 1, 0b11, 0]) + values + bytes(4))

to = folder("mat")
for name, packed in ("plain", False), ("packed", True):
    scipy.io.savemat(to + name, {"a": a[0], "c": a[0, :2] * (1 + 2j), "b": a > 3}, do_compression=packed, appendmat=False)


def put(name, data):
    open(to + name, "wb").write(data)


def bytes_of(write):
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def tiff(values, pages=b"\0", **how):
    """The byte in front chooses --pages."""
    return pages + bytes_of(lambda file: tifffile.imwrite(file, values, **how))


def picture(image, form, **how):
    return bytes_of(lambda file: image.save(file, form, **how))


frames = np.arange(60, dtype="u2").reshape(2, 5, 6)
zeros = np.zeros((9, 9), "u1")
to = folder("tiff")
put("plain", tiff(frames))
put("big_endian", tiff(frames, byteorder=">"))
put("bigtiff", tiff(frames, bigtiff=True))
put("deflate_tiled", tiff(np.zeros((20, 20), "u1"), compression="zlib", tile=(16, 16)))
put("imagej", tiff(frames, b"\1", imagej=True, metadata={"axes": "TYX", "spacing": 2.0, "unit": "um"}))
put("ome", tiff(frames, b"\1", ome=True, metadata={"axes": "TYX", "PhysicalSizeX": 0.5}))
put("rgb", tiff(np.zeros((4, 5, 3), "u1"), photometric="rgb"))
for name in "lzw", "packbits":
    put(name, b"\0" + picture(Image.fromarray(zeros), "TIFF", compression="tiff_lzw" if name == "lzw" else name))

to = folder("png")
grey = np.arange(30).reshape(5, 6)
for name, image in {"gray8": Image.fromarray(grey.astype("u1")), "gray16": Image.fromarray(grey.astype("u2")),
                    "rgb": Image.fromarray(np.zeros((4, 5, 3), "u1")), "palette": Image.fromarray(zeros[:5, :6]).convert("P"),
                    "bits": Image.fromarray(zeros[:5, :6]).convert("1")}.items():
    put(name, picture(image, "PNG"))

to = folder("npy")
for name, values in {"c": frames, "fortran": np.asfortranarray(frames), "big": frames.astype(">f8"), "complex": frames.astype("c8"),
                     "bool": frames > 3}.items():
    put(name, bytes_of(lambda file: np.save(file, values[:1])))
for name, save in ("stored", np.savez), ("packed", np.savez_compressed):
    put(name + ".npz", bytes_of(lambda file: save(file, a=frames[:1], b=frames[:1, 0] > 3)))

to = folder("thunder")
records = np.array([[x, y, 0, 1, 2, 3] for y in range(2) for x in range(2)], "<i2").tobytes()
for name, conf, data in [("series", {"dims": [2, 2, 1], "nkeys": 3, "keytype": "int16", "nvalues": 3, "valuetype": "int16"}, records),
                         ("images", {"dims": [2, 2], "dtype": "uint8"}, bytes(4)),
                         ("series_1", {"shape": [2, 2, 3], "dtype": "uint8"}, bytes(12))]:
    put(name, json.dumps(conf).encode() + b"\0" + data)
