/// Resolution levels in one streaming pass: every level is made of the one before while that is in memory.
///
/// Level k has one sample for each block of `factor` samples of level k - 1, counted from the array's origin, cut at
/// its end. So the levels above a box of level 0 depend on that box alone, where its edges fall between blocks of all
/// levels, and a cell of level k, in which whole units (chunks or shards) of levels 0 to k lie, consists of whole cells
/// of level k - 1. The cells are visited depth first: what is held of a level is one cell of it, of the levels below a
/// batch of theirs, never a whole level. Each box of the input is read once.
#pragma once
#include <functional>
#include <span>

#include "levin/engine/output.hpp"
#include "levin/engine/units.hpp"

namespace levin::engine {

struct PyramidLevel {
    Output* output = nullptr;  ///< null for a level 0 that is not written
    Dims factor;               ///< from the level before along each axis; 1 for level 0
};
using PyramidLevels = std::vector<PyramidLevel>;  ///< level 0, which holds the values of the input, first

/// Makes a row of a level: `rows`, in C order, are those of `length` elements of the level before that meet in it;
/// every `factor` elements of each become one of `out`.
using MakeRow = std::function<void(std::span<const std::byte* const> rows, Index length, Index factor, std::byte* out)>;

/// The shape of the next level.
Dims reduced(const Dims& shape, const Dims& factor);

/// Writes all levels; with --part those of this part's cells of the coarsest level, with --dry-run prints the plan.
/// Error when not even one cell's levels fit the memory.
void build_pyramid(Execution& execution, const ArraySource& input, const PyramidLevels& levels,
                   const MakeRow& make_row);

}  // namespace levin::engine
