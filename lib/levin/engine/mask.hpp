/// Masks: which pixels take part.
#pragma once
#include "levin/engine/sources.hpp"

namespace levin::engine {

/// `base` in its compute dtype, NaN where the mask is 0 (or NaN). `mask` is an array over some of base's axes, matched
/// by name; its axes must have base's sizes. It is held in memory, a byte per element. UsageError when it does not fit,
/// or base is complex.
Source apply_mask(Source base, const ArraySource& mask);

}  // namespace levin::engine
