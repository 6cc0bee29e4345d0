/// One level of a resolution pyramid from the level before: of every block of samples becomes one.
///
/// A block holds `factor` samples along each axis; at the end of an axis it holds what is left. Its samples count in C
/// order. Blocks know nothing of one another, so the result depends on no chunks and no threads.
///
///   mean      the sum of the samples divided by their number. Integers: the exact quotient, rounded to the nearest
///             integer, ties to even, as numpy.rint. Floating point: added up in float64 and rounded once; NaN is no
///             data and counts for nothing, a block of nothing else is NaN.
///   mode      the value that occurs most often; of several the smallest. 0 is a label like any other, so that
///             background wins a tie. NaN is no data.
///   nearest   the first sample of the block.
#pragma once
#include <cstddef>
#include <span>

#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"

namespace levin::kernels {

enum class Downsample { mean, mode, nearest };

/// Samples of a block at most: 16 along each of three axes.
inline constexpr Index max_block = 4096;

/// Whether `method` can be asked for of elements of this type: complex numbers are in no order and round to nothing
/// that a viewer shows, and truth values have no mean of their own type.
bool can_downsample(Downsample method, DType dtype);

/// Makes one row of the coarser level: out[j] = the block of samples [j * factor, (j + 1) * factor) of all `rows`.
/// `rows`: those of the finer level, `length` elements of `dtype` each, that meet in this row, in C order. `out` takes
/// ceil(length / factor) elements. rows.size() * factor is at most max_block, and can_downsample() holds. The first
/// byte of a row is aligned to the element. Costs little more than reading the rows.
void downsample_rows(Downsample method, DType dtype, std::span<const std::byte* const> rows, Index length, Index factor,
                     std::byte* out);

}  // namespace levin::kernels
