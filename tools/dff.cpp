// Relative fluorescence change against a baseline of the series' own.
#include "levin/kernels/dff.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "dff",
    .group = "Series",
    .summary = "relative fluorescence change dF/F",
    .description = {"Computes (F - F0) / (F0 + offset) for every series F, with the baseline F0 that --baseline names; "
                    "with --ratio F / (F0 + offset).",
                    "--offset is an absolute number in the data's units, 0 unless given (Thunder: 0.1). Windows take "
                    "samples (500) or times (60s, when t has a spacing). "
                    "Rolling windows cover [i - w//2, i - w//2 + w - 1] with edge values repeated; percentiles "
                    "interpolate linearly as numpy.percentile.",
                    "Where F0 or F0 + offset is 0 or less the result is NaN; how many series that hit is said on "
                    "standard error. NaN samples are left out of baselines and stay NaN.",
                    "The result is float32 (float64 for input wider than 16-bit integers or float32), in series "
                    "layout; input in images layout is transposed on the way."},
    .examples = {{"levin dff series.zarr dff.zarr --baseline percentile:20 --offset 0.1", "Thunder's normalisation"},
                 {"levin dff series.zarr dff.zarr --baseline rolling-percentile:8:60s",
                  "a baseline that follows bleaching"},
                 {"levin dff series.zarr dff.zarr --baseline maximin:10:60s --baseline-out f0.zarr",
                  "suite2p's baseline, kept"}},
    .see_also = {"detrend", "kmeans", "numpy.percentile"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    kernels::DffOptions dff;
    std::string baseline = "percentile:20", baseline_out;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output);
    parser.group("");
    parser.option(options.baseline, "--baseline", "BASELINE", "what F0 is")
        .shows({{"percentile:Q", "percentile Q of the series"},
                {"mean"},
                {"median"},
                {"frames:A:B", "mean of frames A to B-1"},
                {"rolling-percentile:Q:W", "percentile Q in a window of W"},
                {"rolling-mean:W"},
                {"median-window:W"},
                {"maximin:SIGMA:W", "Gaussian, then rolling minimum, then rolling maximum"}});
    parser.option(options.dff.offset, "--offset", "V", "added to F0 in the denominator, in the data's units");
    parser.flag(options.dff.ratio, "--ratio", "F / (F0 + offset) instead of (F - F0) / (F0 + offset)");
    parser.option(options.baseline_out, "--baseline-out", "STORE", "write F0 to this store too")
        .path()
        .outside_history();
    parser.check([&options] {
        const auto resolved = [](const std::string& path) { return std::filesystem::weakly_canonical(path); };
        if (!options.baseline_out.empty() && resolved(options.baseline_out) == resolved(options.output.path))
            throw UsageError(
                fmt::format("--baseline-out {} is the output itself; name another store for F0", options.baseline_out));
    });
    cli::add_execution(parser, options.execution);
}

/// F0: shaped as the result, or without time, in chunks that match the result's.
engine::ResultInfo baseline_result(const engine::Output& output, const engine::ResultInfo& result, std::size_t series,
                                   bool varies) {
    engine::ResultInfo baseline = result;
    baseline.info.chunks = output.units().cell();
    if (varies) return baseline;
    baseline.info.shape.erase(baseline.info.shape.begin() + static_cast<std::ptrdiff_t>(series));
    baseline.info.axes.erase(baseline.info.axes.begin() + static_cast<std::ptrdiff_t>(series));
    baseline.info.chunks.erase(baseline.info.chunks.begin() + static_cast<std::ptrdiff_t>(series));
    baseline.whole.clear();
    return baseline;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const ArrayInfo& info = input->info();
    const std::string axis = engine::series_axis(*input);
    const std::size_t series = require_axis(info.axes, axis);
    const DType dtype = compute_dtype(info.dtype);
    if (is_complex(dtype))
        throw UsageError(fmt::format("{} is {}: dff takes real series", input->name(), name_of(info.dtype)));
    kernels::DffOptions how = options.dff;
    how.baseline = kernels::parse_baseline(options.baseline, info.axes[series], info.shape[series]);
    const kernels::Dff dff(how, info.shape[series]);

    const engine::ResultInfo result = engine::series_like(info, dtype);
    engine::Output output(execution, options.output, result);
    engine::Outputs outputs{&output};
    std::optional<engine::Output> baseline;
    if (!options.baseline_out.empty()) {
        engine::OutputOptions where = options.output;
        where.path = options.baseline_out;
        where.chunks.clear(), where.dtype.clear();
        where.shards = "none";
        outputs.push_back(
            &baseline.emplace(execution, where, baseline_result(output, result, series, dff.baseline_varies())));
    }

    std::vector<Buffer> scratch(static_cast<std::size_t>(execution.threads()));
    std::atomic<Index> floored{0};
    engine::map_series(execution, *input, axis, outputs, {kernels::sample_dtype(info.dtype), dff.scratch_bytes()},
                       [&](const engine::Block& block) {
                           const View* f0 = block.out.size() > 1 ? &block.out[1] : nullptr;
                           floored += dff(block.in, block.out[0], f0, scratch[static_cast<std::size_t>(block.thread)]);
                       });
    for (engine::Output* each : outputs) each->publish();
    if (floored > 0)
        execution.progress().note(
            fmt::format("{} series have a baseline of 0 or less somewhere; the result is NaN there (--offset lifts F0 "
                        "+ offset only)",
                        floored.load()));
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
