#include "levin/kernels/detrend_passes.hpp"

#include <algorithm>

#include "levin/kernels/sample.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/detrend_passes.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/simd_convert.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

constexpr Index rows_at_once = 16;

/// Adds `rows` samples from `first` on to K coefficients from degree k on, of V vectors of series from p on.
template <int K, int V, class D, class T>
void fit(const TrendBlock& block, Index first, Index rows, Index k, Index p) {
    const D d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    hn::Vec<D> origin[V], sum[K][V];
    for (int v = 0; v < V; ++v) {
        origin[v] = hn::LoadU(d, block.origin + p + v * lanes);
        for (int i = 0; i < K; ++i)
            sum[i][v] = hn::LoadU(d, block.coefficients + (k + i) * block.pitch + p + v * lanes);
    }
    for (Index t = first; t < first + rows; ++t) {
        const T* row = reinterpret_cast<const T*>(block.in) + t * block.stride + p;
        hwy::Prefetch(row + rows_at_once * block.stride);  // rows are far apart: the processor does not guess
        const double* basis = block.basis + t * block.columns + k;
        for (int v = 0; v < V; ++v) {
            const auto x = hn::Sub(load_as(d, row + v * lanes), origin[v]);
            for (int i = 0; i < K; ++i) sum[i][v] = hn::Add(sum[i][v], hn::Mul(hn::Set(d, basis[i]), x));
        }
    }
    for (int i = 0; i < K; ++i)
        for (int v = 0; v < V; ++v)
            hn::StoreU(sum[i][v], d, block.coefficients + (k + i) * block.pitch + p + v * lanes);
}

template <int V, class D, class T>
Index fit_from(const TrendBlock& block, Index first, Index rows, Index p) {
    const auto width = V * static_cast<Index>(hn::Lanes(D()));
    for (; p + width <= block.width; p += width) {
        Index k = 0;
        for (; k + 3 <= block.columns; k += 3) fit<3, V, D, T>(block, first, rows, k, p);
        if (k + 2 == block.columns) fit<2, V, D, T>(block, first, rows, k, p);
        if (k + 1 == block.columns) fit<1, V, D, T>(block, first, rows, k, p);
    }
    return p;
}

template <class T>
void fit_all(const TrendBlock& block) {
    for (Index k = 0; k < block.columns; ++k) std::fill_n(block.coefficients + k * block.pitch, block.width, 0.0);
    for (Index t = 0; t < block.n; t += rows_at_once) {
        const Index rows = std::min(rows_at_once, block.n - t);
        const Index p = fit_from<4, hn::ScalableTag<double>, T>(block, t, rows, 0);
        fit_from<1, hn::CappedTag<double, 1>, T>(block, t, rows, p);
    }
}

template <class D, class T>
Index subtract_from(const TrendBlock& block, Index t, Index p) {
    const D d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    const T* in = reinterpret_cast<const T*>(block.in) + t * block.stride;
    auto* out = reinterpret_cast<Computed<T>*>(block.out) + t * block.stride;
    const double* basis = block.basis + t * block.columns;
    for (; p + lanes <= block.width; p += lanes) {
        auto trend = hn::Zero(d);
        const double* c = block.coefficients + p;
        for (Index k = 0; k < block.columns; ++k, c += block.pitch)
            trend = hn::Add(trend, hn::Mul(hn::Set(d, basis[k]), hn::LoadU(d, c)));
        const auto x = hn::Sub(load_as(d, in + p), hn::LoadU(d, block.origin + p));
        const auto rest = hn::Sub(x, hn::Sub(trend, hn::LoadU(d, block.kept + p)));
        store_as(d, hn::Add(rest, hn::LoadU(d, block.shift + p)), out + p);
    }
    return p;
}

template <class T>
void subtract_all(const TrendBlock& block) {
    for (Index t = 0; t < block.n; ++t) {
        const Index p = subtract_from<hn::ScalableTag<double>, T>(block, t, 0);
        subtract_from<hn::CappedTag<double, 1>, T>(block, t, p);
    }
}

void fit_any(const TrendBlock& block) {
    visit_sample_dtype(block.dtype, [&]<class T>() { fit_all<T>(block); });
}
void subtract_any(const TrendBlock& block) {
    visit_sample_dtype(block.dtype, [&]<class T>() { subtract_all<T>(block); });
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

HWY_EXPORT(fit_any);
HWY_EXPORT(subtract_any);

void fit_trend(const TrendBlock& block) { HWY_DYNAMIC_DISPATCH(fit_any)(block); }
void subtract_trend(const TrendBlock& block) { HWY_DYNAMIC_DISPATCH(subtract_any)(block); }

}  // namespace levin::kernels::detail
#endif
