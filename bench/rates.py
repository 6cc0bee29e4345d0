"""Rates of this machine as JSON: python -m bench.rates FOLDER THREADS BIN. memcpy counts bytes read plus bytes written; the pipe
is one levin that streams a store without compression, and another that reads the stream and writes it again."""
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

SIZE = 256 << 20


def best(function, repeats=3):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return min(times)


def memcpy(threads):
    parts = [(np.ones(SIZE // threads, "u1"), np.zeros(SIZE // threads, "u1")) for _ in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return 2 * SIZE / best(lambda: list(pool.map(lambda part: np.copyto(part[1], part[0]), parts)))


def file_rates(folder):
    """Written and flushed to the disk; through the page cache; read from the page cache."""
    path, block = os.path.join(folder, "rates.bin"), np.random.default_rng(1).bytes(8 << 20)

    def write(flush):
        with open(path, "wb", buffering=0) as file:
            for _ in range(SIZE // len(block)):
                file.write(block)
            if flush:
                os.fsync(file.fileno())

    def read():
        buffer = bytearray(len(block))
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
    answer = {"flushed": SIZE / best(lambda: write(True), 2), "write": SIZE / best(lambda: write(False)), "read": SIZE / best(read)}
    os.remove(path)
    return answer


def pipe(folder, bin_folder):
    store, copy = os.path.join(folder, "rates.zarr"), os.path.join(bin_folder, "levin-copy")
    shutil.rmtree(store, ignore_errors=True)
    subprocess.run([os.path.join(bin_folder, "levin-synth"), "random", store, "--shape", "t=128,y=1024,x=512",
                    "--codec", "none", "-q"], check=True)
    line = f"{shlex.quote(copy)} {shlex.quote(store)} - -q | {shlex.quote(copy)} - - -q"
    rate = SIZE / best(lambda: subprocess.run(["bash", "-o", "pipefail", "-c", line], stdout=subprocess.DEVNULL, check=True))
    shutil.rmtree(store)
    return rate


if __name__ == "__main__":
    print(json.dumps({"memcpy": memcpy(int(sys.argv[2])), **file_rates(sys.argv[1]), "pipe": pipe(sys.argv[1], sys.argv[3])}))
