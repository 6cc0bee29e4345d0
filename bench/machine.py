"""What the numbers were measured on: processor, memory, disk, versions. No host name."""
import os
import re
import subprocess

PACKAGES = ("python3-dask", "python3-zarr", "python3-numcodecs", "python3-numpy", "python3-scipy", "python3-sklearn", "python3-opencv",
            "python3-pandas", "python3-tifffile", "cdo", "nco", "mrtrix3", "libvips-tools", "libopenblas0-pthread")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def first(pattern, text, default="?"):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else default


def contents(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def vector_units(flags):
    known = ("sse4_2", "avx2", "avx512f", "avx512bw", "asimd", "sve")
    return ", ".join(name for name in known if name in flags.split())


def disk_of(folder):
    device = output("findmnt", "-n", "-o", "SOURCE", "-T", folder)
    kind = output("findmnt", "-n", "-o", "FSTYPE", "-T", folder)
    virtual = re.match(r"/dev/(vd|xvd)", device)
    rotating = output("lsblk", "-n", "-d", "-o", "ROTA", device)
    name = "virtual disk" if virtual else {"0": "solid state", "1": "rotating disk"}.get(rotating, "unknown disk")
    return f"{name}, {kind}"


def versions():
    lines = output("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n", *PACKAGES).splitlines()
    return {words[0]: words[1] for words in map(str.split, lines) if words[-1] == "installed"}


def describe(folder, bin_folder, root):
    cpu = contents("/proc/cpuinfo")
    model = first(r"^model\s*: (.*)", cpu)
    memory = int(first(r"MemTotal:\s*(\d+)", contents("/proc/meminfo"), "0"))
    return {
        "processor": first(r"^(?:model name|Model)\s*:\s*(.*)", cpu) +
        f", family {first('^cpu family.*: (.*)', cpu)} model {model}",
        "vector units": vector_units(first(r"^(?:flags|Features)\s*:\s*(.*)", cpu, "")),
        "cores": len(os.sched_getaffinity(0)),
        "virtual machine": "yes" if "hypervisor" in cpu else "no",
        "memory": f"{memory / 2**20:.0f} GiB",
        "disk": disk_of(folder),
        "system": first(r'^PRETTY_NAME="?([^"\n]*)', contents("/etc/os-release")) + ", Linux " + os.uname().release.split("-")[0],
        "levin": output(os.path.join(bin_folder, "levin"), "--version").splitlines()[0] +
        ", " + output("git", "-C", root, "rev-parse", "--short", "HEAD"),
        "load before": contents("/proc/loadavg").split(" ", 1)[0],
        "peers": versions(),
    }
