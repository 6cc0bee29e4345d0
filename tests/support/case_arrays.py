"""For the Python checks beside the cases: arrays into and out of levin, and comparison with a reference."""

import os
import subprocess
import sys
import tempfile

import numpy as np

SHARED = os.environ.get("SHARED", "")


def levin(*arguments):
    """Runs `levin TOOL ARGUMENTS...` quietly; returns what it writes to stdout. A failure ends the case."""
    command = ["levin-" + arguments[0], *map(str, arguments[1:]), "-q"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"FAILED: exit status {run.returncode}: {' '.join(command)}\n{run.stderr}")
    return run.stdout


def read(store):
    """The values of an array that levin wrote."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        levin("export", store, f"{folder}/a.npy")
        return np.load(f"{folder}/a.npy")


def result(command, options=""):
    """The array that `levin COMMAND OUTPUT OPTIONS` gives: result("filter median in.zarr", "--size 3")."""
    levin(*command.split(), "out.npy", *options.split(), "-f")
    return np.load("out.npy")


def write(array, store, axes, *options):
    """Makes a store of a NumPy array; options are those of levin-ingest (--chunks, --spacing)."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        np.save(f"{folder}/a.npy", array)
        levin("ingest", f"{folder}/a.npy", store, "--axes", axes, "-f", *options)
    return array


def fish(store="fish.zarr", *options):
    """The zebrafish recording, 20 time points, as (t, z, y, x); from TIFF files by levin, from the records by NumPy."""
    levin("ingest", f"{SHARED}/fish_tif", store, "--axes", "tzyx", *options)
    return fish_records()[:20]


def fish_series(store="fish.zarr", *options):
    """The same, 240 time points."""
    levin("ingest", f"raw:{SHARED}/fish_series.bin", store, "--shape", "z=2,x=87,y=76,t=240", "--input-dtype", "uint8",
          "--skip", 6, *options)
    return fish_records()


def fish_records():
    records = np.fromfile(f"{SHARED}/fish_series.bin", np.uint8).reshape(2, 87, 76, 246)[..., 6:]
    return np.ascontiguousarray(records.transpose(3, 0, 2, 1))


def same(actual, expected, what):
    """Exactly equal, NaN where NaN is expected."""
    expected = np.asarray(expected)
    check_shape(actual, expected, what)
    wrong = ~((actual == expected) | ((actual != actual) & (expected != expected)))
    report(wrong, actual, expected, what)


def close(actual, expected, what, tolerance=1e-5, scale=0):
    """Within tolerance * max(|expected|, scale) of a reference in float64; NaN where NaN is expected."""
    expected = np.asarray(expected)
    check_shape(actual, expected, what)
    both_nan = np.isnan(actual) & np.isnan(expected)
    with np.errstate(invalid="ignore"):
        near = np.abs(actual - expected) <= tolerance * np.maximum(np.abs(expected), scale)
    report(~(near | both_nan | (actual == expected)), actual, expected, what)


def check_shape(actual, expected, what):
    if actual.shape != expected.shape:
        sys.exit(f"FAILED: {what}: shape {actual.shape}, expected {expected.shape}")


def report(wrong, actual, expected, what):
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0])
        sys.exit(f"FAILED: {what}: {int(wrong.sum())} of {wrong.size} values differ, first at {at}: "
                 f"{actual[at]}, expected {expected[at]}")
