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
requires std::is_floating_point_v<T>
void sum_columns(D d, const SeriesTile& tile, const T* x, Index w, const double* origin, double* sum) {
    const auto step = static_cast<Index>(hn::Lanes(d));
    hn::Vec<D> from[V], total[V];
    for (int v = 0; v < V; ++v) from[v] = hn::LoadU(d, origin + w + v * step), total[v] = hn::Zero(d);
    for (Index t = 0; t < tile.n; ++t) {
        const T* at = x + t * tile.stride + w;
        hwy::Prefetch(at + rows_ahead * tile.stride);  // rows are far apart: the processor does not guess
        for (int v = 0; v < V; ++v) total[v] = hn::Add(total[v], hn::Sub(load_as(d, at + v * step), from[v]));
    }
    for (int v = 0; v < V; ++v) hn::StoreU(total[v], d, sum + w + v * step);
}

/// The same of integers of up to 16 bits, whose sums are exact in either type.
template <int V, class D, class T>
requires std::is_integral_v<T>
void sum_columns(D d, const SeriesTile& tile, const T* x, Index w, const double* origin, double* sum) {
    constexpr Index most = 1 << 15;  // so many fit in 32 bits
    constexpr auto step = static_cast<Index>(hn::MaxLanes(D()));
    std::int32_t part[V * step];
    for (Index begin = 0; begin < tile.n; begin += most) {
        const Index count = std::min(most, tile.n - begin);
        hn::Vec<D> total[V];
        for (int v = 0; v < V; ++v) total[v] = hn::Zero(d);
        for (Index t = begin; t < begin + count; ++t) {
            const T* at = x + t * tile.stride + w;
            hwy::Prefetch(at + rows_ahead * tile.stride);
            for (int v = 0; v < V; ++v)
                total[v] = hn::Add(total[v], hn::PromoteTo(d, hn::LoadU(hn::Rebind<T, D>(), at + v * step)));
        }
        for (int v = 0; v < V; ++v) hn::StoreU(total[v], d, part + v * step);
        for (Index i = 0; i < V * step; ++i) sum[w + i] += part[i] - static_cast<double>(count) * origin[w + i];
    }
}

template <class T>
void sum_all(const SeriesTile& tile, const T* x, double* origin, double* sum) {
    using Sum = std::conditional_t<std::is_integral_v<T>, std::int32_t, double>;
    for (Index w = 0; w < tile.width; ++w) origin[w] = static_cast<double>(x[w]), sum[w] = 0;
    const hn::ScalableTag<Sum> d;
    constexpr int whole = static_cast<int>(lanes) / static_cast<int>(hn::MaxLanes(hn::ScalableTag<Sum>()));
    if (tile.width == lanes) return sum_columns<whole>(d, tile, x, 0, origin, sum);
    for (Index w = 0; w < tile.width; ++w) sum_columns<1>(hn::CappedTag<Sum, 1>(), tile, x, w, origin, sum);
}

/// What `centre` does, with samples of type T.
template <class T>
struct Centre {
    const SeriesTile& tile;
    const T* x;
    const double *origin, *mean, *window;

    /// The sample t of the series from w on, as far as whole vectors go; returns where that is.
    template <class D>
    Index row(Index t, Index w, Computed<T>* out) const {
        const D d;
        const auto step = static_cast<Index>(hn::Lanes(d));
        const T* at = x + t * tile.stride;
        for (; w + step <= tile.width; w += step) {
            const auto value = hn::Sub(load_as(d, at + w), hn::LoadU(d, origin + w));
            const auto centred = hn::Sub(value, hn::LoadU(d, mean + w));
            store_as(d, hn::Mul(centred, hn::Set(d, window[t])), out + w);
        }
        return w;
    }
};

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
void centre_all(const Centre<T>& samples, Computed<T>* rows, Index pitch) {
    HWY_ALIGN Computed<T> block[side * lanes];
    for (Index t = 0; t < samples.tile.n; t += side) {
        const Index count = std::min(side, samples.tile.n - t);
        for (Index i = 0; i < count; ++i) {
            Computed<T>* row = block + i * lanes;
            const Index w = samples.template row<hn::ScalableTag<double>>(t + i, 0, row);
            samples.template row<hn::CappedTag<double, 1>>(t + i, w, row);
        }
        transpose(block, lanes, count, samples.tile.width, rows + t, pitch);
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

void sum_here(const SeriesTile& tile, double* origin, double* sum) {
    visit_sample_dtype(tile.dtype, [&]<class T>() { sum_all(tile, reinterpret_cast<const T*>(tile.x), origin, sum); });
}
void centre_here(const SeriesTile& tile, const double* origin, const double* mean, const double* window,
                 std::byte* rows, Index pitch) {
    visit_sample_dtype(tile.dtype, [&]<class T>() {
        const Centre<T> samples{tile, reinterpret_cast<const T*>(tile.x), origin, mean, window};
        centre_all(samples, reinterpret_cast<Computed<T>*>(rows), pitch);
    });
}
void power_float(const SpectraTile<float>& tile, float* out, Index stride) { power_all(tile, out, stride); }
void power_double(const SpectraTile<double>& tile, double* out, Index stride) { power_all(tile, out, stride); }

}  // namespace
}  // namespace levin::kernels::fft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::fft {

HWY_EXPORT(sum_here);
HWY_EXPORT(centre_here);
HWY_EXPORT(power_float);
HWY_EXPORT(power_double);

void sum_from_origin(const SeriesTile& tile, double* origin, double* sum) {
    HWY_DYNAMIC_DISPATCH(sum_here)(tile, origin, sum);
}
void centre(const SeriesTile& tile, const double* origin, const double* mean, const double* window, std::byte* rows,
            Index pitch) {
    HWY_DYNAMIC_DISPATCH(centre_here)(tile, origin, mean, window, rows, pitch);
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
