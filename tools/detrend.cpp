// Removes a least-squares trend from every series.
#include "levin/kernels/detrend.hpp"

#include <fmt/format.h>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;
using kernels::DetrendKeep;

const cli::Manual manual{
    .name = "detrend",
    .group = "Series",
    .summary = "remove a trend from every series",
    .description = {"Fits a polynomial to each series by least squares and subtracts it. constant removes the mean, "
                    "linear a line (both as scipy.signal.detrend), polynomial "
                    "one of --order N on an orthogonal basis, so that high orders stay exact.",
                    "--keep mean puts the mean back; --keep intercept the trend's value at the first sample, which is "
                    "Thunder's result.",
                    "NaN samples are no data: the fit uses the others, and NaN stays NaN. A series with fewer samples "
                    "than coefficients gives NaN. A constant series gives "
                    "exactly 0. The result is float32 (float64 for input wider than 16-bit integers or float32), in "
                    "series layout; input in images layout is transposed on the way."},
    .examples = {{"levin detrend series.zarr flat.zarr", "subtract the best line"},
                 {"levin detrend series.zarr flat.zarr --type polynomial --order 5 --keep mean",
                  "a slow drift, keeping the level"}},
    .see_also = {"dff", "fft", "scipy.signal.detrend"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    kernels::DetrendOptions detrend;
    std::optional<int> order;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output);
    parser.remove("--order");  // of headerless input: here the word means the polynomial's degree
    parser.group("");
    parser.option(options.detrend.type, "--type", "TYPE", "what to fit")
        .one_of({{"linear", "a line"}, {"constant", "the mean"}, {"polynomial", "of degree --order"}});
    parser.option(options.order, "--order", "N", "degree of polynomial")
        .defaults_to(fmt::format("{}", options.detrend.order));
    parser.option(options.detrend.keep, "--keep", "WHAT",
                  {{"none", DetrendKeep::none, "nothing"},
                   {"mean", DetrendKeep::mean, "the mean"},
                   {"intercept", DetrendKeep::intercept, "the trend's first value"}},
                  "what to put back afterwards");
    parser.check([&options] {
        if (options.order && options.detrend.type != "polynomial") throw UsageError("--order is for --type polynomial");
        if (options.order && *options.order < 0)
            throw UsageError(fmt::format("--order {}: must be at least 0", *options.order));
        options.detrend.order = options.order.value_or(options.detrend.order);
    });
    cli::add_execution(parser, options.execution);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const ArrayInfo& info = input->info();
    const std::string axis = engine::series_axis(*input);
    const DType dtype = compute_dtype(info.dtype);
    if (is_complex(dtype))
        throw UsageError(fmt::format("{} is {}: detrend takes real series", input->name(), name_of(info.dtype)));
    const kernels::Detrend detrend(options.detrend, info.shape[require_axis(info.axes, axis)]);
    engine::Output output(execution, options.output, engine::series_like(info, dtype));

    std::vector<Buffer> scratch(static_cast<std::size_t>(execution.threads()));
    engine::map_series(execution, *input, axis, {&output}, {kernels::sample_dtype(info.dtype), detrend.scratch_bytes()},
                       [&](const engine::Block& block) {
                           detrend(block.in, block.out[0], scratch[static_cast<std::size_t>(block.thread)]);
                       });
    output.publish();
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
