/// Statistics of one series in a window that rolls over it. Sample i sees [i - w/2, i - w/2 + w - 1] (SciPy's
/// window), the series continued beyond its ends as `mode` says. NaN is no data: left out of the window, NaN out only
/// where the whole window is NaN.
///
/// `series` holds n > 0 contiguous samples; `out`, n samples, may not overlap it. Results depend on the series only.
/// `scratch` holds the bytes that the function of the same name says, aligned to 8.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "levin/core/border.hpp"

namespace levin::kernels {

/// Cost O(1) per sample whatever the window: M. van Herk, Pattern Recognition Letters 13 (1992) 517. No value is ever
/// subtracted from a running sum, so an infinity or a large value leaves no trace outside its windows.
void rolling_mean(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);
void rolling_minimum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);
void rolling_maximum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch);
std::size_t rolling_scratch_bytes(Index n, Index window);

/// numpy.percentile(window, q), mode nearest. Ranks once, in O(1) per sample; then a step of the window moves the
/// percentile by a sample or two among the ranks in it, found in O(log n / log 64). n and window below 2^31.
void rolling_percentile(std::span<const double> series, double q, Index window, double* out, std::byte* scratch);
std::size_t rolling_percentile_scratch_bytes(Index n);

/// scipy.ndimage.gaussian_filter1d(series, sigma), mode reflect, truncated at radius int(4 * sigma + 0.5). The weights
/// are renormalised over the valid samples where there is NaN. Cost O(sigma) per sample.
class GaussianSmoother {
  public:
    /// `sigma` >= 0, in samples.
    explicit GaussianSmoother(double sigma);
    void operator()(std::span<const double> series, double* out, std::byte* scratch) const;
    std::size_t scratch_bytes(Index n) const;

  private:
    void convolve(const double* padded, Index n, double* out) const;
    std::vector<double> weights_;  // 0 .. radius; the symmetric kernel sums to 1
};

}  // namespace levin::kernels
