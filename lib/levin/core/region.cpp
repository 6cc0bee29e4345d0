#include "levin/core/region.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"

namespace levin {

bool Region::empty() const {
    return std::any_of(shape.begin(), shape.end(), [](Index n) { return n <= 0; });
}

bool Region::contains(const Region& other) const {
    for (std::size_t i = 0; i < rank(); ++i)
        if (other.origin[i] < origin[i] || other.end(i) > end(i)) return false;
    return true;
}

Region intersect(const Region& a, const Region& b) {
    Region common = a;
    for (std::size_t i = 0; i < a.rank(); ++i) {
        common.origin[i] = std::max(a.origin[i], b.origin[i]);
        common.shape[i] = std::max<Index>(0, std::min(a.end(i), b.end(i)) - common.origin[i]);
    }
    return common;
}

Region relative_to(const Region& region, const Dims& origin) {
    Region moved = region;
    for (std::size_t i = 0; i < origin.size(); ++i) moved.origin[i] -= origin[i];
    return moved;
}

Region moved_by(Region region, const Dims& origin) {
    for (std::size_t i = 0; i < origin.size(); ++i) region.origin[i] += origin[i];
    return region;
}

Region bounding(const Region& a, const Region& b) {
    if (a.empty()) return b;
    if (b.empty()) return a;
    Region box = a;
    for (std::size_t i = 0; i < a.rank(); ++i) {
        box.origin[i] = std::min(a.origin[i], b.origin[i]);
        box.shape[i] = std::max(a.end(i), b.end(i)) - box.origin[i];
    }
    return box;
}

std::string to_string(const Region& region) {
    std::string text;
    for (std::size_t i = 0; i < region.rank(); ++i)
        text += fmt::format("{}{}:{}", i ? ", " : "", region.origin[i], region.end(i));
    return "[" + text + "]";
}

Grid::Grid(Dims shape, Dims cell) : shape_(std::move(shape)), cell_(std::move(cell)) {
    if (shape_.size() != cell_.size())
        throw Error(fmt::format("chunk shape {} has {} dimensions, the array {} has {}", to_string(cell_), cell_.size(),
                                to_string(shape_), shape_.size()));
    for (std::size_t i = 0; i < shape_.size(); ++i) {
        if (cell_[i] <= 0) throw Error(fmt::format("chunk shape {} must be positive everywhere", to_string(cell_)));
        counts_.push_back(ceil_div(shape_[i], cell_[i]));
    }
    size_ = product(counts_);
}

Dims Grid::position(Index number) const {
    Dims position(counts_.size());
    for (std::size_t i = counts_.size(); i-- > 0; number /= counts_[i]) position[i] = number % counts_[i];
    return position;
}

Index Grid::number(const Dims& position) const {
    Index number = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) number = number * counts_[i] + position[i];
    return number;
}

Region Grid::region(const Dims& position) const {
    Region cell{position, cell_};
    for (std::size_t i = 0; i < cell_.size(); ++i) {
        cell.origin[i] *= cell_[i];
        cell.shape[i] = std::min(cell_[i], shape_[i] - cell.origin[i]);
    }
    return cell;
}

Region Grid::cells(const Region& region) const {
    Region range = region;
    for (std::size_t i = 0; i < cell_.size(); ++i) {
        range.origin[i] = region.origin[i] / cell_[i];
        range.shape[i] = region.shape[i] <= 0 ? 0 : ceil_div(region.end(i), cell_[i]) - range.origin[i];
    }
    return range;
}

void for_each_index(const Region& box, const std::function<void(const Dims&)>& visit) {
    if (box.empty()) return;
    Dims position = box.origin;
    for (;;) {
        visit(position);
        std::size_t axis = box.rank();
        while (axis-- > 0) {
            if (++position[axis] < box.end(axis)) break;
            position[axis] = box.origin[axis];
        }
        if (axis == static_cast<std::size_t>(-1)) return;
    }
}

}  // namespace levin
