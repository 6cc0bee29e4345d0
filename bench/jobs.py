"""What is compared: each job with levin's commands and those of its peers. {name} stands for an input of data.py, {out} for a folder."""
from dataclasses import dataclass, field

LABELS = "labels"
FLOAT = "float"
SPECTRUM = "spectrum"
EXACT = "exact"
RESULT = "{out}/r.zarr"


@dataclass
class Contender:
    name: str
    commands: list
    results: list = field(default_factory=lambda: [RESULT])
    target: float | None = None  # what the ratio peer / levin should at least be
    crop: tuple = ()  # samples left out of the comparison at both ends of each axis, where the peer's border rule differs


@dataclass
class Job:
    name: str
    title: str
    source: str  # the input whose decoding belongs to the floor; "" where it is no store
    kind: str
    levin: Contender
    peers: list
    note: str = ""
    floor_limit: float | None = None  # levin's time / floor should at most be


def levin(*commands, results=None):
    return Contender("levin", [list(command) for command in commands], results or [RESULT])


def tool(name, *arguments, codec="zstd:1"):
    return ["{levin}-" + name, *map(str, arguments), "--zarr-format", "2", "--codec", codec, "-q", "{memory}"]


def python(job, *arguments, codec="zstd:1"):
    return ["{python}", "-m", "bench.peers", codec, job, *map(str, arguments)]


def dask(job, source, *arguments, target=None, name="dask", crop=(), codec="zstd:1"):
    return Contender(name, [python(job, source, RESULT, *arguments, codec=codec)], target=target, crop=crop)


def shell(name, *commands, results, target=None, crop=()):
    return Contender(name, [list(map(str, command)) for command in commands], results, target, crop)


def cdo(operators, name="cdo", target=None):
    commands = [["cdo", "-s", "-b", "F32", op, "{movie_nc}", f"{{out}}/{op}.nc"] for op in operators]
    return shell(name, *commands, results=[f"{{out}}/{op}.nc" for op in operators], target=target)


def ncra(operation, target=None):
    return shell("ncra", ["ncra", "-O", "-y", operation, "-v", "movie", "{movie_nc}", "{out}/r.nc"], results=["{out}/r.nc"], target=target)


def project(name, title, statistic, peers, source="{movie}", axis="t", kind=FLOAT, results=None, note=""):
    return Job(name, title, source.strip("{}"), kind, levin(tool("project", statistic, source, RESULT, "--axis", axis), results=results),
               peers, note)


def series_jobs():
    blocks = ["--chunks", "y=64,x=64"]
    block = ["--block", "y=64,x=64"]
    fft = ["--value", "power"]
    return [
        Job("toseries", "images to series: chunks (20,y,x) to (t,64,64)", "movie", EXACT,
            levin(tool("toseries", "{movie}", RESULT, *block)),
            [dask("toseries", "{movie}", target=2)], floor_limit=1.3),
        Job("toseries-small", "images to series, levin with --memory 96M", "movie", EXACT,
            levin([*tool("toseries", "{movie}", RESULT, *block)[:-1], "--memory", "96M"]), [dask("toseries", "{movie}")]),
        Job("fft", "FFT power of series, float32", "series", SPECTRUM, levin(tool("fft", "{series}", RESULT, *fft, *blocks)),
            [dask("fft", "{series}", target=2.5), dask("fft_float32", "{series}", name="dask, scipy.fft float32")]),
        Job("blog", "images to series, FFT, power", "movie", SPECTRUM,
            levin(["bash", "-c", "set -o pipefail; '{levin}-toseries' '{movie}' - --block y=64,x=64 -q | "
                   "'{levin}-fft' - " + RESULT + " --value power --chunks y=64,x=64 --zarr-format 2 --codec zstd:1 -q"]),
            [dask("blog", "{movie}", target=2)], note="levin: two commands in a pipe; dask: one graph"),
        Job("blog-store", "the same, a store between levin's commands", "movie", SPECTRUM,
            levin(tool("toseries", "{movie}", "{out}/s.zarr", *block), tool("fft", "{out}/s.zarr", RESULT, *fft, *blocks)),
            [dask("blog", "{movie}")]),
        Job("blog-direct", "the same by one levin command", "movie", SPECTRUM, levin(tool("fft", "{movie}", RESULT, *fft, *blocks)),
            [dask("blog", "{movie}")]),
        Job("detrend", "linear detrend of series", "series", FLOAT, levin(tool("detrend", "{series}", RESULT, *blocks)),
            [dask("detrend", "{series}", name="dask, scipy.signal.detrend", target=15), cdo(["detrend"])]),
        Job("polynomial", "polynomial detrend, order 5", "series", FLOAT,
            levin(tool("detrend", "{series}", RESULT, "--type", "polynomial", "--order", 5, *blocks)),
            [dask("polynomial", "{series}", 5, name="dask, numpy lstsq", target=5)]),
        Job("dff", "dF/F, percentile 20", "series", FLOAT, levin(tool("dff", "{series}", RESULT, "--baseline", "percentile:20", *blocks)),
            [dask("dff", "{series}", 20, name="dask, numpy percentile")]),
        Job("dff-rolling", "dF/F, rolling percentile 8:501, 64 x 64 pixels", "series_cut", FLOAT,
            levin(tool("dff", "{series_cut}", RESULT, "--baseline", "rolling-percentile:8:501", "--chunks", "y=32,x=32")),
            [dask("rolling_scipy", "{series_cut}", 8, 501, name="dask, scipy percentile_filter", target=20),
             dask("rolling_pandas", "{series_cut}", 8, 501, name="dask, pandas rolling")],
            note="window 501, where SciPy's rank and NumPy's interpolated percentile are the same number; cut for SciPy's sake"),
        Job("kmeans", "k-means, k = 10, 20 Lloyd iterations", "series", LABELS,
            levin(tool("kmeans", "{series}", "{out}/r", "--clusters", 10, "--init", "{centroids}", "--max-iter", 20, "--tol", 0),
                  results=["{out}/r/labels"]),
            [Contender(f"scikit-learn {algorithm}",
                       [python("kmeans", "{series}", RESULT, "{centroids}", algorithm, 20)], target=3)
             for algorithm in ("lloyd", "elkan")]),
    ]


def uncompressed_jobs():
    """Encoding these results costs more than making them: the same jobs without."""
    blocks = ["--chunks", "y=64,x=64"]
    scipy = dict(codec="none", name="dask, scipy")
    return [
        Job("fft-raw", "FFT power of series, output not compressed", "series", SPECTRUM,
            levin(tool("fft", "{series}", RESULT, "--value", "power", *blocks, codec="none")), [dask("fft", "{series}", codec="none")]),
        Job("detrend-raw", "linear detrend of series, output not compressed", "series", FLOAT,
            levin(tool("detrend", "{series}", RESULT, *blocks, codec="none")),
            [dask("detrend", "{series}", target=15, **scipy), cdo(["detrend"], target=15)]),
        Job("gaussian2d-raw", "Gaussian, sigma 2, per frame, output not compressed", "movie", FLOAT,
            levin(tool("filter", "gaussian", "{movie}", RESULT, "--sigma", 2, "--filter-axes", "yx", "--chunks", "t=20", codec="none")),
            [dask("gaussian", "{movie}", 2, **scipy)]),
        Job("median3x3-raw", "median 3x3 per frame, output not compressed", "movie", EXACT,
            levin(tool("filter", "median", "{movie}", RESULT, "--size", 3, "--filter-axes", "yx", "--chunks", "t=20", codec="none")),
            [dask("median", "{movie}", 3, target=15, **scipy)]),
    ]


def project_jobs():
    both = [cdo(["timmean", "timstd", "timmin", "timmax"], name="cdo, four runs")]
    return [
        project("mean", "mean over t", "mean", [dask("mean", "{movie}", target=1.3), cdo(["timmean"]), ncra("avg")]),
        project("std", "std over t", "std", [dask("std", "{movie}", target=4), cdo(["timstd"])]),
        project("max", "max over t", "max", [dask("maximum", "{movie}", target=1.3), cdo(["timmax"]), ncra("max")],
                kind=EXACT),
        project("trace", "mean over y,x", "mean", [dask("trace", "{movie}", target=1.3)], axis="y,x"),
        project("several", "mean, std, min and max over t, one pass", "mean,std,min,max", [dask("several", "{movie}"), *both],
                results=[f"{RESULT}/{name}" for name in ("mean", "std", "min", "max")]),
        project("median", "median over t", "median", [dask("median_t", "{series}", target=5)], source="{series}"),
        project("percentile", "percentile 10 over t", "percentile:10",
                [dask("percentile_t", "{series}", 10, name="dask, numpy percentile", target=5)], source="{series}"),
        project("mean-raw", "mean over t, input not compressed", "mean", [cdo(["timmean"], target=1.3), ncra("avg", 1.3)], source="{movie_raw}"),
        project("std-raw", "std over t, input not compressed", "std", [cdo(["timstd"], target=4)], source="{movie_raw}"),
        project("max-raw", "max over t, input not compressed", "max", [cdo(["timmax"], target=1.3), ncra("max", 1.3)], source="{movie_raw}",
                kind=EXACT),
    ]


def several_peers_have_groups(jobs):
    for job in jobs:
        for peer in job.peers:
            if len(peer.results) != len(job.levin.results):
                peer.results = list(job.levin.results)
    return jobs


def filter_2d(size):
    name, half = f"{size}x{size}", size // 2
    vips = ["vips", "rank", "{tiff_pages}[n=-1]", "{out}/r.tif[page_height={side}]", str(size), str(size), str(size * size // 2)]
    return Job(f"median{name}", f"median {name} per frame", "movie", EXACT,
               levin(tool("filter", "median", "{movie}", RESULT, "--size", size, "--filter-axes", "yx", "--chunks", "t=20")),
               [dask("median", "{movie}", size, name="dask, scipy", target=15),
                dask("median_opencv", "{movie}", size, name="dask, OpenCV", crop=(0, half, half)),
                *([shell("vips rank, TIFF", vips, results=["{out}/r.tif"], crop=(0, half, half))] if size == 3 else [])],
               note="OpenCV and vips have other border rules: compared without the border")


def filter_3d(size, volume):
    name, half = f"{size}x{size}x{size}", size // 2
    mrfilter = ["mrfilter", "-quiet", "-nthreads", "{threads}", f"{{{volume}_mif}}", "median", "{out}/r.mif",
                "-extent", f"{size},{size},{size}"]
    return Job(f"median{name}", f"median {name} of a volume", volume, EXACT,
               levin(tool("filter", "median", f"{{{volume}}}", RESULT, "--size", size, "--filter-axes", "zyx",
                          "--chunks", "z=16,y=256,x=256")),
               [dask("median3d", f"{{{volume}}}", size, name="dask, scipy", target=20),
                shell("mrfilter", mrfilter, results=["{out}/r.mif"], target=20, crop=(half, half, half))],
               note="mrfilter has another border rule: compared without the border")


def filter_jobs():
    smooth = ["mrfilter", "-quiet", "-nthreads", "{threads}", "{volume_mif}", "smooth", "{out}/r.mif", "-stdev", "3", "-extent", "25"]
    return [
        filter_2d(3), filter_2d(5), filter_3d(3, "volume"), filter_3d(5, "volume_cut"),
        Job("gaussian2d", "Gaussian, sigma 2, per frame", "movie", FLOAT,
            levin(tool("filter", "gaussian", "{movie}", RESULT, "--sigma", 2, "--filter-axes", "yx", "--chunks", "t=20")),
            [dask("gaussian", "{movie}", 2, name="dask, scipy", target=4), dask("gaussian_opencv", "{movie}", 2, name="dask, OpenCV")]),
        Job("gaussian3d", "Gaussian, sigma 3, of a volume", "volume", FLOAT,
            levin(tool("filter", "gaussian", "{volume}", RESULT, "--sigma", "3px", "--filter-axes", "zyx", "--chunks", "z=16,y=256,x=256")),
            [dask("gaussian3d", "{volume}", 3, name="dask, scipy", target=4),
             shell("mrfilter", smooth, results=["{out}/r.mif"], target=4, crop=(12, 12, 12))],
            note="mrfilter has another border rule: compared without the border"),
    ]


def ingest_jobs():
    return [
        Job("ingest-files", "ingest 1000 one-page TIFFs", "", EXACT, levin(tool("ingest", "{tiff_files}", RESULT, "--chunks", "t=20")),
            [dask("files", "{tiff_files}", name="tifffile, zarr", target=2)]),
        Job("ingest-pages", "ingest one TIFF of 1000 pages", "", EXACT,
            levin(tool("ingest", "{tiff_pages}", RESULT, "--pages", "t", "--chunks", "t=20")),
            [dask("pages_loop", "{tiff_pages}", name="tifffile, zarr", target=2),
             dask("pages", "{tiff_pages}", name="tifffile aszarr, dask", target=2)]),
    ]


def pipe_jobs():
    """Steps joined by a pipe, against the same steps through a store on disk."""
    last = "--zarr-format 2 --codec zstd:1 -q"
    pipeline = ("set -o pipefail; '{levin}-filter' median '{movie}' - --size 3 --chunks t=20 -q | "
                "'{levin}-project' std - '{out}/r.zarr' --axis t " + last)
    between = "{out}/between.zarr"
    return [
        Job("pipe", "median 3x3, then std over t, in a pipe", "movie", FLOAT, levin(["bash", "-c", pipeline]),
            [Contender("levin, through a store", [tool("filter", "median", "{movie}", between, "--size", 3, "--chunks", "t=20"),
                                                  tool("project", "std", between, RESULT, "--axis", "t")]),
             Contender("levin, uncompressed store", [tool("filter", "median", "{movie}", between, "--size", 3, "--chunks", "t=20", codec="none"),
                                                     tool("project", "std", between, RESULT, "--axis", "t")])]),
    ]


def all_jobs():
    return several_peers_have_groups(series_jobs() + project_jobs() + filter_jobs() + ingest_jobs() + uncompressed_jobs() + pipe_jobs())
