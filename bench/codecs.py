"""Codecs of levin on the movie: size and speed, and what both mean together behind disks of several speeds."""
import os

from . import measure
from .floors import raw_bytes

CODECS = ("none", "zstd:1", "zstd:3", "blosc:1:zstd", "blosc:3:zstd", "blosc:5:lz4", "gzip:1")
DISKS = (100e6, 500e6, 2e9)  # bytes per second
INPUTS = {"movie": "images, uint16", "series": "series, uint16", "detrended": "series, float32"}
# Real recordings, too small to be timed: levin ingest's arguments.
SHARED = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "shared", "data")
RECORDINGS = {
    "two-photon, mouse, int16": ("mouse2p.raw", "--shape", "t=500,x=64,y=64", "--input-dtype", "int16"),
    "light sheet, zebrafish, uint8": ("fish_series.bin", "--shape", "z=2,x=87,y=76,t=240", "--input-dtype", "uint8", "--skip", "6"),
    "tomogram, bone, two values": ("bone.tif", "--axes", "zyx"),
}


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
                "behind": [raw / (max(write, stored / disk) + max(read, stored / disk)) for disk in DISKS]}

    def recordings(self):
        """{codec: [ratio of each recording]}; empty where they are not at hand."""
        result = {}
        for name, (file, *options) in RECORDINGS.items():
            path = os.path.join(SHARED, file)
            if not os.path.exists(path):
                continue
            for layout, tool in (("images", "copy"), ("series", "toseries")):
                if tool == "toseries" and "t=" not in "".join(options):
                    continue
                measure.run_all([self.tool("ingest", path, self.raw, *options, "--codec", "none")], [self.raw], self.contest.threads,
                                self.contest.log)
                ratios = []
                for codec in CODECS:
                    measure.run_all([self.tool(tool, self.raw, self.coded, "--zarr-format", "2", "--codec", codec)], [self.coded],
                                    self.contest.threads, self.contest.log)
                    ratios.append(raw_bytes(self.coded) / measure.size_on_disk(self.coded))
                result[f"{name}, {layout}"] = ratios
        return result

    def rows(self):
        result = {}
        for name, title in INPUTS.items():
            self.prepare(name)
            result[title] = [self.one(codec) for codec in CODECS]
            print(f"-- codecs: {title}", flush=True)
        recordings = self.recordings()
        measure.remove(self.raw)
        measure.remove(self.coded)
        return {"timed": result, "recordings": recordings}
