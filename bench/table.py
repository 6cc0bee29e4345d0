"""The results as Markdown."""
from statistics import median

from .codecs import CODECS, DISKS
from .growth import FACTORS

# What follows for levin's default, and why; to be held against the table whenever it is made anew.
DEFAULT = """\
levin's default is zstd:1. It is the one of the quick codecs that compresses everything: 8-bit images to some 60 % of what bitshuffle with lz4
leaves, photon noise nearly as fast as that, and every viewer of Zarr opens it. For 16-bit photon counts blosc with bitshuffle stores a sixth less,
at the same speed with lz4 (`--codec blosc:5:lz4`) and at half of it with zstd (`--codec blosc:1`, for slow disks). Floats that are
mostly noise shrink by a tenth at most, and zstd:1 stores them as they are; where every byte counts, `--codec zstd:2` does not.""".splitlines()


def seconds(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def mega(value):
    return f"{value / 1e6:.0f}" if value >= 1e7 else f"{value / 1e6:.1f}"


def middle(runs, what):
    return median(getattr(run, what) for run in runs)


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def verdict(entry):
    ratio = median(entry.ratios)
    if entry.target is None:
        return ""
    if ratio >= entry.target:
        return f"{entry.target:g}: reached"
    return f"**{entry.target:g}: missed**, {ratio / entry.target:.2f} of it"


def ratio_cells(entry):
    if entry.error or not entry.ratios:
        return ["**error**", "", "", ""]
    spread = f"{min(entry.ratios):.2f} to {max(entry.ratios):.2f}, n = {len(entry.ratios)}"
    return [f"{median(entry.ratios):.2f}", spread, f"{median(entry.cpu_ratios):.2f}", verdict(entry)]


def ceiling(outcome, entry):
    """The ratio of a program that decodes the input, encodes the output and computes in no time."""
    if not outcome.floor or not entry.runs:
        return ""
    return f"{middle(entry.runs, 'seconds') / max(outcome.floor.copy, 1e-3):.1f}"


def ratio_table(outcomes):
    header = ["job", "peer", "peer time / levin time", "spread", "same for processor time", "target", "levin s", "peer s",
              "peer s / copy floor s"]
    rows = []
    for outcome in outcomes:
        for entry in outcome.peers:
            ours = seconds(middle(outcome.levin.runs, "seconds")) if outcome.levin.runs else "failed"
            theirs = seconds(middle(entry.runs, "seconds")) if entry.runs else "failed"
            rows.append([outcome.job.title, entry.name, *ratio_cells(entry), ours, theirs, ceiling(outcome, entry)])
    return markdown(header, rows)


def resource_table(outcomes):
    header = ["job", "who", "peak memory MB", "read MB", "written MB"]
    rows = []
    for outcome in outcomes:
        for entry in (outcome.levin, *outcome.peers):
            if entry.runs:
                rows.append([outcome.job.title, entry.name, *(mega(middle(entry.runs, what)) for what in ("peak", "read", "written"))])
    return markdown(header, rows)


def floor_table(outcomes):
    header = ["job", "levin s", "copy floor s", "levin / copy floor", "memcpy s", "files s", "raw MB in, out", "stored MB in, out"]
    rows = []
    for outcome in outcomes:
        floor, runs = outcome.floor, outcome.levin.runs
        if not floor or not runs:
            continue
        limit, distance = outcome.job.floor_limit, floor.distance
        mark = "" if limit is None else f" (at most {limit:g}: {'reached' if distance <= limit else '**missed**'})"
        rows.append([outcome.job.title, seconds(middle(runs, "seconds")), seconds(floor.copy), f"{distance:.2f}{mark}", f"{floor.memcpy:.2f}",
                     f"{floor.disk:.2f}", f"{mega(floor.raw_in)}, {mega(floor.raw_out)}",
                     f"{mega(floor.stored_in)}, {mega(floor.stored_out)}"])
    return markdown(header, rows)


def misses(outcomes):
    lines = []
    for outcome in outcomes:
        for entry in outcome.peers:
            if not entry.error and entry.ratios and entry.target and median(entry.ratios) < entry.target:
                lines.append(f"* {outcome.job.title}: {median(entry.ratios):.2f} times {entry.name}, target {entry.target:g}")
        floor, limit = outcome.floor, outcome.job.floor_limit
        if floor and limit and floor.distance > limit:
            lines.append(f"* {outcome.job.title}: {floor.distance:.2f} times the copy floor, at most {limit:g} wanted")
    return lines or ["None."]


def errors(outcomes):
    lines = []
    for outcome in outcomes:
        for entry in (outcome.levin, *outcome.peers):
            if entry.error:
                lines.append(f"* {outcome.job.title}, {entry.name}: {' '.join(entry.error.split())[:400]}")
    return lines or ["None: every result equals levin's."]


def notes(outcomes):
    lines = [f"* {outcome.job.title}: {outcome.job.note}" for outcome in outcomes if outcome.job.note]
    return lines + [f"* {outcome.job.title}, {entry.name}: {entry.remark}" for outcome in outcomes for entry in outcome.peers if entry.remark]


def growth_table(curves):
    rows = []
    for job, by_threads in curves.items():
        for count, values in by_threads.items():
            rows.append([job, count, *map(seconds, values), f"{values[-1] / values[0]:.2f}"])
    lines = markdown(["levin job", "threads", *(f"{factor}/8 s" for factor in FACTORS), "8/8 over 1/8"], rows)
    speedups = [[job, f"{by[min(by)][-1] / by[max(by)][-1]:.2f}"] for job, by in curves.items() if len(by) > 1]
    threads = max(max(by) for by in curves.values())
    return lines + ["", *markdown(["levin job", f"speed-up by {threads} threads, all of the movie"], speedups)]


def codec_tables(comparison):
    disks = [f"write and read again MB/s, disk of {disk / 1e6:.0f} MB/s" for disk in DISKS]
    header = ["codec", "ratio", "write MB/s", "read MB/s", *disks]
    lines, advice = [], []
    for title, rows in comparison["timed"].items():
        best = [max(row["behind"][i] for row in rows) for i in range(len(DISKS))]
        cells = [[row["codec"], f"{row['ratio']:.2f}", mega(row["write"]), mega(row["read"]),
                  *(f"**{mega(value)}**" if value == top else mega(value) for value, top in zip(row["behind"], best))] for row in rows]
        coded = [row for row in rows if row["codec"] != "none"]
        winners = [max(coded, key=lambda row: row["behind"][i])["codec"] for i in range(len(DISKS))]
        advice.append(f"* {title}: " + ", ".join(f"{codec} at {disk / 1e6:.0f} MB/s" for codec, disk in zip(winners, DISKS)))
        lines += ["", f"{title[0].upper()}{title[1:]}:", "", *markdown(header, cells)]
    recordings = [[title, *(f"{ratio:.2f}" for ratio in ratios)] for title, ratios in comparison["recordings"].items()]
    if recordings:
        lines += ["", "Ratio on real recordings:", "", *markdown(["recording", *CODECS], recordings)]
    return lines + ["", "The quickest way there and back that compresses at all:", "", *advice, "", *DEFAULT]


def micro_table(rows):
    cells = [[row["program"], row["name"], f"{row.get('microseconds', 0):.1f}", f"{row.get('items_per_second', 0) / 1e6:.0f}",
              f"{row.get('bytes_per_second', 0) / 1e9:.2f}"] for row in rows]
    return markdown(["program", "benchmark", "time us", "million items/s", "GB/s"], cells)
