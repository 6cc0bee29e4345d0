"""How the time grows with the data (1, 2, 4, 8 times an eighth of the movie) and falls with threads."""
import os

from . import measure

FACTORS = (1, 2, 4, 8)


def commands(bin_folder, rows):
    store = ["--zarr-format", "2", "--codec", "zstd:1", "-q"]

    def tool(name, *arguments):
        return [os.path.join(bin_folder, f"levin-{name}"), *arguments, *store]
    return {
        "toseries": lambda source, out: tool("toseries", source, out, "--block", f"y={min(64, rows)},x=64"),
        "median 3x3": lambda source, out: tool("filter", "median", source, out, "--size", "3", "--filter-axes", "yx", "--chunks", "t=20"),
        "mean over t": lambda source, out: tool("project", "mean", source, out, "--axis", "t"),
        "detrend": lambda source, out: tool("detrend", source, out, "--chunks", f"y={min(64, rows)},x=64"),
    }


def curves(contest, data, bin_folder, threads, repeats):
    """{job: {threads: [seconds for each factor]}}, the least of the repeats."""
    result = {}
    out = os.path.join(contest.work, "growth.zarr")
    for factor in FACTORS:
        source = data.growth(factor)
        measure.warm(source)
        for name, command in commands(bin_folder, data.side * factor // 8).items():
            for count in sorted({1, threads}):
                runs = [measure.run_all([command(source, out)], [out], count, contest.log) for _ in range(repeats)]
                result.setdefault(name, {}).setdefault(count, []).append(min(run.seconds for run in runs))
        print(f"-- growth: {factor}/8 of the movie", flush=True)
    measure.remove(out)
    return result
