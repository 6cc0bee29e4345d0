/// Arrays made from arrays: each adapter is an ArraySource over another one and copies no more than what is asked of
/// it.
#pragma once
#include <memory>
#include <vector>

#include "levin/core/array.hpp"
#include "levin/core/border.hpp"

namespace levin::engine {

using Source = std::unique_ptr<ArraySource>;

/// What a selection leaves of one axis: start, start + step, ... `count` samples; `drop` removes the axis (count is 1).
struct AxisRange {
    Index start = 0, count = 0, step = 1;
    bool drop = false;
};

/// The part of `base` that `ranges` (one per axis, within the shape) name. A step reads only the chunks it touches.
Source select(Source base, std::vector<AxisRange> ranges);
/// Axis i of the result is axis order[i] of `base`.
Source permute(Source base, std::vector<std::size_t> order);
/// The same elements under another description; only axes, chunks and attributes may differ from base->info().
Source describe(Source base, ArrayInfo info);
/// The same elements, owned by nobody: `base` outlives the result. For handing a source on by value.
Source borrow(const ArraySource& base);
/// An array in memory.
Source in_memory(OwnedArray array, Axes axes, std::string name);

/// How many elements an array has, on every axis, before and after what its chunk grid covers. Empty for none.
struct Margins {
    Dims before, after;
};

/// `base` with margins read through `mode`; those of BorderMode::constant hold 0, and the reader puts its value there.
/// `base` outlives the result.
Source extend(const ArraySource& base, Margins margins, BorderMode mode);

}  // namespace levin::engine
