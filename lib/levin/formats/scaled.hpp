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

}  // namespace levin::formats
