"""Codecs of levin on the movie: size and speed, and what both mean together behind disks of several speeds."""
import os

from . import measure
from .floors import raw_bytes

CODECS = ("none", "zstd:1", "zstd:3", "blosc:1:zstd", "blosc:3:zstd", "blosc:5:lz4", "gzip:1")
DISKS = (100e6, 500e6, 2e9)  # bytes per second
INPUTS = {"movie": "images, uint16", "series": "series, uint16", "detrended": "series, float32"}


class Comparison:
    def __init__(self, contest, data, bin_folder, repeats):
        self.contest, self.data, self.bin, self.repeats = contest, data, bin_folder, repeats
        self.raw = os.path.join(contest.work, "raw.zarr")
        self.coded = os.path.join(contest.work, "coded.zarr")

    def tool(self, name, *arguments):
        return [os.path.join(self.bin, f"levin-{name}"), *arguments, "-q"]

    def least(self, command, outputs):
        runs = [measure.run_all([command], outputs, self.contest.threads, self.contest.log) for _ in range(self.repeats)]
        return min(run.seconds for run in runs)

    def prepare(self, name):
        store = ["--zarr-format", "2", "--codec", "none"]
        if name == "detrended":
            command = self.tool("detrend", self.data["series"], self.raw, "--chunks", "y=64,x=64", *store)
        else:
            command = self.tool("copy", self.data[name], self.raw, *store)
        measure.run_all([command], [self.raw], self.contest.threads, self.contest.log)

    def one(self, codec):
        write = self.least(self.tool("copy", self.raw, self.coded, "--zarr-format", "2", "--codec", codec), [self.coded])
        read = self.least(self.tool("check", self.coded), [])
        raw, stored = raw_bytes(self.raw), measure.size_on_disk(self.coded)
        return {"codec": codec, "ratio": raw / stored, "write": raw / write, "read": raw / read,
                "behind": [raw / max(write, stored / disk) for disk in DISKS]}

    def rows(self):
        result = {}
        for name, title in INPUTS.items():
            self.prepare(name)
            result[title] = [self.one(codec) for codec in CODECS]
            print(f"-- codecs: {title}", flush=True)
        measure.remove(self.raw)
        measure.remove(self.coded)
        return result
