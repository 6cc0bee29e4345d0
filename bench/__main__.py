"""Compares levin with its peers: see scripts/bench."""
import argparse
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from statistics import median

from . import codecs, growth, machine, measure, micro, report
from .contest import Contest
from .data import Data
from .floors import Floors, machine_rates
from .jobs import all_jobs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = ("jobs", "floor", "growth", "codecs", "micro")


def options():
    parser = argparse.ArgumentParser(
        prog="bench", description="Compares levin with what people use otherwise; writes RESULTS.md, results.json and plots.")
    parser.add_argument("--no-setup", action="store_true", help="install and build nothing")
    parser.add_argument("--scale", type=float, default=1.0,
                        help="size of the data; 1 is a movie of 1000 x 512 x 512, others have smaller or larger frames [1]")
    parser.add_argument("--frames", type=int, default=1000, metavar="N", help="of the movie; for trials [1000]")
    parser.add_argument("--jobs", default="", metavar="REGEX", help="only the jobs whose name matches")
    parser.add_argument("--peers", default="", metavar="REGEX", help="only the peers whose name matches")
    parser.add_argument("--no-plot", action="store_true", help="write the tables only")
    parser.add_argument("--list", action="store_true", help="name the jobs and end")
    parser.add_argument("--parts", default=",".join(PARTS), help="what to measure [%(default)s]")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="rounds of each job [3]")
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))), metavar="N", help="for everybody [2]")
    parser.add_argument("--memory", default="", metavar="SIZE", help="--memory of levin's commands")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), metavar="DIR", help="levin's build folder")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "bench"), metavar="DIR", help="data, scratch and results")
    return parser.parse_args()


def row_of(outcome, entry):
    return {"job": outcome.job.name, "title": outcome.job.title, "peer": entry.name, "target": entry.target, "error": entry.error,
            "ratios": entry.ratios, "cpu_ratios": entry.cpu_ratios, "worst": entry.worst, "runs": [asdict(run) for run in entry.runs]}


def say(outcome):
    for entry in outcome.peers:
        if entry.error or not entry.ratios:
            print(f"{outcome.job.name:16s} {entry.name:28s} ERROR {(entry.error or outcome.levin.error)[:300]}", flush=True)
            continue
        target = f"target {entry.target:g}" if entry.target else ""
        spread = f"({min(entry.ratios):.2f} to {max(entry.ratios):.2f})"
        print(f"{outcome.job.name:16s} {entry.name:28s} {median(entry.ratios):7.2f} {spread}, cpu {median(entry.cpu_ratios):.2f}; levin "
              f"{outcome.levin.runs[-1].seconds:.2f} s {target}", flush=True)


def hold_jobs(chosen, contest, floors, repeats):
    for job in chosen:
        outcome = contest.hold(job, repeats)
        if floors and outcome.levin.runs and not outcome.levin.error:
            outcome.floor = floors.of(job)
        contest.clean(job)
        say(outcome)
        yield outcome


def write(folder, results, with_plot):
    outcomes = results["outcomes"]
    rows = [row_of(outcome, entry) for outcome in outcomes for entry in (outcome.levin, *outcome.peers)]
    floors = {outcome.job.name: asdict(outcome.floor) for outcome in outcomes if outcome.floor}
    with open(os.path.join(folder, "results.json"), "w", encoding="utf-8") as file:
        json.dump({**results, "outcomes": rows, "floors": floors}, file, indent=1)
    with open(os.path.join(folder, "RESULTS.md"), "w", encoding="utf-8") as file:
        file.write(report.markdown(results))
    bars = [{"job": row["job"], "peer": row["peer"], "target": row["target"], "median": median(row["ratios"]), "least": min(row["ratios"]),
             "most": max(row["ratios"])} for row in rows if row["ratios"] and not row["error"]]
    with open(os.path.join(folder, "plot.json"), "w", encoding="utf-8") as file:
        json.dump({"ratios": bars, "growth": results.get("growth")}, file)
    if with_plot:
        subprocess.run([sys.executable, "-m", "bench.plot", folder], check=True)


def start_of_python(contest):
    runs = [measure.run([sys.executable, "-m", "bench.peers", "none", "nothing"], contest.threads, contest.log) for _ in range(3)]
    return f"{min(run.seconds for run in runs):.2f} s"


def main():
    given = options()
    chosen = [job for job in all_jobs() if re.search(given.jobs, job.name)]
    for job in chosen:
        job.peers = [peer for peer in job.peers if re.search(given.peers, peer.name)]
    if given.list:
        print("\n".join(f"{job.name:14s} {job.title}" for job in chosen))
        return 0
    folder, bin_folder, parts = os.path.abspath(given.out), os.path.join(os.path.abspath(given.build), "bin"), given.parts.split(",")
    data = Data(os.path.join(folder, "data"), given.scale, given.frames, bin_folder)
    contest = Contest(data, os.path.join(folder, "work"), bin_folder, given.threads, given.memory)
    results = {"machine": machine.describe(folder, bin_folder, ROOT),
               "settings": {"movie": f"{given.frames} x {data.side} x {data.side} uint16 with photon noise", "threads": given.threads,
                            "memory given to levin": given.memory or "its default", "rounds": given.repeats}}
    results["settings"]["start of Python with dask and SciPy, part of every such run"] = start_of_python(contest)
    floors = None
    if "floor" in parts:
        results["rates"] = machine_rates(contest.work, given.threads, bin_folder)
        floors = Floors(contest, bin_folder, results["rates"], given.repeats)
    results["outcomes"] = []
    for outcome in hold_jobs(chosen if "jobs" in parts else [], contest, floors, given.repeats):
        results["outcomes"].append(outcome)
        write(folder, results, False)  # what has been measured outlives an interruption
    if "growth" in parts:
        results["growth"] = growth.curves(contest, data, bin_folder, given.threads, given.repeats)
    if "codecs" in parts:
        results["codecs"] = codecs.Comparison(contest, data, bin_folder, given.repeats).rows()
    if "micro" in parts:
        results["micro"] = micro.run(os.path.abspath(given.build))
    results["machine"]["load after"] = machine.contents("/proc/loadavg").split(" ", 1)[0]
    write(folder, results, not given.no_plot)
    print(f"-- {os.path.join(folder, 'RESULTS.md')}")
    return 1 if any(entry.error for outcome in results["outcomes"] for entry in (outcome.levin, *outcome.peers)) else 0


sys.exit(main())
