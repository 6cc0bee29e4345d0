/// Values that a file keeps as other numbers: value = stored * slope + intercept.
#pragma once
#include <memory>
#include <optional>

#include "levin/core/array.hpp"

namespace levin::formats {

struct Scale {
    double slope = 1, intercept = 0;
    std::optional<Index> blank;  ///< a stored integer that means "no value": NaN
};

/// `stored` scaled, in double precision and rounded once, to compute_dtype(its dtype): float32 for integers up to 16
/// bits and float32, float64 for wider ones. Not for complex values.
std::unique_ptr<ArraySource> scaled(std::unique_ptr<ArraySource> stored, const Scale& scale);

/// `stored` of uint8, int16, int32 or int64 with half of the range added: int8, uint16, uint32, uint64. It is how FITS
/// keeps types that it does not have.
std::unique_ptr<ArraySource> sign_flipped(std::unique_ptr<ArraySource> stored);
/// The same for contiguous integers; `to` may be `from`.
void flip_sign(const View& from, const View& to);

}  // namespace levin::formats
