"""Plots as SVG: python -m bench.plot FOLDER, which holds plot.json. A process of its own; see measure.py."""
import json
import os
import sys

import matplotlib
matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "levin"
from matplotlib import pyplot  # noqa: E402


def ratios(rows, path):
    """Median and spread of peer time / levin time, and the target."""
    figure, axes = pyplot.subplots(figsize=(9, 0.24 * len(rows) + 1.2))
    places = range(len(rows))
    low = [row["median"] - row["least"] for row in rows]
    high = [row["most"] - row["median"] for row in rows]
    reached = ["#3b6ea5" if row["target"] is None or row["median"] >= row["target"] else "#c0504d" for row in rows]
    axes.barh(places, [row["median"] for row in rows], xerr=[low, high], color=reached, error_kw={"elinewidth": 0.8})
    for place, row in zip(places, rows):
        if row["target"]:
            axes.plot([row["target"]] * 2, [place - 0.4, place + 0.4], color="black", linewidth=1.5)
    axes.set_yticks(list(places), [f"{row['job']}: {row['peer']}" for row in rows], fontsize=7)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.set_xlabel("peer time / levin time; black: target; red: target missed")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def growth(curves, path):
    figure, axes = pyplot.subplots(figsize=(6, 4))
    for color, (job, by_threads) in enumerate(curves.items()):
        for count, values in by_threads.items():
            label = f"{job}, {count} thread{'s' * (count != '1')}"
            axes.plot([1, 2, 4, 8], values, "o-" if count == "1" else "s--", color=f"C{color}", label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlabel("eighths of the movie")
    axes.set_ylabel("seconds")
    axes.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "plot.json"), encoding="utf-8") as file:
        content = json.load(file)
    if content["ratios"]:
        ratios(content["ratios"], os.path.join(folder, "ratios.svg"))
    if content["growth"]:
        growth(content["growth"], os.path.join(folder, "growth.svg"))


if __name__ == "__main__":
    main()
