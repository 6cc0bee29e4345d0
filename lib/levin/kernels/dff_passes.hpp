/// Passes of dF/F over series side by side that have one baseline each. Private to dff*.cpp.
#pragma once
#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"

namespace levin::kernels::detail {

inline constexpr Index dff_lanes = 128;  // series at a time: between passes, 1000 samples stay in the second cache

/// Up to dff_lanes series, (n, width), rows `stride` elements apart.
struct SeriesTile {
    const std::byte* in = nullptr;
    DType dtype = DType::float32;  ///< of `in`: one of sample_dtype
    std::byte* out = nullptr;      ///< of compute_dtype(dtype); may be `in`
    Index stride = 0, n = 0, width = 0;
};

/// mean[w] of the valid samples first .. last-1; NaN for none. Sequential sum in double, relative to the first valid
/// sample: exact for constants.
void means(const SeriesTile& tile, Index first, Index last, double* mean);
/// out = (in - f0) / (f0 + offset), or in / (f0 + offset) for `ratio`; NaN where f0 or the denominator is not positive.
void divide_by_baselines(const SeriesTile& tile, const double* f0, double offset, bool ratio);

}  // namespace levin::kernels::detail
