// Spatial (and temporal) filters: the engine cuts the array into blocks with a halo, the kernel filters one block.
#include "levin/kernels/filter.hpp"

#include <fmt/format.h>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/axis_values.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"

namespace {

using namespace levin;
using kernels::FilterKind;

const cli::Manual manual{
    .name = "filter",
    .group = "Images",
    .summary = "median, Gaussian and other window filters",
    .description = {"Replaces every element by a function of the window around it. Numbers are those of scipy.ndimage: "
                    "a window of size s covers [i - s//2, i - s//2 + s "
                    "- 1], the median of an even count is the element of rank n//2, a Gaussian ends at 4 sigma. "
                    "median, min and max keep the data type; the others "
                    "give float32 and do not round between passes.",
                    "A single --size or --sigma holds for the axes in --filter-axes; AXIS=VALUE pairs name their axes "
                    "themselves. laplace is the sum of second "
                    "differences over --filter-axes; sobel is scipy's signed derivative for one axis and the "
                    "gradient's magnitude for several.",
                    "NaN is no data: it is left out of the window, and the result is NaN only where the whole window "
                    "is NaN; --nan propagate gives NaN wherever the "
                    "window holds one, as SciPy does."},
    .examples = {{"levin filter median fish.zarr clean.zarr --size 3", "3 x 3 median of every frame"},
                 {"levin filter median fish.zarr clean.zarr --size z=1,y=3,x=3", "the same, said axis by axis"},
                 {"levin filter gaussian bone.zarr smooth.zarr --sigma 1.3um --filter-axes zyx",
                  "a Gaussian in micrometres, in 3-D"},
                 {"levin filter uniform series.zarr slow.zarr --size t=5", "a running mean along time"}},
    .see_also = {"project", "dff", "scipy.ndimage"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    FilterKind kind = FilterKind::median;
    std::string size, sigma, mode = "reflect", axes;
    bool nan_propagate = false;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional(options.kind, "KIND",
                      {{"median", FilterKind::median, "middle value of the window"},
                       {"gaussian", FilterKind::gaussian, "weights exp(-d^2 / 2 sigma^2)"},
                       {"uniform", FilterKind::uniform, "mean of the window"},
                       {"min", FilterKind::min, "smallest value"},
                       {"max", FilterKind::max, "largest value"},
                       {"laplace", FilterKind::laplace, "sum of second differences"},
                       {"sobel", FilterKind::sobel, "edges"}},
                      "which filter");
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output);
    parser.group("");
    parser.option(options.size, "--size", "N|AXIS=N,...",
                  "window, in samples or with a unit (3, 5um, z=1,y=3,x=3); 0 or 1 leaves an axis alone");
    parser.option(options.sigma, "--sigma", "S|AXIS=S,...",
                  "standard deviation of gaussian, in samples or with a unit (2, 1.3um, y=2,x=2)");
    parser.option(options.mode, "--mode", "MODE", "how the array continues beyond its edges")
        .shows({{"reflect", "d c b a | a b c d | d c b a"},
                {"nearest", "a a a a | a b c d | d d d d"},
                {"mirror", "d c b | a b c d | c b a"},
                {"wrap", "a b c d | a b c d | a b c d"},
                {"constant[:V]", "V V V V | a b c d | V V V V; V is 0 unless given"}});
    parser.option(options.axes, "--filter-axes", "AXES", "axes along which to filter, e.g. yx, zyx or t")
        .defaults_to("yx");
    parser.option(
        options.nan_propagate, "--nan", "POLICY",
        {{"exclude", false, "leave NaN out of the window"}, {"propagate", true, "NaN wherever the window holds one"}},
        "what NaN does");
    parser.check([&options] {
        const bool gaussian = options.kind == FilterKind::gaussian,
                   differences = options.kind == FilterKind::laplace || options.kind == FilterKind::sobel;
        const std::string kind(kernels::name_of(options.kind));
        if (gaussian && options.sigma.empty()) throw UsageError("gaussian needs --sigma, e.g. --sigma 2");
        if (gaussian && !options.size.empty()) throw UsageError("gaussian takes --sigma, not --size");
        if (!gaussian && !options.sigma.empty())
            throw UsageError("--sigma is for gaussian; " + kind + (differences ? " takes neither" : " takes --size"));
        if (differences && !options.size.empty())
            throw UsageError(kind + " has a window of 3 along --filter-axes; --size does not apply");
        if (!gaussian && !differences && options.size.empty()) throw UsageError(kind + " needs --size, e.g. --size 3");
        const std::string& window = gaussian ? options.sigma : options.size;
        if (!options.axes.empty() && window.find('=') != std::string::npos)
            throw UsageError(fmt::format("{} {} names its axes itself; leave out --filter-axes",
                                         gaussian ? "--sigma" : "--size", window));
    });
    cli::add_execution(parser, options.execution);
}

kernels::FilterOptions kernel_options(const Options& options, const Axes& axes) {
    kernels::FilterOptions filter;
    filter.kind = options.kind;
    filter.border = parse_border(options.mode);
    filter.nan_propagate = options.nan_propagate;
    const std::string& window = options.kind == FilterKind::gaussian ? options.sigma : options.size;
    std::vector<std::size_t> chosen;
    if (window.find('=') == std::string::npos)
        chosen = engine::axis_list(options.axes.empty() ? "yx" : options.axes, "--filter-axes", axes);
    if (options.kind == FilterKind::gaussian) {
        filter.sigma = engine::axis_values(options.sigma, "--sigma", axes, chosen, 0);
    } else if (!options.size.empty()) {
        filter.size = engine::axis_counts(options.size, "--size", axes, chosen, 1);
    } else {
        filter.size.assign(axes.size(), 1);
        for (const std::size_t axis : chosen) filter.size[axis] = 3;
    }
    return filter;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const ArrayInfo& info = input->info();
    const kernels::Filter filter(kernel_options(options, info.axes), info.dtype, info.rank());
    const kernels::Halo& halo = filter.halo();
    engine::Output output(execution, options.output,
                          engine::result_like(info, kernels::filter_output_dtype(options.kind, info.dtype)));

    Dims padded = output.units().cell();
    for (std::size_t i = 0; i < padded.size(); ++i) padded[i] += halo.before[i] + halo.after[i];
    std::vector<Buffer> scratch(static_cast<std::size_t>(execution.threads()));
    engine::map_overlap(execution, *input, {&output}, {halo.before, halo.after}, parse_border(options.mode),
                        {filter.input_dtype(), filter.scratch_bytes(padded)},
                        [&](const engine::Block& block, const engine::Margins& outside) {
                            filter(block.in, block.out[0], {outside.before, outside.after},
                                   scratch[static_cast<std::size_t>(block.thread)]);
                        });
    output.publish();
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
