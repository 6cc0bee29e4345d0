/// From arrays to pictures: adapters that export composes.
#pragma once
#include "levin/engine/execution.hpp"
#include "levin/engine/sources.hpp"

namespace levin::engine {

/// Each element mapped on its own: `map` fills `out` (of `dtype`) from `in` (of base's dtype), both of one shape.
using ElementMap = std::function<void(const ConstView& in, const View& out)>;
Source map_elements(Source base, DType dtype, ElementMap map);

/// The planes of all axes but y and x side by side, in rows of about equal numbers; an array with no other axis stays
/// what it is. Held in memory. UsageError for more than 64 planes, or for an array without y and x.
Source montage(const Execution& execution, Source base);

/// A picture (y, x) as (c 3, y, x) uint8. `color` gets (n) values and fills (3, n); the values are uint8, or int64 with
/// `integers`.
Source color_picture(const Execution& execution, Source base, const ElementMap& color, bool integers);

}  // namespace levin::engine
