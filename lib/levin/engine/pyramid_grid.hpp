/// How the levels of a pyramid lie over one another, in samples of level 0. Private to pyramid*.cpp.
#pragma once
#include "levin/core/region.hpp"
#include "levin/engine/pyramid.hpp"

namespace levin::engine {

class PyramidGrid {
  public:
    PyramidGrid(const ArrayInfo& input, const PyramidLevels& levels);

    std::size_t top() const { return units_.size() - 1; }
    const Dims& shape() const { return shape_; }
    const Grid& units(std::size_t level) const { return units_[level]; }
    /// The extent of a cell: whole units of this level and of those below, and whole blocks of the next. Reaches over
    /// the array's end where it spans an axis.
    const Dims& cell(std::size_t level) const { return cells_[level]; }
    const Dims& step(std::size_t level) const { return steps_[level]; }  ///< factor from the level before
    /// What a box that begins between blocks, and ends there or with the array, is at `level`.
    Region at(std::size_t level, const Region& box) const;
    /// The part of the array in a box of this extent at `origin`.
    Region box(const Dims& origin, const Dims& extent) const;

  private:
    Dims shape_;
    std::vector<Grid> units_;
    std::vector<Dims> cells_, steps_, factors_;
};

/// How much of level 0 is worked on at a time: boxes of `extent`, whole cells of `level`, within a cell of the next.
struct PyramidBatch {
    std::size_t level = 0;
    Dims extent;
};

/// The least batch that gives every thread work and reads each chunk of the input once, or what comes nearest within
/// the memory.
class PyramidPlan {
  public:
    PyramidPlan(const Execution& execution, const ArraySource& input, const PyramidLevels& levels,
                const PyramidGrid& grid);
    const PyramidBatch& batch() const { return batch_; }
    /// For the boxes of a part of the array.
    UnitPlan describe(const Region& part) const;

  private:
    std::size_t bytes(const PyramidBatch& batch) const;
    double decoded_per_sample(const PyramidBatch& batch) const;
    Dims parent(const PyramidBatch& batch) const;
    bool grow(PyramidBatch& batch, bool idle) const;

    const Execution& execution_;
    const ArraySource& input_;
    const PyramidLevels& levels_;
    const PyramidGrid& grid_;
    PyramidBatch batch_;
};

}  // namespace levin::engine
