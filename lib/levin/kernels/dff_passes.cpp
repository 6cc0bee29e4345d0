#include "levin/kernels/dff_passes.hpp"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/dff_passes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Rows are far apart: the processor does not guess the next. An address beyond the block does no harm.
template <class T>
void ask_for(const SeriesTile<T>& tile, Index t) {
    const T* row = tile.x + t * tile.stride;
    for (Index w = 0; w < tile.width; w += 64 / static_cast<Index>(sizeof(T))) hwy::Prefetch(row + w);
}

template <class T>
void mean_of_each(const SeriesTile<T>& tile, double* mean) {
    double origin[dff_lanes], sum[dff_lanes] = {}, count[dff_lanes] = {};
    std::fill_n(origin, dff_lanes, nan);
    for (Index t = 0; t < tile.n; ++t) {
        ask_for(tile, t + 8);
        const T* row = tile.x + t * tile.stride;
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
void divide_each(const SeriesTile<T>& tile, const double* f0, double offset, bool ratio) {
    double subtracted[dff_lanes], denominator[dff_lanes];
    for (Index w = 0; w < tile.width; ++w) {
        const double f = f0[w], sum = f + offset;
        subtracted[w] = ratio ? 0 : f;
        denominator[w] = f <= 0 || sum <= 0 ? nan : sum;
    }
    for (Index t = 0; t < tile.n; ++t) {
        T* row = tile.x + t * tile.stride;
        for (Index w = 0; w < tile.width; ++w)
            row[w] = static_cast<T>((static_cast<double>(row[w]) - subtracted[w]) / denominator[w]);
    }
}

void mean_float(const SeriesTile<float>& tile, double* mean) { mean_of_each(tile, mean); }
void mean_double(const SeriesTile<double>& tile, double* mean) { mean_of_each(tile, mean); }
void divide_float(const SeriesTile<float>& tile, const double* f0, double offset, bool ratio) {
    divide_each(tile, f0, offset, ratio);
}
void divide_double(const SeriesTile<double>& tile, const double* f0, double offset, bool ratio) {
    divide_each(tile, f0, offset, ratio);
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

HWY_EXPORT(mean_float);
HWY_EXPORT(mean_double);
HWY_EXPORT(divide_float);
HWY_EXPORT(divide_double);

template <>
void means(const SeriesTile<float>& tile, double* mean) {
    HWY_DYNAMIC_DISPATCH(mean_float)(tile, mean);
}
template <>
void means(const SeriesTile<double>& tile, double* mean) {
    HWY_DYNAMIC_DISPATCH(mean_double)(tile, mean);
}
template <>
void divide_by_baselines(const SeriesTile<float>& tile, const double* f0, double offset, bool ratio) {
    HWY_DYNAMIC_DISPATCH(divide_float)(tile, f0, offset, ratio);
}
template <>
void divide_by_baselines(const SeriesTile<double>& tile, const double* f0, double offset, bool ratio) {
    HWY_DYNAMIC_DISPATCH(divide_double)(tile, f0, offset, ratio);
}

}  // namespace levin::kernels::detail
#endif
