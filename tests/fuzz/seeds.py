#!/usr/bin/python3
"""Writes the seeds of fuzz_hdf5, fuzz_hdf5_chunk and fuzz_mat into corpus/, where they are kept: seeds.py"""
import os
import zlib

import h5py
import numpy as np
import scipy.io

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
