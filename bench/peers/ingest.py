"""TIFF to Zarr with tifffile: as many frames as a chunk holds at a time, chunks in parallel threads."""
import glob
import os
from concurrent.futures import ThreadPoolExecutor

import dask.array as da
import tifffile
import zarr

from .common import COMPRESSOR, THREADS, save

FRAMES = 20


def write(read, frames, frame_shape, dtype, out):
    array = zarr.open(out, mode="w", shape=(frames, *frame_shape), chunks=(FRAMES, *frame_shape), dtype=dtype, compressor=COMPRESSOR)

    def chunk(begin):
        array[begin:begin + FRAMES] = read(range(begin, min(begin + FRAMES, frames)))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(chunk, range(0, frames, FRAMES)))


def files(folder, out):
    names = sorted(glob.glob(os.path.join(folder, "*.tif")))
    first = tifffile.imread(names[0])
    write(lambda indices: tifffile.imread([names[i] for i in indices]), len(names), first.shape, first.dtype, out)


def pages(path, out):
    """tifffile shows the file as a Zarr store with a chunk for each page."""
    with tifffile.imread(path, aszarr=True) as store:
        save(da.from_zarr(zarr.open(store, mode="r")).rechunk((FRAMES, -1, -1)), out)


def pages_loop(path, out):
    """One thread, for it is one file object."""
    with tifffile.TiffFile(path) as file:
        frames, page = len(file.pages), file.pages[0]
        array = zarr.open(out, mode="w", shape=(frames, *page.shape), chunks=(FRAMES, *page.shape), dtype=page.dtype, compressor=COMPRESSOR)
        for begin in range(0, frames, FRAMES):
            array[begin:begin + FRAMES] = file.asarray(key=range(begin, min(begin + FRAMES, frames)))
