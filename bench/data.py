"""The inputs. Each is made once per scale, by levin itself or by make_foreign.py, and kept in the data folder."""
import math
import os
import subprocess
import sys

PLANES = 128
PLANES_CUT = 32
ROLLING_CUT = 64  # rows and columns for scipy's rolling percentile
BLOCK = 64
SEED = 1


class Data:
    """Paths by name, made when they are asked for the first time."""

    def __init__(self, folder, scale, frames, bin_folder):
        self.side = max(BLOCK, round(512 * math.sqrt(scale) / BLOCK) * BLOCK)
        self.bytes = 2 * frames * self.side**2  # of the movie
        self.folder = os.path.join(folder, f"{frames}x{self.side}x{self.side}")
        self.bin = bin_folder
        os.makedirs(self.folder, exist_ok=True)
        side, chunk = self.side, min(20, frames)
        volume = f"z=16,y={min(256, side)},x={min(256, side)}"
        self.makers = {
            "movie4d": lambda out: self.levin("synth", "fish", out, "--shape", f"t={frames},z=1,y={side},x={side}", "--seed", SEED),
            "movie": lambda out: self.copy("movie4d", "[z=0]", out, f"t={chunk},y={side},x={side}"),
            "movie_raw": lambda out: self.copy("movie", "", out, f"t={chunk},y={side},x={side}", codec="none"),
            "series": lambda out: self.levin("toseries", self["movie"], out, "--block", f"y={BLOCK},x={BLOCK}"),
            "series_cut": lambda out: self.copy("series", f"[y=0:{ROLLING_CUT},x=0:{ROLLING_CUT}]", out, f"t={frames},y=32,x=32"),
            "volume4d": lambda out: self.levin("synth", "fish", out, "--shape", f"t=1,z={PLANES},y={side},x={side}", "--seed", SEED),
            "volume": lambda out: self.copy("volume4d", "[t=0]", out, volume),
            "volume_cut": lambda out: self.copy("volume", f"[z=0:{PLANES_CUT}]", out, volume),
            "movie_nc": lambda out: self.foreign("netcdf", "movie", out),
            "volume_mif": lambda out: self.foreign("mif", "volume", out),
            "volume_cut_mif": lambda out: self.foreign("mif", "volume_cut", out),
            "centroids": lambda out: self.foreign("centroids", "series", out),
            "tiff_files": lambda out: self.foreign("tiff_files", "movie", out),
            "tiff_pages": lambda out: self.foreign("tiff_pages", "movie", out),
        }

    SUFFIX = {"movie_nc": ".nc", "volume_mif": ".mif", "volume_cut_mif": ".mif", "tiff_files": "", "tiff_pages": ".tif"}

    def __contains__(self, name):
        return name in self.makers

    def __getitem__(self, name):
        path = os.path.join(self.folder, name + self.SUFFIX.get(name, ".zarr"))
        if not os.path.exists(path):
            print(f"-- data: {os.path.basename(path)}", flush=True)
            partial = os.path.join(self.folder, "partial-" + os.path.basename(path))
            subprocess.run(["rm", "-rf", partial], check=True)
            self.makers[name](partial)
            os.rename(partial, path)
        return path

    def growth(self, factor):
        """The first rows of the movie: factor/8 of it."""
        name = f"rows{factor}of8"
        rows = self.side * factor // 8
        self.makers[name] = lambda out: self.copy("movie", f"[y=0:{rows}]", out, f"t=20,y={rows},x={self.side}")
        return self[name]

    def levin(self, tool, *arguments, codec="zstd:1"):
        """zstd:1 and Zarr v2, which levin, dask and zarr-python 2 all read."""
        command = [os.path.join(self.bin, f"levin-{tool}"), *map(str, arguments), "--zarr-format", "2", "--codec", codec, "-q"]
        subprocess.run(command, check=True)

    def copy(self, source, selection, out, chunks, codec="zstd:1"):
        self.levin("copy", self[source] + selection, out, "--chunks", chunks, codec=codec)

    def foreign(self, kind, source, out):
        subprocess.run([sys.executable, "-m", "bench.make_foreign", kind, self[source], out], check=True)
