// The geometry of a pyramid, and how much of it memory holds at a time.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "levin/core/resources.hpp"
#include "levin/engine/pyramid_grid.hpp"

namespace levin::engine {
namespace {

/// The least common multiple, or `whole` when it is no smaller.
Index common_multiple(Index a, Index b, Index whole) {
    Index multiple = 0;
    return __builtin_mul_overflow(a / std::gcd(a, b), b, &multiple) || multiple >= whole ? whole : multiple;
}

}  // namespace

Dims reduced(const Dims& shape, const Dims& factor) {
    Dims result = shape;
    for (std::size_t i = 0; i < shape.size(); ++i) result[i] = ceil_div(shape[i], factor[i]);
    return result;
}

PyramidGrid::PyramidGrid(const ArrayInfo& input, const PyramidLevels& levels) : shape_(input.shape) {
    const std::size_t rank = shape_.size();
    Dims factor(rank, 1);
    for (const PyramidLevel& level : levels) {
        for (std::size_t i = 0; i < rank; ++i) factor[i] *= level.factor[i];
        factors_.push_back(factor);
        steps_.push_back(level.factor);
        units_.push_back(level.output ? level.output->units() : Grid(shape_, input.chunks));
    }
    for (std::size_t k = 0; k < levels.size(); ++k) {
        Dims cell = k == 0 ? Dims(rank, 1) : cells_.back();
        for (std::size_t i = 0; i < rank; ++i) {
            // A multiple of every level's blocks.
            const Index whole = ceil_div(std::max<Index>(1, shape_[i]), factor[i]) * factor[i];
            Index span = 0;
            if (__builtin_mul_overflow(units_[k].cell()[i], factors_[k][i], &span)) span = whole;
            cell[i] = common_multiple(cell[i], span, whole);
            if (k + 1 < levels.size()) cell[i] = common_multiple(cell[i], factors_[k + 1][i], whole);
        }
        cells_.push_back(cell);
    }
}

Region PyramidGrid::at(std::size_t level, const Region& box) const {
    Region result = box;
    for (std::size_t i = 0; i < box.rank(); ++i) {
        result.origin[i] = box.origin[i] / factors_[level][i];
        result.shape[i] = ceil_div(box.end(i), factors_[level][i]) - result.origin[i];
    }
    return result;
}

Region PyramidGrid::box(const Dims& origin, const Dims& extent) const {
    return intersect({origin, extent}, Region::whole(shape_));
}

PyramidPlan::PyramidPlan(const Execution& execution, const ArraySource& input, const PyramidLevels& levels,
                         const PyramidGrid& grid)
    : execution_(execution), input_(input), levels_(levels), grid_(grid), batch_{0, grid.cell(0)} {
    constexpr Index units_per_thread = 4;  // so that one of few large ones holds up the others by little
    if (bytes(batch_) > execution.budget())
        execution.refuse_memory("one unit of every level", execution.memory() - execution.budget() + bytes(batch_),
                                "give more --memory, smaller --chunks or smaller --shards");
    const auto units = [&] {
        return product(grid.units(0).cells(grid.box(Dims(grid.shape().size(), 0), batch_.extent)).shape);
    };
    while (grow(batch_, units() < units_per_thread * execution.threads())) {
    }
}

/// What is held: the batch's values of its level and those below, a cell of each level above, and what threads need.
std::size_t PyramidPlan::bytes(const PyramidBatch& batch) const {
    const Dims origin(grid_.shape().size(), 0);
    std::size_t held = 0, thread = input_.scratch_bytes();
    for (std::size_t k = 0; k < levels_.size(); ++k) {
        const Region box = grid_.box(origin, k <= batch.level ? batch.extent : grid_.cell(k));
        held += byte_count(grid_.at(k, box).shape, input_.info().element_size());
        if (levels_[k].output) thread = std::max(thread, levels_[k].output->write_bytes(input_.info().dtype));
    }
    return held + static_cast<std::size_t>(execution_.threads()) * thread;
}

double PyramidPlan::decoded_per_sample(const PyramidBatch& batch) const {
    Dims middle = Grid(grid_.shape(), batch.extent).counts();
    for (std::size_t i = 0; i < middle.size(); ++i)
        middle[i] = std::max<Index>(0, (middle[i] - 1) / 2) * batch.extent[i];
    const Region box = grid_.box(middle, batch.extent);
    return box.empty() ? 0 : static_cast<double>(touched_bytes(input_, box)) / static_cast<double>(box.count());
}

/// What the boxes of a batch lie in.
Dims PyramidPlan::parent(const PyramidBatch& batch) const {
    if (batch.level < grid_.top()) return grid_.cell(batch.level + 1);
    Dims whole = grid_.shape();
    for (std::size_t i = 0; i < whole.size(); ++i)
        whole[i] = ceil_div(std::max<Index>(1, whole[i]), batch.extent[i]) * batch.extent[i];
    return whole;
}

/// Makes the batch larger along the axis that spares most decoding, the last of several; false when it should stay.
bool PyramidPlan::grow(PyramidBatch& batch, bool idle) const {
    const Dims most = parent(batch);
    const double cost = decoded_per_sample(batch);
    std::optional<PyramidBatch> best;
    double least = 0;
    bool whole = true;
    for (std::size_t i = most.size(); i-- > 0;) {
        if (batch.extent[i] >= most[i]) continue;
        whole = false;
        PyramidBatch next = batch;
        next.extent[i] = std::min(2 * batch.extent[i], most[i]);
        if (bytes(next) > execution_.budget()) continue;
        if (const double decoded = decoded_per_sample(next); !best || decoded < least) best = next, least = decoded;
    }
    if (whole && batch.level < grid_.top()) {
        batch.level += 1;
        return true;
    }
    if (!best || (!idle && least > 0.99 * cost)) return false;
    batch = *best;
    return true;
}

UnitPlan PyramidPlan::describe(const Region& part) const {
    constexpr double far_more = 1.5;
    UnitPlan plan;
    plan.direct = false;
    plan.threads = execution_.threads();
    plan.memory = execution_.memory() - execution_.budget() + bytes(batch_);
    if (part.empty()) return plan;
    plan.batches = Grid(part.shape, batch_.extent).size();
    const auto samples = static_cast<double>(part.count());
    plan.bytes_decoded = static_cast<std::size_t>(decoded_per_sample(batch_) * samples);
    for (std::size_t k = 0; k < levels_.size(); ++k) {
        plan.units += grid_.units(k).cells(grid_.at(k, part)).count();
        plan.units_in_all += grid_.units(k).size();
    }
    if (const double raw = samples * static_cast<double>(input_.info().element_size());
        static_cast<double>(plan.bytes_decoded) > far_more * raw)
        plan.remark = fmt::format(
            "the input is decoded {:.1f} times over: its chunks {} lie across those of the output {}; leave out "
            "--chunks, or levin copy it to other chunks first",
            static_cast<double>(plan.bytes_decoded) / raw, to_string(input_.info().chunks),
            to_string(grid_.units(0).cell()));
    return plan;
}

}  // namespace levin::engine
