/// Statistics in a window that rolls over one series. Sample i sees [i - w/2, i - w/2 + w - 1] (SciPy's window), the
/// series continued beyond its ends as said. NaN is no data: left out of the window, NaN out only where the whole
/// window is NaN.
///
/// `series` holds n contiguous samples; `out` may not overlap it. Results depend on the series only.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "levin/core/border.hpp"

namespace levin::kernels {

/// Mean of the valid samples; NaN for none. Sequential sum in double.
double mean_of(std::span<const double> series);
/// NumPy's percentile with linear interpolation, q in [0, 100], of the valid samples; NaN for none. By selection;
/// reorders `work`, which holds at least as many elements as `series`.
double percentile_of(std::span<const double> series, double q, double* work);

/// Bytes of scratch for rolling_mean, rolling_minimum and rolling_maximum.
std::size_t rolling_scratch_bytes(Index n, Index window);
/// Cost O(1) per sample whatever the window (M. van Herk, Pattern Recognition Letters 13 (1992) 517: no value is ever
/// subtracted).
void rolling_mean(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);
void rolling_minimum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);
void rolling_maximum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);

/// Bytes of scratch for rolling_percentile.
std::size_t rolling_percentile_scratch_bytes(Index n);
/// numpy.percentile(window, q), edges replicated. Cost O(log n) per sample: ranks once, then a counting tree over
/// ranks.
void rolling_percentile(std::span<const double> series, double q, Index window, double* out, std::byte* scratch);

/// scipy.ndimage.gaussian_filter1d along one series, mode reflect, truncated at 4 sigma: radius int(4 * sigma + 0.5).
/// Weights are renormalised over the valid samples where there is NaN. sigma >= 0 in samples.
class GaussianSmoother {
  public:
    explicit GaussianSmoother(double sigma);
    void operator()(std::span<const double> series, double* out) const;

  private:
    std::vector<double> weights_;  // 0 .. radius, their symmetric sum is 1
};

}  // namespace levin::kernels
