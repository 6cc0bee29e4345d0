"""RESULTS.md from what was measured."""
from . import table

HOW = """\
Made by `scripts/bench`. Every job goes from store to store unless it says otherwise: same input store (Zarr v2, zstd:1), same codec, chunks and data
type of the output, same number of threads, whole processes from start to end. Results are compared first: exactly for integers and labels; for floats
|a - b| <= 1e-5 max(|b|, median |b|), for spectra with the mean in place of the median. A peer whose result differs is an error and has no ratio. levin and its peers run in turn (A B C A B C ...), the input in
the page cache for all of them, and what was written before is flushed before each run. A ratio is the peer's time over that of the levin run of the same
round; the table has the median and the spread. The last column is the ratio that a program would have which decodes the input, encodes the output and computes in no time (see the floor). Processor time is user + system. Memory is the largest resident size of any process of the run; bytes are those that passed
through read and write calls (mrfilter maps its files instead). cdo and ncra read NetCDF-4 with float32 and no compression, mrfilter reads its own format without compression: neither has a
codec to pay for. The times are of this machine on this day; only ratios and spreads are meant to be looked at.
"""

FLOOR = """\
The copy floor is levin decoding the input and encoding the output and nothing else: `levin copy` of the output where input and output have the same size,
else `levin check` of the input plus (`levin copy` less `levin check`) of the output. memcpy: raw bytes in and out at this machine's memcpy rate, threads as above.
Files: stored bytes read and written through the page cache by a plain loop.
"""


def machine_lines(machine, settings, rates):
    peers = ", ".join(f"{name} {version}" for name, version in machine["peers"].items())
    lines = [f"* {name}: {value}" for name, value in machine.items() if name != "peers"]
    lines += [f"* {name}: {value}" for name, value in settings.items()]
    if rates:
        lines += [f"* memcpy {rates['memcpy'] / 1e9:.1f} GB/s (read + written), files {rates['read'] / 1e9:.1f} GB/s from and {rates['write'] / 1e9:.1f} GB/s to the page"
                  f" cache, {rates['flushed'] / 1e9:.2f} GB/s to the disk with fsync"]
    return lines + [f"* peers (Debian packages): {peers}"]


def markdown(results):
    """results: machine, settings, rates, outcomes, and growth, codecs, micro where they were measured."""
    outcomes = results["outcomes"]
    lines = ["# levin and its peers", "", HOW, "## Machine and set-up", "", *machine_lines(results["machine"], results["settings"], results.get("rates"))]
    if outcomes:
        lines += ["", "## Ratios", "", "![ratios](ratios.svg)", "", *table.ratio_table(outcomes)]
        lines += ["", "### Targets missed", "", *table.misses(outcomes)]
        lines += ["", "### Errors", "", *table.errors(outcomes)]
        lines += ["", "### Notes", "", *table.notes(outcomes)]
        if any(outcome.floor for outcome in outcomes):
            lines += ["", "## Distance from the floor", "", FLOOR, *table.floor_table(outcomes)]
        lines += ["", "## Memory and bytes", "", *table.resource_table(outcomes)]
    if results.get("growth"):
        lines += ["", "## Growth", "", "An eighth, a quarter, a half and all of the movie's rows; least of the repeats.", "", "![growth](growth.svg)", "",
                  *table.growth_table(results["growth"])]
    if results.get("codecs"):
        lines += ["", "## Codecs", "", "`levin copy` from an uncompressed store (write) and `levin check` (read), raw bytes per second, least time of the repeats. The last columns: written "
                  "and read again behind a disk of that speed, where the slower of codec and disk counts; the best is bold.", *table.codec_tables(results["codecs"])]
    micro = results.get("micro", {})
    if micro.get("peers"):
        lines += ["", "## Kernels and their peers in memory", "", "One process, one thread, the same arrays; in brackets peer time / levin time.", "",
                  "```", *micro["peers"], "```"]
    if micro.get("rows"):
        lines += ["", "## Kernels in memory", "", "One thread.", "", *table.micro_table(micro["rows"])]
    return "\n".join(lines) + "\n"
