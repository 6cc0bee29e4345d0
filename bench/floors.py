"""What a job cannot do without: its bytes decoded and encoded by levin itself, copied in memory, written to and read from a disk."""
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from . import measure
from .contest import Entry


@dataclass
class Floor:
    copy: float  # seconds, levin decoding the input and encoding the output
    distance: float  # levin's time over it
    memcpy: float
    disk: float
    stored_in: int
    stored_out: int
    raw_in: int
    raw_out: int


ITEM = {"u1": 1, "i1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "f4": 4, "u8": 8, "i8": 8, "f8": 8, "c8": 8}


def arrays_below(path):
    return [folder for folder, _, files in os.walk(path) if ".zarray" in files]


def metadata(path):
    with open(os.path.join(path, ".zarray"), encoding="utf-8") as file:
        return json.load(file)


def raw_bytes(path):
    meta, total = metadata(path), 1
    for size in meta["shape"]:
        total *= size
    return total * ITEM[meta["dtype"][1:]]


def machine_rates(folder, threads, bin_folder):
    """Bytes per second of memcpy, of files and of levin's pipes, by a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.rates", folder, str(threads), bin_folder], capture_output=True, text=True, check=True,
                          env=measure.environment(threads))
    return json.loads(done.stdout)


class Floors:
    """levin check decodes and drops, levin copy with the same chunks decodes and encodes; the difference is the encoding."""

    def __init__(self, contest, bin_folder, rates, repeats):
        self.contest, self.bin, self.rates, self.repeats = contest, bin_folder, rates, repeats
        self.scratch = os.path.join(contest.work, "copy.zarr")

    def least(self, *command):
        """One run right behind the other: only the first takes memory that a virtual machine had given back to its host."""
        runs = [measure.run_all([command], [self.scratch], self.contest.threads, self.contest.log) for _ in range(self.repeats)]
        return min(run.seconds for run in runs)

    def check(self, path):
        return self.least(os.path.join(self.bin, "levin-check"), path, "-q")

    def copy(self, path):
        meta, names = metadata(path), "tzyx"
        codec = "none" if meta["compressor"] is None else "zstd:1"
        with open(os.path.join(path, ".zattrs"), encoding="utf-8") as file:
            names = json.load(file).get("_ARRAY_DIMENSIONS", names)
        option = ",".join(f"{name}={size}" for name, size in zip(names, meta["chunks"]))
        return self.least(os.path.join(self.bin, "levin-copy"), path, self.scratch, "--chunks", option, "--zarr-format", "2",
                            "--codec", codec, "-q")

    def decode_and_encode(self, source, results):
        compressed = metadata(results[0])["compressor"] is not None
        if source and compressed and raw_bytes(results[0]) == raw_bytes(source):
            return self.copy(results[0])
        large = [path for path in results if raw_bytes(path) > 1 << 22]
        return (self.check(source) if source else 0.0) + sum(max(0.0, self.copy(path) - self.check(path)) for path in large)

    def of(self, job):
        """levin's least time of runs right behind each other too."""
        source = self.contest.data[job.source] if job.source else None
        results = [path.format(out=self.contest.out(job, job.levin)) for path in job.levin.results]
        entry = Entry("levin", None)
        for _ in range(self.repeats):
            if not self.contest.run(job, job.levin, entry):
                return None
        floor = max(1e-3, self.decode_and_encode(source, results))
        raw_in = raw_bytes(source) if source else sum(map(raw_bytes, results))
        raw_out = sum(map(raw_bytes, results))
        stored_out = sum(map(measure.size_on_disk, results))
        stored_in = measure.size_on_disk(source) if source else raw_in
        return Floor(floor, min(run.seconds for run in entry.runs) / floor, (raw_in + raw_out) / self.rates["memcpy"],
                     stored_in / self.rates["read"] + stored_out / self.rates["write"], stored_in, stored_out, raw_in, raw_out)
