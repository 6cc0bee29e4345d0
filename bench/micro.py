"""The kernels' own benchmarks (CMake option LEVIN_BUILD_BENCH), where they have been built."""
import json
import os
import subprocess

from . import measure


def programs(build):
    folder = os.path.join(build, "bench")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths = [os.path.join(folder, name) for name in names]
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]


def run(build, threads):
    """[{program, name, microseconds, counters}]"""
    rows = []
    for program in programs(build):
        done = subprocess.run([program, "--benchmark_format=json"], capture_output=True, text=True, check=False,
                              env=measure.environment(threads))
        if done.returncode != 0:
            rows.append({"program": os.path.basename(program), "name": f"failed with status {done.returncode}"})
            continue
        for entry in json.loads(done.stdout)["benchmarks"]:
            unit = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}[entry["time_unit"]]
            known = ("items_per_second", "bytes_per_second")
            rows.append({"program": os.path.basename(program), "name": entry["name"], "microseconds": entry["real_time"] * unit,
                         **{key: entry[key] for key in known if key in entry}})
    return rows
