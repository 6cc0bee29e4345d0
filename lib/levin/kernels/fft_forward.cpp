#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "levin/core/error.hpp"
#include "levin/kernels/fft_plan.hpp"

namespace levin::kernels::fft {
namespace {

/// w[t] = a0 - a1 cos(2 pi t / n) + a2 cos(4 pi t / n).
struct CosineWindow {
    double a0 = 1, a1 = 0, a2 = 0;
};

CosineWindow window_named(const std::string& name) {
    if (name == "none") return {};
    if (name == "hann") return {0.5, 0.5, 0};
    if (name == "hamming") return {0.54, 0.46, 0};
    if (name == "blackman") return {0.42, 0.5, 0.08};
    throw UsageError(fmt::format("unknown window '{}'; known are none, hann, hamming and blackman", name));
}

template <class T>
class ForwardPlan final : public Fft::Plan {
  public:
    using Complex = std::complex<T>;

    ForwardPlan(const FftOptions& chosen, Index length, DType input)
        : Plan(chosen, length), input_(input), half_(length / 2 + 1) {
        const CosineWindow w = n == 1 ? CosineWindow{} : window_named(options.window);
        flat_ = w.a1 == 0;
        window_.resize(static_cast<std::size_t>(n));
        for (Index t = 0; t < n; ++t) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(t) / static_cast<double>(n);
            window_[static_cast<std::size_t>(t)] = w.a0 - w.a1 * std::cos(angle) + w.a2 * std::cos(2 * angle);
        }
        const double terms[] = {w.a2 / 2, -w.a1 / 2, w.a0, -w.a1 / 2, w.a2 / 2};  // bins -2 .. 2
        for (Index k = -2; k <= 2; ++k) {
            const Index bin = ((k % n) + n) % n;
            if (bin < half_) window_bins_[bin] += static_cast<double>(n) * terms[k + 2];
        }
        Buffer memory(scratch_bytes());
        const std::lock_guard lock(planner());
        plan_ = Fftw<T>::plan_forward(static_cast<int>(n), rows(memory.data()), spectra(memory.data()));
    }
    ~ForwardPlan() override {
        const std::lock_guard lock(planner());
        Fftw<T>::destroy(plan_);
    }

    std::size_t scratch_bytes() const override {
        return static_cast<std::size_t>(lanes * (padded<T>(n) + 2 * padded<T>(half_))) * sizeof(T);
    }

    void run(const void* input, void* output, Index pixels, std::byte* scratch) const override {
        for (Index first = 0; first < pixels; first += lanes) {
            const Index width = std::min(lanes, pixels - first);
            const auto* tile = static_cast<const std::byte*>(input) + first * static_cast<Index>(size_of(input_));
            transform({tile, input_, pixels, width, n}, scratch);
            write(spectra(scratch), output, first, width, pixels);
        }
    }

  private:
    T* rows(std::byte* scratch) const { return reinterpret_cast<T*>(scratch); }
    Complex* spectra(std::byte* scratch) const {
        return reinterpret_cast<Complex*>(scratch + static_cast<std::size_t>(lanes * padded<T>(n)) * sizeof(T));
    }
    Index spectrum_stride() const { return padded<T>(half_); }

    void transform(const SeriesTile& tile, std::byte* scratch) const {
        double origin[lanes], mean[lanes];
        sum_from_origin(tile, origin, mean);
        for (Index w = 0; w < tile.width; ++w) mean[w] /= static_cast<double>(n);
        const Index length = padded<T>(n);
        centre(tile, origin, mean, window_.data(), scratch, length);
        for (Index w = 0; w < tile.width; ++w) {
            Complex* spectrum = spectra(scratch) + w * spectrum_stride();
            if (!std::isfinite(mean[w])) {
                constexpr T nan = std::numeric_limits<T>::quiet_NaN();
                std::fill_n(spectrum, half_, Complex(nan, nan));
                continue;
            }
            Fftw<T>::run(plan_, rows(scratch) + w * length, spectrum);
            if (flat_) spectrum[0] = 0;  // the mean is gone; what is left is rounding
            if (options.value == FftValue::coherence) continue;
            for (Index k = 0; k < std::min<Index>(3, half_); ++k)
                spectrum[k] += Complex(static_cast<T>((origin[w] + mean[w]) * window_bins_[k]));
        }
    }

    void write(const Complex* spectra, void* output, Index first, Index width, Index pixels) const {
        auto* real_out = static_cast<T*>(output) + first;
        const auto each = [&](auto&& put, Index from = 0) {
            for (Index f = from; f < bins; ++f)
                for (Index w = 0; w < width; ++w) {
                    const Complex* spectrum = spectra + w * spectrum_stride();
                    put(f, w, f < half_ ? spectrum[f] : std::conj(spectrum[n - f]));
                }
        };
        const T scale = T{2} / static_cast<T>(n);
        switch (options.value) {
            case FftValue::power:
                write_power(SpectraTile<T>{spectra, spectrum_stride(), width, std::min(half_, bins)}, real_out, pixels);
                return each([&](Index f, Index w, Complex x) { real_out[f * pixels + w] = std::norm(x); }, half_);
            case FftValue::amplitude:
                return each([&](Index f, Index w, Complex x) { real_out[f * pixels + w] = scale * std::abs(x); });
            case FftValue::phase:
                return each([&](Index f, Index w, Complex x) { real_out[f * pixels + w] = std::arg(x); });
            case FftValue::complex:
                return each(
                    [&](Index f, Index w, Complex x) { (static_cast<Complex*>(output) + first)[f * pixels + w] = x; });
            case FftValue::real_imag:
                return each([&](Index f, Index w, Complex x) {
                    real_out[2 * f * pixels + w] = x.real();
                    real_out[(2 * f + 1) * pixels + w] = x.imag();
                });
            case FftValue::coherence:
                for (Index w = 0; w < width; ++w)
                    write_coherence(spectra + w * spectrum_stride(), real_out + w, pixels);
        }
    }

    void write_coherence(const Complex* spectrum, T* out, Index pixels) const {
        double total = 0;
        for (Index k = 0; k < n / 2; ++k) total += std::norm(std::complex<double>(spectrum[k]));
        for (std::size_t i = 0; i < options.frequencies.size(); ++i) {
            const std::complex<double> x(spectrum[options.frequencies[i]]);
            double phase = -std::numbers::pi / 2 - std::arg(x);
            if (phase < 0) phase += 2 * std::numbers::pi;
            T* pair = out + 2 * static_cast<Index>(i) * pixels;
            pair[0] = static_cast<T>(total == 0 ? 0 : std::abs(x) / std::sqrt(total));
            pair[pixels] = x == 0.0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(phase);
        }
    }

    DType input_;
    Index half_;
    bool flat_ = true;
    std::vector<double> window_;
    double window_bins_[3] = {};  // the window's own transform, which is real and 0 elsewhere
    typename Fftw<T>::Plan plan_ = nullptr;
};

}  // namespace

void check_window(const std::string& name) { window_named(name); }

std::unique_ptr<const Fft::Plan> make_forward(const FftOptions& options, Index n, DType input) {
    if (compute_dtype(input) == DType::float64) return std::make_unique<ForwardPlan<double>>(options, n, input);
    return std::make_unique<ForwardPlan<float>>(options, n, input);
}

}  // namespace levin::kernels::fft
