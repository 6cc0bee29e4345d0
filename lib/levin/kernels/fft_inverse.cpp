#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/kernels/fft_plan.hpp"

namespace levin::kernels::fft {
namespace {

/// Out is T (one-sided spectra) or std::complex<T> (two-sided ones).
template <class T, class Out>
class InversePlan final : public Fft::Plan {
  public:
    using Complex = std::complex<T>;

    InversePlan(const FftOptions& chosen, Index length) : Plan(chosen, length) {
        Buffer memory(scratch_bytes());
        const std::lock_guard lock(planner());
        plan_ = Fftw<T>::plan_inverse(static_cast<int>(n), spectra(memory.data()), rows(memory.data()));
    }
    ~InversePlan() override {
        const std::lock_guard lock(planner());
        Fftw<T>::destroy(plan_);
    }

    std::size_t scratch_bytes() const override {
        return static_cast<std::size_t>(lanes) * (static_cast<std::size_t>(padded<Complex>(bins)) * sizeof(Complex) +
                                                  static_cast<std::size_t>(padded<Out>(n)) * sizeof(Out));
    }

    void run(const void* input, void* output, Index pixels, std::byte* scratch) const override {
        for (Index first = 0; first < pixels; first += lanes) {
            const Index width = std::min(lanes, pixels - first);
            read(input, first, width, pixels, spectra(scratch));
            for (Index w = 0; w < width; ++w) transform(w, scratch);
            write(rows(scratch), output, first, width, pixels);
        }
    }

  private:
    Complex* spectra(std::byte* scratch) const { return reinterpret_cast<Complex*>(scratch); }
    Out* rows(std::byte* scratch) const {
        return reinterpret_cast<Out*>(scratch +
                                      static_cast<std::size_t>(lanes * padded<Complex>(bins)) * sizeof(Complex));
    }

    void read(const void* input, Index first, Index width, Index pixels, Complex* to) const {
        const auto* numbers = static_cast<const Complex*>(input) + first;
        const auto* parts = static_cast<const T*>(input) + first;
        for (Index f = 0; f < bins; ++f)
            for (Index w = 0; w < width; ++w)
                to[w * padded<Complex>(bins) + f] =
                    options.real_imag_input ? Complex(parts[2 * f * pixels + w], parts[(2 * f + 1) * pixels + w])
                                            : numbers[f * pixels + w];
    }

    void transform(Index w, std::byte* scratch) const {
        Complex* spectrum = spectra(scratch) + w * padded<Complex>(bins);
        Out* row = rows(scratch) + w * padded<Out>(n);
        const bool finite = std::all_of(spectrum, spectrum + bins, [](const Complex& x) {
            return std::isfinite(x.real()) && std::isfinite(x.imag());
        });
        if (!finite) {
            constexpr T nan = std::numeric_limits<T>::quiet_NaN();
            if constexpr (std::is_same_v<Out, T>) std::fill_n(row, n, nan);
            else std::fill_n(row, n, Complex(nan, nan));
            return;
        }
        if (options.sides == FftSides::one) {  // numpy.fft.irfft takes no notice of these imaginary parts
            spectrum[0].imag(0);
            if (n % 2 == 0) spectrum[n / 2].imag(0);
        }
        Fftw<T>::run(plan_, spectrum, row);
        for (Index t = 0; t < n; ++t) row[t] /= static_cast<T>(n);
    }

    void write(const Out* row, void* output, Index first, Index width, Index pixels) const {
        const Index length = padded<Out>(n);
        for (Index t = 0; t < n; ++t)
            for (Index w = 0; w < width; ++w) {
                const Out value = row[w * length + t];
                if (components() == 2) {
                    auto* pair = static_cast<T*>(output) + first + 2 * t * pixels + w;
                    pair[0] = std::real(value);
                    pair[pixels] = std::imag(value);
                } else {
                    (static_cast<Out*>(output) + first)[t * pixels + w] = value;
                }
            }
    }

    typename Fftw<T>::Plan plan_ = nullptr;
};

}  // namespace

template <class T>
std::unique_ptr<const Fft::Plan> make_inverse(const FftOptions& options, Index n) {
    if (options.sides == FftSides::one) return std::make_unique<InversePlan<T, T>>(options, n);
    return std::make_unique<InversePlan<T, std::complex<T>>>(options, n);
}
template std::unique_ptr<const Fft::Plan> make_inverse<float>(const FftOptions&, Index);
template std::unique_ptr<const Fft::Plan> make_inverse<double>(const FftOptions&, Index);

}  // namespace levin::kernels::fft
