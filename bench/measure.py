"""Runs commands and measures them: wall clock, processor time, peak memory, bytes through read and write calls.

This process must stay small: a child begins with the resident size of the process that started it, and the kernel counts that
into the child's peak. So nothing here or in the modules that call it imports NumPy; what needs it runs as a process of its own.
"""
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass


class CommandFailed(Exception):
    pass


@dataclass
class Run:
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0  # bytes
    read: int = 0
    written: int = 0

    def __add__(self, other):
        return Run(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak, other.peak),
                   self.read + other.read, self.written + other.written)


def environment(threads):
    """The same number of threads for everybody. Under dask the libraries get one each, as its manual says; see peers/common.py."""
    env = dict(os.environ, LC_ALL="C.UTF-8", BENCH_THREADS=str(threads), LEVIN_THREADS=str(threads))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "BLOSC_NTHREADS",
                 "VIPS_CONCURRENCY", "MRTRIX_NTHREADS"):
        env[name] = str(threads)
    return env


def _io_of(pid):
    """Bytes that passed through read and write calls of a process that has ended but was not yet waited for."""
    try:
        with open(f"/proc/{pid}/io", encoding="ascii") as lines:
            counts = dict(line.split(": ") for line in lines)
        return int(counts["rchar"]), int(counts["wchar"])
    except (OSError, KeyError):
        return 0, 0


def run(command, threads, log):
    """One command on as many cores as threads; its output goes to the file `log`."""
    cores = sorted(os.sched_getaffinity(0))[:threads]
    with open(log, "wb") as output:
        begin = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment(threads),
                                 preexec_fn=lambda: os.sched_setaffinity(0, cores))
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - begin
        read, written = _io_of(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        with open(log, errors="replace", encoding="utf-8") as output:
            tail = output.read()[-1500:]
        raise CommandFailed(f"exit status {child.returncode}: {' '.join(command)}\n{tail}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, read, written)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def run_all(commands, outputs, threads, log):
    """Commands one after the other, as one measurement. Old outputs go first, and what is still to be written back is waited for."""
    for path in outputs:
        remove(path)
    os.sync()
    total = Run()
    for command in commands:
        total += run(command, threads, log)
    return total


def warm(path):
    """Reads a file or a folder's files once, so that every contender finds the input in the page cache."""
    names = [path]
    if os.path.isdir(path):
        names = [os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files]
    for name in names:
        with open(name, "rb") as file:
            while file.read(1 << 22):
                pass


class FreeMemory:
    """Fills free memory with cached zeros of a sparse file, as it is full of cached files on any machine in use.

    A virtual machine may give free memory back to its host within seconds, and each page that is touched anew then costs more
    than computing on it: 1 to 3 s a GB here, by the host's mood, for whoever happens to run next. So nothing large stays free.
    """
    LEFT = 1 << 30  # bytes; the kernel keeps hundreds of megabytes free
    MORE = 1 << 29  # read below that, so that what the kernel frees next has just been in use

    def __init__(self, folder):
        total = self.meminfo("MemTotal")
        self.size, self.at, self.buffer = 2 * total, 0, bytearray(1 << 20)
        with tempfile.TemporaryFile(dir=folder) as file:
            self.file = os.dup(file.fileno())
        os.truncate(self.file, self.size)

    @staticmethod
    def meminfo(name):
        with open("/proc/meminfo", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(name + ":")) * 1024

    def fill(self):
        more = self.MORE
        for _ in range(self.size // len(self.buffer)):
            if self.meminfo("MemFree") < self.LEFT:
                more -= len(self.buffer)
            if more < 0:
                return
            os.preadv(self.file, [self.buffer], self.at)
            self.at = (self.at + len(self.buffer)) % (self.size - self.size % len(self.buffer))


def size_on_disk(path):
    if not os.path.isdir(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, files in os.walk(path) for name in files)
