#include "levin/kernels/dff_passes.hpp"

#include <algorithm>
#include <limits>

#include "levin/kernels/sample.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/dff_passes.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
const T* row_of(const SeriesTile& tile, Index t) {
    return reinterpret_cast<const T*>(tile.in) + t * tile.stride;
}

template <class T>
void mean_of_each(const SeriesTile& tile, Index first, Index last, double* mean) {
    double origin[dff_lanes], sum[dff_lanes] = {}, count[dff_lanes] = {};
    std::fill_n(origin, dff_lanes, nan);
    for (Index t = first; t < last; ++t) {
        // Rows are far apart: the processor does not guess the next. An address beyond the block does no harm.
        const T* ahead = row_of<T>(tile, t + 8);
        for (Index w = 0; w < tile.width; w += 64 / static_cast<Index>(sizeof(T))) hwy::Prefetch(ahead + w);
        const T* row = row_of<T>(tile, t);
        for (Index w = 0; w < tile.width; ++w) {
            const auto v = static_cast<double>(row[w]);
            origin[w] = origin[w] == origin[w] ? origin[w] : v;
            const bool valid = v == v;
            sum[w] += valid ? v - origin[w] : 0.0;
            count[w] += valid ? 1.0 : 0.0;
        }
    }
    for (Index w = 0; w < tile.width; ++w) mean[w] = origin[w] + sum[w] / count[w];
}

template <class T>
void divide_each(const SeriesTile& tile, const double* f0, double offset, bool ratio) {
    double subtracted[dff_lanes], denominator[dff_lanes];
    for (Index w = 0; w < tile.width; ++w) {
        const double f = f0[w], sum = f + offset;
        subtracted[w] = ratio ? 0 : f;
        denominator[w] = f <= 0 || sum <= 0 ? nan : sum;
    }
    for (Index t = 0; t < tile.n; ++t) {
        const T* in = row_of<T>(tile, t);
        auto* out = reinterpret_cast<Computed<T>*>(tile.out) + t * tile.stride;
        for (Index w = 0; w < tile.width; ++w)
            out[w] = static_cast<Computed<T>>((static_cast<double>(in[w]) - subtracted[w]) / denominator[w]);
    }
}

void means_any(const SeriesTile& tile, Index first, Index last, double* mean) {
    visit_sample_dtype(tile.dtype, [&]<class T>() { mean_of_each<T>(tile, first, last, mean); });
}
void divide_any(const SeriesTile& tile, const double* f0, double offset, bool ratio) {
    visit_sample_dtype(tile.dtype, [&]<class T>() { divide_each<T>(tile, f0, offset, ratio); });
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

HWY_EXPORT(means_any);
HWY_EXPORT(divide_any);

void means(const SeriesTile& tile, Index first, Index last, double* mean) {
    HWY_DYNAMIC_DISPATCH(means_any)(tile, first, last, mean);
}
void divide_by_baselines(const SeriesTile& tile, const double* f0, double offset, bool ratio) {
    HWY_DYNAMIC_DISPATCH(divide_any)(tile, f0, offset, ratio);
}

}  // namespace levin::kernels::detail
#endif
