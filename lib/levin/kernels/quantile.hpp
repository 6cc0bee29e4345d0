/// Where a percentile lies among sorted samples, and what is between two of them: NumPy's linear interpolation. For the
/// implementation of percentiles only.
#pragma once
#include <algorithm>

#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

struct QuantilePosition {
    Index below;      ///< rank of the sample at or below; the one above is min(below + 1, count - 1)
    double fraction;  ///< from the one to the other, in [0, 1)
};

/// Percentile q (0 to 100) of `count` > 0 samples.
inline QuantilePosition quantile_position(double q, Index count) {
    const double h = q / 100 * static_cast<double>(count - 1);
    const auto below = std::min(static_cast<Index>(h), count - 1);
    return {below, h - static_cast<double>(below)};
}

/// NumPy's _lerp: each half of [0, 1] starts from its own end, so that the result is monotonic in t. Zero has no sign:
/// which of several zeros has a rank would depend on the way of selecting.
inline double interpolate(double below, double above, double t) {
    if (t == 0 || below == above) return below + 0.0;
    return (t < 0.5 ? below + (above - below) * t : above - (above - below) * (1 - t)) + 0.0;
}

}  // namespace levin::kernels::detail
