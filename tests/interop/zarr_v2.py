"""Reads v2 stores and compares with the values that store_samples.cpp describes, or writes such stores in all their forms."""
import os
import sys

import numcodecs
import numpy as np
import zarr


def expected(dtype, shape, name):
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    i = np.arange(count, dtype=np.int64)
    v = (7 * i + 3) % 101
    if dtype.kind == "b":
        values = (v % 2).astype(np.int64)
    elif dtype.kind in "iu":
        values = v - (50 if dtype.kind == "i" else 0) + (2**40 if dtype.itemsize == 8 else 0)
    elif dtype.kind == "f":
        values = v / 4 - 5
    else:
        values = v / 4 - 5 - 1j * v
    values[i < count // 3] = np.nan if "nan" in name else 0
    return values.astype(dtype).reshape(shape)


def read(folder):
    names = sorted(os.listdir(folder))
    for name in names:
        array = zarr.open_array(os.path.join(folder, name), mode="r")
        np.testing.assert_array_equal(array[...], expected(array.dtype, array.shape, name), err_msg=name)
        if array.ndim == 3:
            assert array.attrs["_ARRAY_DIMENSIONS"] == ["t", "y", "x"], name
            assert array.attrs["dimension_units"] == ["0.05 s", None, "0.65 um"], name
    assert len(names) > 60, names
    print(len(names), "stores agree")


def write(folder):
    compressors = {"none": None, "zlib": numcodecs.Zlib(5), "gzip": numcodecs.GZip(5), "lz4": numcodecs.LZ4(), "zstd": numcodecs.Zstd(1)}
    for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd"):
        for shuffle in (0, 1, 2, -1):
            compressors[f"blosc-{cname}-{shuffle}"] = numcodecs.Blosc(cname, 5, shuffle)
    dtypes = "|b1 |i1 <i2 >i2 <i4 >i4 <i8 >i8 |u1 <u2 >u2 <u4 >u4 <u8 >u8 <f2 >f2 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16".split()

    def store(name, dtype, shape=(5, 19, 23), chunks=(2, 8, 8), **options):
        values = expected(dtype, shape, name)
        array = zarr.open_array(os.path.join(folder, name), mode="w", shape=shape, dtype=dtype, chunks=chunks, **options)
        array[...] = values

    for i, dtype in enumerate(dtypes):
        for order in "CF":
            for separator in "./":
                store(f"{i}-{order}-{'dot' if separator == '.' else 'slash'}", dtype, order=order, dimension_separator=separator)
    for name, compressor in compressors.items():
        store(f"codec-{name}", "<u2", compressor=compressor)
    store("nan", "<f4", fill_value=np.nan, write_empty_chunks=False)
    store("null", "<f4", fill_value=None)
    store("zero-d", "<f8", shape=(), chunks=())
    store("zero-length", "<f8", shape=(0, 5), chunks=(1, 5))
    store("whole", "<i4", chunks=False)


{"read": read, "write": write}[sys.argv[1]](sys.argv[2])
