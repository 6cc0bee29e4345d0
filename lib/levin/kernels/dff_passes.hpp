/// Passes of dF/F over series side by side that have one baseline each. Private to dff*.cpp.
#pragma once
#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

inline constexpr Index dff_lanes = 128;  // series at a time: between passes, 1000 samples stay in the second cache

/// Up to dff_lanes series, (n, width), rows `stride` apart.
template <class T>
struct SeriesTile {
    T* x = nullptr;
    Index stride = 0, n = 0, width = 0;
};

/// mean[w] of the valid samples; NaN for none. Sequential sum in double, relative to the first valid sample: exact for
/// constants.
template <class T>
void means(const SeriesTile<T>& tile, double* mean);
/// x = (x - f0) / (f0 + offset), or x / (f0 + offset) for `ratio`; NaN where f0 or the denominator is not positive.
template <class T>
void divide_by_baselines(const SeriesTile<T>& tile, const double* f0, double offset, bool ratio);

}  // namespace levin::kernels::detail
