// From series back to images: the inverse of toseries.
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "toimages",
    .group = "Layout",
    .summary = "rewrite time series as whole images",
    .description = {"Writes the same values in images layout: each chunk holds whole frames (tiles of 1024 pixels "
                    "where a frame is larger than 8 MiB) "
                    "and few time points. This is what filters and viewers read best."},
    .examples = {{"levin toimages flat.zarr frames.zarr", "whole frames, about 8 MiB per chunk"},
                 {"levin toimages flat.zarr frames.zarr --chunks t=1", "one frame per chunk and time point"}},
    .see_also = {"toseries", "copy", "levin-array(5)"},
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
    engine::ResultInfo result = engine::result_like(input->info(), input->info().dtype);
    result.layout = engine::Layout::images;
    engine::write_rechunked(execution, *input, options.output, result);
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
