/// Boxes of indices, and the regular grid that cuts an array into chunks.
#pragma once
#include <functional>
#include <string>

#include "levin/core/dims.hpp"

namespace levin {

/// The half-open box [origin, origin + shape).
struct Region {
    Dims origin, shape;
    static Region whole(const Dims& shape) { return {Dims(shape.size(), 0), shape}; }
    std::size_t rank() const { return shape.size(); }
    Index end(std::size_t axis) const { return origin[axis] + shape[axis]; }
    Index count() const { return product(shape); }
    bool empty() const;
    bool contains(const Region& other) const;
    friend bool operator==(const Region&, const Region&) = default;
};

/// The common part; empty (some size 0) when there is none.
Region intersect(const Region& a, const Region& b);
/// `region` with its origin counted from `origin`.
Region relative_to(const Region& region, const Dims& origin);
/// The inverse: what was counted from `origin` in the coordinates that `origin` is in.
Region moved_by(Region region, const Dims& origin);
/// The smallest box that holds both; an empty box is neutral.
Region bounding(const Region& a, const Region& b);
/// "[t=0:5, y=0:19]" without names: "[0:5, 0:19]".
std::string to_string(const Region& region);

/// An array of `shape` cut into cells of `cell` (all entries > 0); edge cells are clipped. Cells are numbered in C
/// order. Never enumerates: every operation costs O(rank) however many cells there are.
class Grid {
  public:
    Grid() = default;
    Grid(Dims shape, Dims cell);
    const Dims& shape() const { return shape_; }
    const Dims& cell() const { return cell_; }
    const Dims& counts() const { return counts_; }  ///< cells along each axis
    Index size() const { return size_; }            ///< number of cells; 1 for rank 0, 0 for a zero-length array
    Dims position(Index number) const;
    Index number(const Dims& position) const;
    Region region(const Dims& position) const;  ///< clipped at the array's edge
    Region region(Index number) const { return region(position(number)); }
    /// The range of cell positions that touch `region`, as a Region in cell positions.
    Region cells(const Region& region) const;

  private:
    Dims shape_, cell_, counts_;
    Index size_ = 0;
};

/// Calls visit(position) for every index of `box` in C order.
void for_each_index(const Region& box, const std::function<void(const Dims&)>& visit);

}  // namespace levin
