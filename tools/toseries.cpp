// From images to series: the transposition that lets every later tool read whole time series chunk by chunk. The work
// is engine::rechunk; this tool only chooses the chunks.
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "toseries",
    .group = "Layout",
    .summary = "rewrite images as time series per pixel",
    .description = {"Writes the same values in series layout: each chunk holds the whole time axis of a small block of "
                    "pixels. Axis order does not change, only "
                    "chunking does, so the store stays an image that every Zarr viewer opens.",
                    "Every output chunk needs every input chunk. With the default codec, chunks of 1 MiB or more and "
                    "none of them in shards, the output's chunks grow while the input is read, once, some frames at a "
                    "time: that takes about a thirtieth of the array in memory. Otherwise memory decides how often the "
                    "input is read: once when --memory holds the array; two or three times, in bands of blocks, when "
                    "it nearly does; else once, through an uncompressed copy of the array in $TMPDIR (/var/tmp unless "
                    "set), which goes when the run ends, however it ends. --dry-run tells."},
    .examples = {{"levin toseries clean.zarr series.zarr", "blocks of about 8 MiB"},
                 {"levin ingest 'frames/*.tif' - --axes tyx | levin filter median - - --size 3 | levin toseries - "
                  "series.zarr",
                  "in one go, with nothing else on disk"},
                 {"levin toseries clean.zarr series.zarr --block y=32,x=32 --memory 4G",
                  "small blocks, in at most 4 GiB"}},
    .see_also = {"toimages", "copy", "detrend", "levin-array(5)"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    std::string block;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_output(parser, options.output);
    parser.remove("--chunks");
    parser.group("");
    parser
        .option(options.block, "--block", "AXIS=N,...",
                "pixels per chunk, e.g. y=64,x=64; the other axes but time default to 1")
        .defaults_to("about 8 MiB");
    cli::add_execution(parser, options.execution);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    engine::series_axis(*input);
    engine::OutputOptions chunked = options.output;
    chunked.chunks = options.block;
    engine::write_rechunked(execution, *input, chunked, engine::series_like(input->info(), input->info().dtype));
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
