/// The two passes of detrend over many series side by side. Private to detrend*.cpp.
#pragma once
#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"

namespace levin::kernels::detail {

/// Some series, their residuals, and their polynomials. Per series, `pitch` apart where there is one for each degree:
/// `origin` is what values count from, `kept` what is put back of the trend, `shift` what is added at last.
struct TrendBlock {
    const std::byte* in = nullptr;  ///< (n, width) of dtype, rows `stride` elements apart
    DType dtype = DType::float32;   ///< one of sample_dtype
    std::byte* out = nullptr;       ///< likewise, of compute_dtype(dtype); may be `in`
    Index stride = 0, width = 0, n = 0;
    const double* basis = nullptr;  ///< (n, columns)
    Index columns = 0;
    double* coefficients = nullptr;  ///< (columns, pitch)
    Index pitch = 0;
    const double *origin = nullptr, *kept = nullptr, *shift = nullptr;

    /// Series w .. w + count - 1.
    TrendBlock part(Index w, Index count) const {
        TrendBlock block = *this;
        block.in += w * static_cast<Index>(size_of(dtype));
        block.out += w * static_cast<Index>(size_of(compute_dtype(dtype)));
        block.width = count;
        block.coefficients += w, block.origin += w, block.kept += w, block.shift += w;
        return block;
    }
};

/// coefficients[k] = sum over t of basis[t][k] (in[t] - origin), in the order of time.
void fit_trend(const TrendBlock& block);
/// out[t] = ((in[t] - origin) - (sum over k of basis[t][k] coefficients[k] - kept)) + shift.
void subtract_trend(const TrendBlock& block);

}  // namespace levin::kernels::detail
