/// Least-squares removal of a polynomial trend from every series of a block.
#pragma once
#include <string_view>
#include <vector>

#include "levin/core/view.hpp"
#include "levin/kernels/sample.hpp"

namespace levin::kernels {

/// What is put back after the trend is removed.
enum class DetrendKeep {
    none,       ///< nothing: residuals
    mean,       ///< the mean of the series
    intercept,  ///< the trend's value at the first sample, so that the first sample stays what it was (Thunder's
                ///< detrend)
};
/// "none", "mean", "intercept"; UsageError otherwise.
DetrendKeep parse_detrend_keep(std::string_view text);

struct DetrendOptions {
    std::string type = "linear";  ///< constant (order 0), linear (order 1) or polynomial (order `order`)
    int order = 5;                ///< degree of `polynomial`; the other types ignore it
    DetrendKeep keep = DetrendKeep::none;
};

/// A plan for series of n samples at x = 0..n-1. Immutable: one plan serves all threads.
///
/// The polynomial is least squares on a discrete orthonormal polynomial basis (Legendre's polynomials on equally spaced
/// points, made by the Stieltjes recurrence with reorthogonalisation, G. E. Forsythe, J. SIAM 5 (1957) 74), so that no
/// power of x appears. Accumulates in double. A constant series gives exactly 0 (its value where mean or intercept is
/// kept).
///
/// NaN samples are no data: the fit uses the others, NaN stays NaN; a series with fewer valid samples than order + 1
/// gives NaN throughout. So does a series with an infinity.
class Detrend {
  public:
    /// UsageError for an unknown type, a negative order, and for an order that n samples cannot determine (order >= n).
    Detrend(const DetrendOptions& options, Index n);
    /// Detrends `in`, shape (n, pixels...), into `out` of the same shape; both C order. `in` is of a sample_dtype
    /// (sample.hpp), `out` of its compute_dtype; they may be the same memory. A pixel's bits depend on its series only,
    /// and not on the type that its values are stored in. Cost O(n * order) per pixel, O(n * order^2) for series with
    /// NaN. `scratch` belongs to one thread and grows once.
    void operator()(const ConstView& in, const View& out, Buffer& scratch) const;
    /// Bytes that `scratch` grows to.
    std::size_t scratch_bytes() const;
    int order() const { return order_; }

  private:
    void keep(Index width, double* coefficients) const;
    template <class T>
    void incomplete_series(const T* in, Computed<T>* out, Index stride, double* scratch) const;
    Index n_;
    int order_;
    DetrendKeep keep_;
    std::vector<double> basis_;  // (n, order + 1)
};

}  // namespace levin::kernels
