/// The two passes of detrend over many series side by side. Private to detrend*.cpp.
#pragma once
#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

/// Some series and their polynomials. Per series, `pitch` apart where there is one for each degree: `origin` is what
/// values count from, `kept` what is put back of the trend, `shift` what is added at last.
template <class T>
struct TrendBlock {
    T* x = nullptr;  ///< (n, width), rows `stride` apart
    Index stride = 0, width = 0, n = 0;
    const double* basis = nullptr;  ///< (n, columns)
    Index columns = 0;
    double* coefficients = nullptr;  ///< (columns, pitch)
    Index pitch = 0;
    const double *origin = nullptr, *kept = nullptr, *shift = nullptr;
};

/// coefficients[k] = sum over t of basis[t][k] (x[t] - origin), in the order of time.
template <class T>
void fit_trend(const TrendBlock<T>& block);
/// x[t] = ((x[t] - origin) - (sum over k of basis[t][k] coefficients[k] - kept)) + shift.
template <class T>
void subtract_trend(const TrendBlock<T>& block);

}  // namespace levin::kernels::detail
