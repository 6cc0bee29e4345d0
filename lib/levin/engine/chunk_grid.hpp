#pragma once
#include <algorithm>

#include "levin/engine/sources.hpp"

namespace levin::engine {

/// The input's chunk grid, its first and last cells reaching over the margins.
class ChunkGrid {
  public:
    ChunkGrid(const ArrayInfo& input, const Margins& margins) : ChunkGrid(input, margins, input.chunks) {}
    /// The same of other cells than chunks.
    ChunkGrid(const ArrayInfo& input, const Margins& margins, Dims cell)
        : input_(input), margins_(margins), cell_(std::move(cell)) {}
    Index before(std::size_t i) const { return margins_.before.empty() ? 0 : margins_.before[i]; }
    Index extent(std::size_t i) const {
        return input_.shape[i] - before(i) - (margins_.after.empty() ? 0 : margins_.after[i]);
    }

    /// Positions of the cells that `box` touches.
    Region touched(const Region& box) const {
        Region cells = box;
        for (std::size_t i = 0; i < box.rank(); ++i) {
            const Index chunk = cell_[i], most = std::max<Index>(0, extent(i) - 1);
            cells.origin[i] = std::clamp<Index>(box.origin[i] - before(i), 0, most) / chunk;
            cells.shape[i] = box.shape[i] <= 0
                                 ? 0
                                 : std::clamp<Index>(box.end(i) - 1 - before(i), 0, most) / chunk + 1 - cells.origin[i];
        }
        return cells;
    }
    Region cell(const Dims& position) const {
        Region cell{position, cell_};
        for (std::size_t i = 0; i < position.size(); ++i) {
            const bool first = position[i] == 0, last = (position[i] + 1) * cell_[i] >= extent(i);
            cell.origin[i] = first ? 0 : position[i] * cell_[i] + before(i);
            cell.shape[i] = (last ? input_.shape[i] : (position[i] + 1) * cell_[i] + before(i)) - cell.origin[i];
        }
        return cell;
    }
    /// Bytes of the cells at `positions`, cut at the array's edge.
    std::size_t bytes(const Region& positions) const {
        Dims shape = positions.shape;
        for (std::size_t i = 0; i < shape.size(); ++i) shape[i] = std::min(shape[i] * cell_[i], extent(i));
        return byte_count(shape, input_.element_size());
    }

  private:
    const ArrayInfo& input_;
    const Margins& margins_;
    Dims cell_;
};

}  // namespace levin::engine
