/// What the forward and the inverse transform share. Private to fft*.cpp.
#pragma once
#include <fftw3.h>

#include <complex>
#include <mutex>

#include "levin/kernels/fft.hpp"
#include "levin/kernels/fft_tile.hpp"

namespace levin::kernels {

struct Fft::Plan {
    Plan(const FftOptions& options_, Index n_) : options(options_), n(n_), bins(fft_bins(n, options.sides)) {}
    virtual ~Plan() = default;
    virtual std::size_t scratch_bytes() const = 0;
    virtual void run(const void* input, void* output, Index pixels, std::byte* scratch) const = 0;

    Index input_length() const { return options.inverse ? bins : n; }
    Index output_length() const {
        if (options.inverse) return n;
        return options.value == FftValue::coherence ? static_cast<Index>(options.frequencies.size()) : bins;
    }
    bool complex_values() const { return !options.inverse || options.sides == FftSides::two; }
    Index components() const {
        const bool pair = options.value == FftValue::real_imag || options.value == FftValue::coherence;
        return pair && complex_values() ? 2 : 1;
    }
    const FftOptions options;
    const Index n, bins;
};

namespace fft {

/// FFTW's planner is not thread-safe; executing plans is.
inline std::mutex& planner() {
    static std::mutex mutex;
    return mutex;
}

/// One transform of length n, planned without measuring: the same plan, hence the same bits, in every run.
template <class T>
struct Fftw;
template <>
struct Fftw<float> {
    using Plan = fftwf_plan;
    static fftwf_complex* raw(std::complex<float>* x) { return reinterpret_cast<fftwf_complex*>(x); }
    static Plan plan_forward(int n, float* x, std::complex<float>* y) {
        return fftwf_plan_dft_r2c_1d(n, x, raw(y), FFTW_ESTIMATE);
    }
    static Plan plan_inverse(int n, std::complex<float>* x, float* y) {
        return fftwf_plan_dft_c2r_1d(n, raw(x), y, FFTW_ESTIMATE);
    }
    static Plan plan_inverse(int n, std::complex<float>* x, std::complex<float>* y) {
        return fftwf_plan_dft_1d(n, raw(x), raw(y), FFTW_BACKWARD, FFTW_ESTIMATE);
    }
    static void run(Plan plan, float* x, std::complex<float>* y) { fftwf_execute_dft_r2c(plan, x, raw(y)); }
    static void run(Plan plan, std::complex<float>* x, float* y) { fftwf_execute_dft_c2r(plan, raw(x), y); }
    static void run(Plan plan, std::complex<float>* x, std::complex<float>* y) {
        fftwf_execute_dft(plan, raw(x), raw(y));
    }
    static void destroy(Plan plan) { fftwf_destroy_plan(plan); }
};
template <>
struct Fftw<double> {
    using Plan = fftw_plan;
    static fftw_complex* raw(std::complex<double>* x) { return reinterpret_cast<fftw_complex*>(x); }
    static Plan plan_forward(int n, double* x, std::complex<double>* y) {
        return fftw_plan_dft_r2c_1d(n, x, raw(y), FFTW_ESTIMATE);
    }
    static Plan plan_inverse(int n, std::complex<double>* x, double* y) {
        return fftw_plan_dft_c2r_1d(n, raw(x), y, FFTW_ESTIMATE);
    }
    static Plan plan_inverse(int n, std::complex<double>* x, std::complex<double>* y) {
        return fftw_plan_dft_1d(n, raw(x), raw(y), FFTW_BACKWARD, FFTW_ESTIMATE);
    }
    static void run(Plan plan, double* x, std::complex<double>* y) { fftw_execute_dft_r2c(plan, x, raw(y)); }
    static void run(Plan plan, std::complex<double>* x, double* y) { fftw_execute_dft_c2r(plan, raw(x), y); }
    static void run(Plan plan, std::complex<double>* x, std::complex<double>* y) {
        fftw_execute_dft(plan, raw(x), raw(y));
    }
    static void destroy(Plan plan) { fftw_destroy_plan(plan); }
};

/// Elements of a row that begins on 64 bytes, the alignment the plan was made for.
template <class T>
Index padded(Index count) {
    constexpr Index step = 64 / static_cast<Index>(sizeof(T));
    return ceil_div(count, step) * step;
}

std::unique_ptr<const Fft::Plan> make_forward(const FftOptions& options, Index n, DType input);
template <class T>
std::unique_ptr<const Fft::Plan> make_inverse(const FftOptions& options, Index n);
/// UsageError for a name that is not a window's.
void check_window(const std::string& name);

}  // namespace fft
}  // namespace levin::kernels
