/// Transposition through disk: an array whose chunks are cut across the grain of what is asked of it, read once and
/// laid down, uncompressed, in cells that suit both sides.
///
/// With `band` the largest box of whole input chunks that memory holds and `box` what will be asked for, a cell is what
/// the two have in common: the band is written as whole cells, the box is read as whole cells, and each byte moves once
/// on either side. (The intermediate chunks of "rechunker", https://rechunker.readthedocs.io, "Algorithm".)
#pragma once
#include <optional>

#include "levin/core/scratch_folder.hpp"
#include "levin/engine/execution.hpp"
#include "levin/engine/sources.hpp"

namespace levin::engine {

struct ScratchPlan {
    Dims band, cell;
    std::vector<std::size_t> order;  ///< of the axes in the file, slowest first: the cells of a box lie side by side
    Index bands = 0;
    std::size_t memory = 0;  ///< that filling holds, besides the program itself
    std::size_t bytes = 0;   ///< of the array: decoded once, written once
};

/// None when not even one chunk fits the budget.
std::optional<ScratchPlan> plan_scratch(const Execution& execution, const ArraySource& input, const Dims& box);

/// Reads `input` once and returns it as it lies in scratch, its cells as chunks. The file has no name, so that nothing
/// stays when the process dies. Advances progress by plan.bands. TransientError when the disk is full.
Source through_scratch(Execution& execution, const ArraySource& input, const ScratchPlan& plan);

using levin::scratch_folder;
/// Bytes free there; 0 when there is no such folder.
std::size_t scratch_free();

}  // namespace levin::engine
