/// dF/F: every series relative to its own baseline F0.
#pragma once
#include <string>
#include <string_view>

#include "levin/core/axes.hpp"
#include "levin/core/view.hpp"
#include "levin/kernels/rolling.hpp"
#include "levin/kernels/sample.hpp"

namespace levin::kernels {

namespace detail {
struct SeriesTile;
}

enum class BaselineKind { percentile, mean, median, frames, rolling_percentile, rolling_mean, maximin };

struct Baseline {
    BaselineKind kind = BaselineKind::percentile;
    double percentile = 20;     ///< of percentile and rolling_percentile, in [0, 100]
    Index window = 0;           ///< samples, of the rolling kinds; window i - w/2 .. i - w/2 + w - 1
    double sigma = 0;           ///< samples, of maximin
    Index first = 0, last = 0;  ///< half-open range of frames
    /// One F0 per sample rather than one per series.
    bool varies() const { return kind >= BaselineKind::rolling_percentile; }
};

/// The baselines a user can name; `time` resolves values with units ("60s"), `n` negative frames:
///   percentile:Q               NumPy's percentile of the series
///   mean, median
///   frames:A:B                 mean of frames A .. B-1; negative counts from the end
///   rolling-percentile:Q:W     percentile in a window, edges replicated
///   rolling-mean:W             mean in a window, edges replicated
///   median-window:W            rolling-percentile:50:W
///   maximin:SIGMA:W            suite2p's: Gaussian filter, rolling minimum, rolling maximum, edges reflected as SciPy
///   does
/// UsageError for anything else, naming what is wrong.
Baseline parse_baseline(std::string_view text, const Axis& time, Index n);

struct DffOptions {
    Baseline baseline;
    double offset = 0;   ///< added to F0 in the denominator, in the data's units
    bool ratio = false;  ///< F / (F0 + offset) instead of (F - F0) / (F0 + offset)
};

/// A plan for series of n samples. Immutable: one plan serves all threads. Computes in double, rounds once.
///
/// NaN samples are left out of baselines and stay NaN. Where F0 <= 0 or F0 + offset <= 0 the result is NaN, and the
/// series counts as having hit the floor. Where F0 is NaN (no valid sample) the result is NaN and nothing is counted.
class Dff {
  public:
    /// UsageError for n < 1, an offset that is not finite, frames outside [0, n).
    Dff(const DffOptions& options, Index n);
    bool baseline_varies() const { return options_.baseline.varies(); }
    /// Turns `in`, shape (n, pixels...), into dF/F in `out` of the same shape; both C order. `in` is of a sample_dtype
    /// (sample.hpp), `out` of its compute_dtype; they may be the same memory. `baseline`, unless null, receives F0 in
    /// out's dtype, C order: as many as `in` when baseline_varies(), else one per pixel. Returns the number of series
    /// that hit the floor. `scratch` belongs to one thread and grows once. A pixel's bits depend on its series only,
    /// and not on the type that its values are stored in.
    Index operator()(const ConstView& in, const View& out, const View* baseline, Buffer& scratch) const;
    /// Bytes that `scratch` grows to.
    std::size_t scratch_bytes() const;

  private:
    template <class T>
    Index by_tiles(const T* in, Index pixels, Computed<T>* out, Computed<T>* baseline, Buffer& scratch) const;
    template <class T>
    Index by_series(const T* in, Index pixels, Computed<T>* out, Computed<T>* baseline, Buffer& scratch) const;
    void constant_baselines(const detail::SeriesTile& tile, double* f0, Buffer& scratch) const;
    void varying_baseline(std::span<const double> series, double* out, std::byte* scratch) const;
    bool divide(double* row, const double* f0) const;
    DffOptions options_;
    Index n_;
    GaussianSmoother smoother_;
};

}  // namespace levin::kernels
