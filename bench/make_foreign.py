"""Inputs in the formats of the peers, and initial centroids, from a Zarr store: make_foreign KIND STORE OUT. Bounded memory."""
import os
import sys

import numpy as np
import zarr

STEP = 100  # frames at a time


def frames_of(store):
    array = zarr.open(store, mode="r")
    for begin in range(0, array.shape[0], STEP):
        yield begin, array[begin:begin + STEP]


def netcdf(store, out):
    """NetCDF-4, float32, not compressed: the quickest that cdo and ncra can be given, and they keep the data type."""
    import netCDF4
    frames, rows, columns = zarr.open(store, mode="r").shape
    with netCDF4.Dataset(out, "w", format="NETCDF4") as file:
        for name, size in (("time", frames), ("y", rows), ("x", columns)):
            file.createDimension(name, None if name == "time" else size)
        time = file.createVariable("time", "f8", ("time",), chunksizes=(frames,))
        time.units, time.calendar = "seconds since 2000-01-01 00:00:00", "standard"
        movie = file.createVariable("movie", "f4", ("time", "y", "x"), chunksizes=(1, rows, columns))
        for begin, block in frames_of(store):
            time[begin:begin + len(block)] = np.arange(begin, begin + len(block), dtype=float)
            movie[begin:begin + len(block)] = block


def mif(store, out):
    """MRtrix image format, uint16, 1 mm voxels, x fastest."""
    volume = zarr.open(store, mode="r")[:]
    shape = ",".join(str(size) for size in reversed(volume.shape))
    header = f"mrtrix image\ndim: {shape}\nvox: 1,1,1\nlayout: +0,+1,+2\ndatatype: UInt16LE\nfile: . 256\nEND\n"
    with open(out, "wb") as file:
        file.write(header.encode().ljust(256, b"\0"))
        file.write(np.ascontiguousarray(volume, dtype="<u2").tobytes())


def centroids(store, out):
    """Ten pixels at fixed places, spread over the image."""
    array = zarr.open(store, mode="r")
    _, rows, columns = array.shape
    rng = np.random.default_rng(1)
    places = zip(rng.integers(0, rows, 10), rng.integers(0, columns, 10))
    values = np.stack([array[:, y, x] for y, x in places]).astype("f4")
    zarr.save_array(out, values)


def tiff_files(store, out):
    import tifffile
    os.mkdir(out)
    for begin, block in frames_of(store):
        for index, frame in enumerate(block, begin):
            tifffile.imwrite(os.path.join(out, f"frame{index:04d}.tif"), frame)


def tiff_pages(store, out):
    import tifffile
    with tifffile.TiffWriter(out) as file:
        for _, block in frames_of(store):
            for frame in block:
                file.write(frame, contiguous=False, metadata=None)


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2], sys.argv[3])
