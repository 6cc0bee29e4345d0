"""The kernels alone, in memory, where the CMake option LEVIN_BUILD_BENCH built them: Google Benchmark, and peers in one process."""
import json
import os
import subprocess
import sys

from . import measure

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "micro", "peers.py")


def built(build):
    folder = os.path.join(build, "bench")
    paths = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names if name.startswith(("bench_", "libbench_"))]
    programs = [path for path in paths if os.access(path, os.X_OK) and not path.endswith(".so")]
    return sorted(programs), [path for path in paths if path.endswith("bench_peers.so")]


def output(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=measure.environment(1))
    return done.returncode, done.stdout, done.stderr


def benchmarks(program):
    status, text, _ = output([program, "--benchmark_format=json"])
    if status != 0:
        return [{"program": os.path.basename(program), "name": f"failed with status {status}"}]
    rows = []
    for entry in json.loads(text)["benchmarks"]:
        unit = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}[entry["time_unit"]]
        known = ("items_per_second", "bytes_per_second")
        rows.append({"program": os.path.basename(program), "name": entry["name"], "microseconds": entry["real_time"] * unit,
                     **{key: entry[key] for key in known if key in entry}})
    return rows


def run(build):
    """rows: [{program, name, microseconds, counters}]; peers: lines of text. Empty where nothing has been built."""
    programs, libraries = built(build)
    rows = [row for program in programs for row in benchmarks(program)]
    lines = []
    for library in libraries:
        status, text, errors = output([sys.executable, PEERS, library])
        lines += text.splitlines() + ([f"failed with status {status}: {errors[-500:]}"] if status else [])
    return {"rows": rows, "peers": lines}
