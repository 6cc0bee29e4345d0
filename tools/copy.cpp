// Copies an array: a selection, other chunks, another codec, dtype or Zarr version. Everything is in the shared
// options.
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "copy",
    .group = "Layout",
    .summary = "copy a selection, rechunk, recompress, convert",
    .description = {"Copies INPUT, or the part that a selection names, to OUTPUT with the chunks, codec, data type and "
                    "Zarr version asked for. "
                    "Values do not change unless --dtype says so: then they are rounded to nearest, and a value out of "
                    "range is refused, or clipped with "
                    "--clip; nothing ever wraps.",
                    "Without --chunks the layout of the input is kept, in chunks of about 8 MiB."},
    .examples = {{"levin copy a.zarr b.zarr --chunks t=64,y=256,x=256 --codec blosc", "other chunks, another codec"},
                 {"levin copy 'a.zarr[t=0:100,z=1]' part.zarr", "the first 100 time points of plane 1"},
                 {"levin copy old.zarr new.zarr --zarr-format 3 --shards y=512,x=512", "Zarr v2 to v3, sharded"},
                 {"levin copy a.zarr - --codec zstd | ssh node levin filter median - out.zarr --size 3",
                  "to another machine"},
                 {"tar c -C a.zarr zarr.json c | levin copy - b.zarr --no-trailer", "from a tar of a store's files"},
                 {"levin copy a.zarr npy:- | gzip >a.npy.gz", "NumPy's format into a pipe"}},
    .see_also = {"toseries", "toimages", "export", "levin-array(5)"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_output(parser, options.output);
    cli::add_execution(parser, options.execution);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    engine::write_rechunked(execution, *input, options.output, engine::result_like(input->info(), input->info().dtype));
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
