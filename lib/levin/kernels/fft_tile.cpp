#include "levin/kernels/fft_tile.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/fft_tile.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/simd_convert.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::fft::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using detail::HWY_NAMESPACE::load_as;
using detail::HWY_NAMESPACE::store_as;

constexpr Index rows_ahead = 16;

/// Of V vectors of series from w on.
template <int V, class D, class T>
void sum_columns(D d, const SeriesTile<T>& tile, Index w, double* sum) {
    const auto step = static_cast<Index>(hn::Lanes(d));
    hn::Vec<D> origin[V], total[V];
    for (int v = 0; v < V; ++v) origin[v] = hn::LoadU(d, tile.origin + w + v * step), total[v] = hn::Zero(d);
    for (Index t = 0; t < tile.n; ++t) {
        const T* at = tile.x + t * tile.stride + w;
        hwy::Prefetch(at + rows_ahead * tile.stride);  // rows are far apart: the processor does not guess
        for (int v = 0; v < V; ++v) total[v] = hn::Add(total[v], hn::Sub(load_as(d, at + v * step), origin[v]));
    }
    for (int v = 0; v < V; ++v) hn::StoreU(total[v], d, sum + w + v * step);
}

template <class T>
void sum_all(const SeriesTile<T>& tile, double* sum) {
    const hn::ScalableTag<double> d;
    constexpr int whole = static_cast<int>(lanes) / static_cast<int>(hn::MaxLanes(hn::ScalableTag<double>()));
    if (tile.width == lanes) return sum_columns<whole>(d, tile, 0, sum);
    for (Index w = 0; w < tile.width; ++w) sum_columns<1>(hn::CappedTag<double, 1>(), tile, w, sum);
}

/// The sample t of all series.
template <class D, class T>
Index centre_row(const SeriesTile<T>& tile, Index t, T* out, Index w) {
    const D d;
    const auto step = static_cast<Index>(hn::Lanes(d));
    const T* x = tile.x + t * tile.stride;
    for (; w + step <= tile.width; w += step) {
        const auto value = hn::Sub(load_as(d, x + w), hn::LoadU(d, tile.origin + w));
        const auto centred = hn::Sub(value, hn::LoadU(d, tile.mean + w));
        store_as(d, hn::Mul(centred, hn::Set(d, tile.window[t])), out + w);
    }
    return w;
}

/// to[c][r] = from[r][c] for 4 x 4 elements.
template <class T>
HWY_INLINE void transpose4(const T* from, Index from_pitch, T* to, Index to_pitch) {
    for (Index r = 0; r < 4; ++r)
        for (Index c = 0; c < 4; ++c) to[c * to_pitch + r] = from[r * from_pitch + c];
}

#if HWY_TARGET != HWY_SCALAR
HWY_INLINE void transpose4(const float* from, Index from_pitch, float* to, Index to_pitch) {
    const hn::FixedTag<float, 4> d;
    const auto r0 = hn::LoadU(d, from), r1 = hn::LoadU(d, from + from_pitch);
    const auto r2 = hn::LoadU(d, from + 2 * from_pitch), r3 = hn::LoadU(d, from + 3 * from_pitch);
    const auto low02 = hn::InterleaveLower(d, r0, r2), low13 = hn::InterleaveLower(d, r1, r3);
    const auto high02 = hn::InterleaveUpper(d, r0, r2), high13 = hn::InterleaveUpper(d, r1, r3);
    hn::StoreU(hn::InterleaveLower(d, low02, low13), d, to);
    hn::StoreU(hn::InterleaveUpper(d, low02, low13), d, to + to_pitch);
    hn::StoreU(hn::InterleaveLower(d, high02, high13), d, to + 2 * to_pitch);
    hn::StoreU(hn::InterleaveUpper(d, high02, high13), d, to + 3 * to_pitch);
}
#endif

/// to[c][r] = from[r][c]. Rows of `to` are finished one after another: they may all lie in one set of the cache.
template <class T>
HWY_INLINE void transpose(const T* from, Index from_pitch, Index rows, Index columns, T* to, Index to_pitch) {
    Index c = 0;
    if (rows % 4 == 0)
        for (; c + 4 <= columns; c += 4)
            for (Index r = 0; r < rows; r += 4)
                transpose4(from + r * from_pitch + c, from_pitch, to + c * to_pitch + r, to_pitch);
    for (; c < columns; ++c)
        for (Index r = 0; r < rows; ++r) to[c * to_pitch + r] = from[r * from_pitch + c];
}

constexpr Index side = 16;  // samples, or bins, of a block that stays in the first cache

template <class T>
void centre_all(const SeriesTile<T>& tile, T* rows, Index pitch) {
    HWY_ALIGN T block[side * lanes];
    for (Index t = 0; t < tile.n; t += side) {
        const Index count = std::min(side, tile.n - t);
        for (Index i = 0; i < count; ++i) {
            T* row = block + i * lanes;
            const Index w = centre_row<hn::ScalableTag<double>>(tile, t + i, row, 0);
            centre_row<hn::CappedTag<double, 1>>(tile, t + i, row, w);
        }
        transpose(block, lanes, count, tile.width, rows + t, pitch);
    }
}

/// out[f] = |spectrum[f]|^2
template <class T>
void power_row(const std::complex<T>* spectrum, Index count, T* out) {
    const hn::ScalableTag<T> d;
    const auto step = static_cast<Index>(hn::Lanes(d));
    Index f = 0;
    for (; f + step <= count; f += step) {
        hn::Vec<decltype(d)> real, imaginary;
        hn::LoadInterleaved2(d, reinterpret_cast<const T*>(spectrum + f), real, imaginary);
        hn::StoreU(hn::Add(hn::Mul(real, real), hn::Mul(imaginary, imaginary)), d, out + f);
    }
    for (; f < count; ++f) out[f] = spectrum[f].real() * spectrum[f].real() + spectrum[f].imag() * spectrum[f].imag();
}

template <class T>
void power_all(const SpectraTile<T>& tile, T* out, Index stride) {
    HWY_ALIGN T block[lanes * side];
    for (Index f = 0; f < tile.count; f += side) {
        const Index bins = std::min(side, tile.count - f);
        for (Index w = 0; w < tile.width; ++w) power_row(tile.spectra + w * tile.pitch + f, bins, block + w * side);
        transpose(block, side, tile.width, bins, out + f * stride, stride);
    }
}

void sum_float(const SeriesTile<float>& tile, double* sum) { sum_all(tile, sum); }
void sum_double(const SeriesTile<double>& tile, double* sum) { sum_all(tile, sum); }
void centre_float(const SeriesTile<float>& tile, float* rows, Index pitch) { centre_all(tile, rows, pitch); }
void centre_double(const SeriesTile<double>& tile, double* rows, Index pitch) { centre_all(tile, rows, pitch); }
void power_float(const SpectraTile<float>& tile, float* out, Index stride) { power_all(tile, out, stride); }
void power_double(const SpectraTile<double>& tile, double* out, Index stride) { power_all(tile, out, stride); }

}  // namespace
}  // namespace levin::kernels::fft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::fft {

HWY_EXPORT(sum_float);
HWY_EXPORT(sum_double);
HWY_EXPORT(centre_float);
HWY_EXPORT(centre_double);
HWY_EXPORT(power_float);
HWY_EXPORT(power_double);

template <>
void sum_from_origin(const SeriesTile<float>& tile, double* sum) {
    HWY_DYNAMIC_DISPATCH(sum_float)(tile, sum);
}
template <>
void sum_from_origin(const SeriesTile<double>& tile, double* sum) {
    HWY_DYNAMIC_DISPATCH(sum_double)(tile, sum);
}
template <>
void centre(const SeriesTile<float>& tile, float* rows, Index pitch) {
    HWY_DYNAMIC_DISPATCH(centre_float)(tile, rows, pitch);
}
template <>
void centre(const SeriesTile<double>& tile, double* rows, Index pitch) {
    HWY_DYNAMIC_DISPATCH(centre_double)(tile, rows, pitch);
}
template <>
void write_power(const SpectraTile<float>& tile, float* out, Index stride) {
    HWY_DYNAMIC_DISPATCH(power_float)(tile, out, stride);
}
template <>
void write_power(const SpectraTile<double>& tile, double* out, Index stride) {
    HWY_DYNAMIC_DISPATCH(power_double)(tile, out, stride);
}

}  // namespace levin::kernels::fft
#endif
