/// The passes of the Fourier transform over some series side by side: from time-major samples to rows that FFTW reads,
/// and from its spectra back. They move data more than they compute. Private to fft*.cpp.
#pragma once
#include <complex>

#include "levin/core/dims.hpp"
#include "levin/kernels/sample.hpp"

namespace levin::kernels::fft {

inline constexpr Index lanes = 16;  // series transposed together: a cache line of float

/// Samples of some series: x is (n, width) of a sample_dtype (sample.hpp), rows `stride` elements apart.
struct SeriesTile {
    const std::byte* x = nullptr;
    DType dtype = DType::float32;
    Index stride = 0, width = 0, n = 0;
};
/// origin[w] = x[0][w]; sum[w] = sum over t of x[t][w] - origin[w], in the order of time.
void sum_from_origin(const SeriesTile& tile, double* origin, double* sum);
/// rows[w][t] = ((x[t][w] - origin[w]) - mean[w]) window[t], rows `pitch` apart, of x's compute_dtype.
void centre(const SeriesTile& tile, const double* origin, const double* mean, const double* window, std::byte* rows,
            Index pitch);

/// The first `count` bins of `width` series, `pitch` apart.
template <class T>
struct SpectraTile {
    const std::complex<T>* spectra = nullptr;
    Index pitch = 0, width = 0, count = 0;
};
/// out[f][w] = |spectra[w][f]|^2, rows of out `stride` apart.
template <class T>
void write_power(const SpectraTile<T>& tile, T* out, Index stride);

}  // namespace levin::kernels::fft
