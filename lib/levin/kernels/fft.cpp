#include "levin/kernels/fft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/kernels/fft_plan.hpp"

namespace levin::kernels {
namespace {

void check_forward(const FftOptions& options, Index n, DType input) {
    if (is_complex(input) || sample_dtype(input) != input)
        throw UsageError(fmt::format("the forward transform takes real series, not {}", name_of(input)));
    fft::check_window(options.window);
    if (options.real_imag_input) throw UsageError("pairs of real and imaginary parts are input of the inverse only");
    if (options.value != FftValue::coherence) {
        if (!options.frequencies.empty()) throw UsageError("frequencies are chosen with the value coherence only");
        return;
    }
    if (options.sides == FftSides::two) throw UsageError("coherence is of one side only");
    if (options.frequencies.empty()) throw UsageError("coherence needs at least one frequency");
    for (const Index f : options.frequencies)
        if (f < 0 || f >= n / 2)
            throw UsageError(
                fmt::format("frequency index {} is out of range: series of {} samples have 0 to {}", f, n, n / 2 - 1));
}

void check_inverse(const FftOptions& options, DType input) {
    if (compute_dtype(input) != input || options.real_imag_input == is_complex(input))
        throw UsageError(fmt::format("the inverse transform takes complex numbers or pairs of real ones, not {}{}",
                                     options.real_imag_input ? "pairs of " : "", name_of(input)));
    if (options.window != "none") throw UsageError("the inverse transform takes no window");
    if (!options.frequencies.empty()) throw UsageError("the inverse transform takes no frequencies");
    if (options.sides == FftSides::two && options.value != FftValue::complex && options.value != FftValue::real_imag)
        throw UsageError("the inverse of two-sided spectra is complex: write it as complex or real-imag");
}

/// Whether series of the type are transformed in single precision.
bool is_single(DType input) {
    return compute_dtype(input) == DType::float32 || compute_dtype(input) == DType::complex64;
}

std::unique_ptr<const Fft::Plan> make_plan(const FftOptions& options, Index n, DType input) {
    if (n < 1) throw UsageError("a Fourier transform needs at least one sample");
    if (n > std::numeric_limits<int>::max())
        throw UsageError(fmt::format("a Fourier transform of {} samples is beyond FFTW's limit of 2^31 - 1", n));
    options.inverse ? check_inverse(options, input) : check_forward(options, n, input);
    if (!options.inverse) return fft::make_forward(options, n, input);
    return is_single(input) ? fft::make_inverse<float>(options, n) : fft::make_inverse<double>(options, n);
}

/// Seconds from one sample to the next; 0 when the axis does not say.
double seconds(const Axis& time) {
    const auto factor = time.spacing > 0 ? unit_factor(time.unit, "s") : std::nullopt;
    return factor ? time.spacing * *factor : 0;
}

}  // namespace

FftValue parse_fft_value(std::string_view text) {
    if (text == "power") return FftValue::power;
    if (text == "amplitude") return FftValue::amplitude;
    if (text == "phase") return FftValue::phase;
    if (text == "complex") return FftValue::complex;
    if (text == "real-imag") return FftValue::real_imag;
    if (text == "coherence") return FftValue::coherence;
    throw UsageError(fmt::format(
        "unknown value '{}' of a transform; known are power, amplitude, phase, complex, real-imag and coherence",
        text));
}

FftSides parse_fft_sides(std::string_view text) {
    if (text == "one") return FftSides::one;
    if (text == "two") return FftSides::two;
    throw UsageError(fmt::format("a spectrum has one or two sides, not '{}'", text));
}

Fft::Fft(const FftOptions& options, Index n, DType input) : plan_(make_plan(options, n, input)) {
    const bool single = is_single(input);
    output_dtype_ = single ? DType::float32 : DType::float64;
    if (options.value == FftValue::complex && plan_->complex_values())
        output_dtype_ = single ? DType::complex64 : DType::complex128;
}
Fft::~Fft() = default;
Fft::Fft(Fft&&) noexcept = default;

Index Fft::input_length() const { return plan_->input_length(); }
Index Fft::output_length() const { return plan_->output_length(); }
Index Fft::output_components() const { return plan_->components(); }
std::size_t Fft::scratch_bytes() const { return plan_->scratch_bytes(); }

void Fft::operator()(const void* input, void* output, Index pixels, Buffer& scratch) const {
    scratch.reserve(plan_->scratch_bytes());
    plan_->run(input, output, pixels, scratch.data());
}

Index fft_bins(Index n, FftSides sides) { return sides == FftSides::one ? n / 2 + 1 : n; }

Axis frequency_axis(const Axis& time, Index n) {
    const double dt = seconds(time);
    if (dt == 0) return {"f", 0, ""};
    return {"f", 1 / (static_cast<double>(n) * dt), "Hz"};
}

Axis time_axis(const Axis& frequency, Index n) {
    if (frequency.spacing <= 0 || frequency.unit != "Hz") return {"t", 0, ""};
    return {"t", 1 / (static_cast<double>(n) * frequency.spacing), "s"};
}

Index parse_frequency(std::string_view text, const Axis& time, Index n) {
    const Quantity quantity = parse_quantity(text);
    if (quantity.unit.empty()) {
        if (quantity.value < 0 || quantity.value > static_cast<double>(n / 2) ||
            quantity.value != std::floor(quantity.value))
            throw UsageError(fmt::format(
                "'{}' is no frequency index of {} samples: expected a whole number from 0 to {}, or a value in Hz",
                text, n, n / 2));
        return static_cast<Index>(quantity.value);
    }
    const double hertz = quantity.unit == "Hz"    ? quantity.value
                         : quantity.unit == "mHz" ? quantity.value * 1e-3
                         : quantity.unit == "kHz" ? quantity.value * 1e3
                                                  : std::numeric_limits<double>::quiet_NaN();
    if (std::isnan(hertz))
        throw UsageError(
            fmt::format("frequency '{}': unknown unit '{}'; known are Hz, mHz and kHz", text, quantity.unit));
    const double dt = seconds(time);
    if (dt == 0)
        throw UsageError(fmt::format(
            "frequency '{}' needs the time between samples, which axis {} does not have: give --spacing {}=...s, or a "
            "frequency index",
            text, time.name, time.name));
    if (hertz < 0 || hertz > 0.5 / dt * (1 + 1e-9))
        throw UsageError(
            fmt::format("frequency '{}' is outside 0 to {} Hz, what samples every {} s can show", text, 0.5 / dt, dt));
    return std::min<Index>(n / 2, std::lround(hertz * static_cast<double>(n) * dt));
}

}  // namespace levin::kernels
