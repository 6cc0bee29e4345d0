"""RESULTS.md from what was measured."""
from . import table

HOW = """\
Made by `scripts/bench`. Every job goes from store to store unless it says otherwise: the same input store (Zarr v2, zstd:1), the same codec, chunks
and data type of the output, the same number of threads, whole processes from start to end.

* Results are compared before there is a ratio: exactly for integers; labels but for one in ten thousand,
  where the two algorithms of scikit-learn differ from each other, and what differs is noted; for floats |a - b| <= 1e-5 max(|b|, median |b|), for spectra with
  the mean in place of the median, b the peer's. A peer whose result differs is listed as an error and has no ratio.
* levin and its peers run in turn (A B C A B C ...) with the input in the page cache for all of them; what was written before is flushed before
  each run. A ratio is the peer's time over that of levin's run in the same round: median, and least to most of the rounds.
* Processor time is user + system. Memory is the largest resident size of any process of the run. Bytes are those that passed through read and
  write calls, Python's own files among them; mrfilter and vips map their files instead.
* The last column of the ratios is what a program would reach that decodes the input, encodes the output and computes in no time (see the floor).
* levin's zstd:1 is libzstd's, but that it makes no effort which saves less than an eighth of a chunk, where ZFS draws the line too. It looks for no matches
  in photon noise, whose chunks are written more than 2 times and read 1.5 times as fast for 2 to 3 % more bytes, and stores blocks of float32 noise as
  they are, for 7 to 9 % more. All read such chunks, as levin wrote the input; the stored bytes of both are below.
* cdo and ncra read NetCDF-4 with float32, mrfilter its own format and vips TIFF, none of them compressed: they have no codec to pay for. Targets
  are for the rows "not compressed", where levin has none to pay for either; in the others it decodes 500 MB that cdo and ncra find decoded.
* Before each run free memory is filled with cached zeros, as it is full of cached files on any machine in use: a virtual machine may give free memory back
  to its host, and whoever runs next pays for it.
* The times are of this machine and this day; only ratios and their spread are meant to be looked at.
"""

FLOOR = """\
The copy floor is levin decoding the input and encoding the output and nothing else: `levin copy` of the output where input and output have the
same size, else `levin check` of the input plus (`levin copy` less `levin check`) of the output. The distance is that of the
least times of levin and of the copy, each run several times in a row. memcpy: raw bytes in and out at this machine's
memcpy rate, threads as above. Files: stored bytes read and written through the page cache by a plain loop.
"""

GROWTH = "An eighth, a quarter, a half and all of the movie's rows; least of the repeats."

CODECS = """\
`levin copy` from an uncompressed store (write) and `levin check` (read), raw bytes per second, least time of the repeats. The last columns: written
and read again behind a disk of that speed, where the slower of codec and disk counts; the best is bold."""


BUSY = "* **The machine was not idle** (load {before} before and {after} after, {cores} cores): take the ratios as rough, and repeat the run."


def machine_lines(machine, settings, rates):
    peers = ", ".join(f"{name} {version}" for name, version in machine["peers"].items())
    lines = [f"* {name}: {value}" for name, value in machine.items() if name != "peers"]
    lines += [f"* {name}: {value}" for name, value in settings.items()]
    before = machine["load before"]
    if float(before) > 0.5:
        lines.append(BUSY.format(before=before, after=machine.get("load after", "?"), cores=machine["cores"]))
    if rates:
        giga = {name: f"{rate / 1e9:.2f} GB/s" for name, rate in rates.items()}
        lines += [f"* memcpy {giga['memcpy']} (read + written), files {giga['read']} from and {giga['write']} to the page cache, "
                  f"{giga['flushed']} to the disk with fsync",
                  f"* `levin copy STORE - | levin copy - -`, uncompressed: {giga['pipe']}"]
    return lines + [f"* peers (Debian packages): {peers}"]


def jobs_section(outcomes):
    lines = ["## Ratios", "", "![ratios](ratios.svg)", "", *table.ratio_table(outcomes)]
    lines += ["", "### Targets missed", "", *table.misses(outcomes)]
    lines += ["", "### Errors", "", *table.errors(outcomes)]
    lines += ["", "### Notes", "", *table.notes(outcomes)]
    if any(outcome.floor for outcome in outcomes):
        lines += ["", "## Distance from the floor", "", FLOOR, *table.floor_table(outcomes)]
    return lines + ["", "## Memory and bytes", "", *table.resource_table(outcomes)]


def micro_section(micro):
    lines = []
    if micro["peers"]:
        lines += ["## Kernels and their peers in memory", "", "One process, one thread, the same arrays; in brackets peer time / levin time.",
                  "", "```", *micro["peers"], "```", ""]
    if micro["rows"]:
        lines += ["## Kernels in memory", "", "One thread.", "", *table.micro_table(micro["rows"])]
    return lines


def markdown(results):
    """results: machine, settings, rates, outcomes, and growth, codecs, micro where they were measured."""
    parts = [["# levin and its peers", "", HOW, "## Machine and set-up", "",
              *machine_lines(results["machine"], results["settings"], results.get("rates"))]]
    if results["outcomes"]:
        parts.append(jobs_section(results["outcomes"]))
    if results.get("growth"):
        parts.append(["## Growth", "", GROWTH, "", "![growth](growth.svg)", "", *table.growth_table(results["growth"])])
    if results.get("codecs"):
        parts.append(["## Codecs", "", CODECS, *table.codec_tables(results["codecs"])])
    if results.get("micro"):
        parts.append(micro_section(results["micro"]))
    return "\n\n".join("\n".join(lines).rstrip("\n") for lines in parts) + "\n"
