/// Percentiles by selection.
#pragma once
#include <span>

#include "levin/core/dims.hpp"
#include "levin/core/view.hpp"

namespace levin::kernels {

/// Scratch that percentiles() needs for n samples of type `in`, whatever the number of pixels.
std::size_t percentiles_scratch_bytes(DType in, Index n);

/// The percentiles `q` (each 0 to 100, any order) of n samples for each of p pixels; NaN is skipped, NaN out where no
/// sample is left. NumPy's linear interpolation: with h = q/100 (n-1), k = floor(h), the samples in order s: s[k] +
/// (h-k)(s[k+1] - s[k]), computed in float64 in NumPy's order of operations (numpy.lib.function_base._lerp), s[k]
/// itself where h = k or s[k] = s[k+1] (NumPy gives NaN beside infinities). The median is q = 50. `block`: shape (n,
/// p), any real type, any strides. `out`: shape (q.size(), p), compute_dtype of the block's, any strides. `scratch`
/// grows to percentiles_scratch_bytes. Cost O(n) per pixel and q: histogram for 8 bits, else introselect.
void percentiles(const ConstView& block, std::span<const double> q, const View& out, Buffer& scratch);

}  // namespace levin::kernels
