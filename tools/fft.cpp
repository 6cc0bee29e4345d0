// Fourier transform of every series, with numpy.fft's conventions.
#include "levin/kernels/fft.hpp"

#include <fmt/format.h>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/map.hpp"
#include "levin/kernels/versions.hpp"

namespace {

using namespace levin;
using kernels::FftSides;
using kernels::FftValue;

const cli::Manual manual{
    .name = "fft",
    .group = "Series",
    .summary = "Fourier transform of every series",
    .description = {"Transforms each series with numpy.fft's conventions: unnormalised forward, bin k of n at "
                    "frequency k / (n dt). Axis t becomes axis f, with its spacing in Hz "
                    "when t has one in a unit of time. One-sided spectra have n//2 + 1 bins.",
                    "--value power is |X|^2, amplitude 2|X|/n, phase arg X; complex is X, real-imag the same as an "
                    "axis c of 2, which viewers can show.",
                    "--value coherence --frequency F gives Thunder's pair as axis c of 2: the coherence A[f] / "
                    "sqrt(sum A^2) with A = 2|X|/n of the series less its mean over the "
                    "bins 0 to n/2 - 1, and the phase -(pi/2) - arg X[f], plus 2 pi if negative. F is a bin, or a "
                    "frequency such as 0.5Hz; one F drops axis f, several keep it.",
                    "A series with NaN has no spectrum: NaN throughout. A constant series has coherence 0 and phase "
                    "NaN. --inverse goes from complex (or real-imag) spectra back to series.",
                    "The result is float32 (float64 or complex128 for input wider than 16-bit integers or float32), in "
                    "series layout; input in images layout is transposed on the way."},
    .examples = {{"levin fft flat.zarr power.zarr --value power", "power spectra"},
                 {"levin fft flat.zarr map.zarr --value coherence --frequency 0.5Hz",
                  "how strongly, and when, each pixel follows a 0.5 Hz stimulus"},
                 {"levin fft spectra.zarr series.zarr --inverse", "back to time"}},
    .libraries = kernels::library_versions(),
    .see_also = {"detrend", "project", "numpy.fft"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    kernels::FftOptions fft;
    FftSides sides = FftSides::one;
    std::vector<std::string> frequencies;
    Index samples = 0;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output);
    parser.group("");
    parser.option(options.fft.value, "--value", "VALUE",
                  {{"power", FftValue::power, "|X|^2"},
                   {"amplitude", FftValue::amplitude, "2|X|/n"},
                   {"phase", FftValue::phase, "arg X"},
                   {"complex", FftValue::complex, "X"},
                   {"real-imag", FftValue::real_imag, "X as an axis c of 2"},
                   {"coherence", FftValue::coherence, "coherence and phase at --frequency, as an axis c of 2"}},
                  "what to write; for --inverse complex or real-imag, what two-sided spectra give");
    parser.option(options.frequencies, "--frequency", "F", "bins, or frequencies such as 0.5Hz, for coherence");
    parser.option(options.fft.window, "--window", "WINDOW", "taper, as scipy.signal.get_window's periodic ones")
        .one_of({{"none"}, {"hann"}, {"hamming"}, {"blackman"}});
    parser.option(options.sides, "--sides", "SIDES",
                  {{"one", FftSides::one, "n//2 + 1 bins"}, {"two", FftSides::two, "n bins"}},
                  "bins to write, or to expect for --inverse");
    parser.flag(options.fft.inverse, "--inverse", "from spectra to series");
    parser.option(options.samples, "--samples", "N", "samples of the series that --inverse of one-sided spectra gives")
        .defaults_to("2 (bins - 1)");
    parser.check([&options] {
        const bool coherence = options.fft.value == FftValue::coherence;
        if (coherence && options.fft.inverse)
            throw UsageError("--inverse goes from complex or real-imag spectra; coherence cannot be inverted");
        if (coherence && options.frequencies.empty())
            throw UsageError("--value coherence needs --frequency, a bin or a value such as 0.5Hz");
        if (!coherence && !options.frequencies.empty()) throw UsageError("--frequency is for --value coherence");
        if (!options.fft.inverse && options.samples != 0) throw UsageError("--samples is for --inverse");
        if (options.samples < 0) throw UsageError(fmt::format("--samples {}: must be at least 1", options.samples));
    });
    cli::add_execution(parser, options.execution);
}

/// What one run transforms, worked out from the input's axes.
struct Task {
    kernels::FftOptions fft;
    std::string axis;   ///< of the input that is transformed
    Index samples = 0;  ///< of a series
    DType block = DType::float32;
    Axis result_axis;
};

Task forward_task(const Options& options, const ArraySource& input) {
    const ArrayInfo& info = input.info();
    Task task{options.fft, "t", 0, kernels::sample_dtype(info.dtype), {}};
    const std::size_t t = require_axis(info.axes, "t");
    task.samples = info.shape[t];
    if (is_complex(info.dtype))
        throw UsageError(fmt::format("{} is {}: the forward transform takes real series; use --inverse for spectra",
                                     input.name(), name_of(info.dtype)));
    for (const std::string& text : options.frequencies)
        task.fft.frequencies.push_back(kernels::parse_frequency(text, info.axes[t], task.samples));
    task.result_axis = kernels::frequency_axis(info.axes[t], task.samples);
    return task;
}

Task inverse_task(const Options& options, const ArraySource& input) {
    const ArrayInfo& info = input.info();
    Task task{options.fft, "f", options.samples, compute_dtype(info.dtype), {}};
    const std::size_t f = require_axis(info.axes, "f");
    task.fft.real_imag_input = !is_complex(info.dtype);
    if (task.fft.real_imag_input) {
        const auto c = find_axis(info.axes, "c");
        if (!c || info.shape[*c] != 2)
            throw UsageError(
                fmt::format("{}: --inverse takes complex spectra, or pairs along an axis c of 2; found {} {}",
                            input.name(), name_of(info.dtype), to_string(info.shape)));
    }
    const Index bins = info.shape[f];
    if (task.samples == 0) task.samples = options.sides == FftSides::two ? bins : 2 * (bins - 1);
    if (kernels::fft_bins(task.samples, options.sides) != bins)
        throw UsageError(fmt::format("{} has {} bins: {} samples would give {}; say --samples or --sides", input.name(),
                                     bins, task.samples, kernels::fft_bins(task.samples, options.sides)));
    task.result_axis = kernels::time_axis(info.axes[f], task.samples);
    return task;
}

/// The result's axes: the transformed one in place of the input's, pairs as axis c after it.
engine::ResultInfo result_of(const kernels::Fft& fft, const Task& task, const ArraySource& input) {
    const ArrayInfo& info = input.info();
    const bool dropped = task.fft.value == FftValue::coherence && task.fft.frequencies.size() == 1;
    engine::ResultInfo result = engine::series_like(info, fft.output_dtype());
    result.whole.clear();
    result.info.shape.clear(), result.info.axes.clear();
    const auto push = [&](const Axis& axis, Index n, bool whole) {
        result.info.axes.push_back(axis), result.info.shape.push_back(n);
        if (whole) result.whole.push_back(axis.name);
    };
    for (std::size_t i = 0; i < info.rank(); ++i) {
        const std::string& name = info.axes[i].name;
        if (name == task.axis) {
            if (!dropped) push(task.result_axis, fft.output_length(), true);
            if (fft.output_components() == 2) push({"c", 0, ""}, 2, true);
        } else if (name == "c" && task.fft.real_imag_input) {
            continue;
        } else if (name == "c" && fft.output_components() == 2) {
            throw UsageError(
                fmt::format("{} has an axis c already, where the result needs one for its pairs; select a channel, "
                            "e.g. --select c=0",
                            input.name()));
        } else {
            push(info.axes[i], info.shape[i], false);
        }
    }
    return result;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    Task task = options.fft.inverse ? inverse_task(options, *input) : forward_task(options, *input);
    task.fft.sides = options.sides;
    const kernels::Fft fft(task.fft, task.samples, task.block);
    engine::Output output(execution, options.output, result_of(fft, task, *input));

    std::vector<Buffer> scratch(static_cast<std::size_t>(execution.threads()));
    engine::map_series(
        execution, *input, task.axis, {&output}, {task.block, fft.scratch_bytes()}, [&](const engine::Block& block) {
            const Index pixels = block.out[0].count() / (fft.output_length() * fft.output_components());
            fft(block.in.data, block.out[0].data, pixels, scratch[static_cast<std::size_t>(block.thread)]);
        });
    output.publish();
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
