#include "levin/formats/blocks.hpp"

#include <algorithm>
#include <numeric>

namespace levin::formats {
namespace {

ArrayInfo permuted_info(const ArrayInfo& info, const std::vector<std::size_t>& order) {
    ArrayInfo result = info;
    for (std::size_t i = 0; i < order.size(); ++i) {
        result.shape[i] = info.shape[order[i]];
        result.axes[i] = info.axes[order[i]];
        result.chunks[i] = info.chunks[order[i]];
    }
    return result;
}

/// The largest box that is whole along its fast axes and holds at most `memory` bytes.
Dims block_shape(const ArrayInfo& info, std::size_t memory) {
    Dims block(info.rank(), 1);
    auto left = static_cast<Index>(std::max(memory / info.element_size(), std::size_t{1}));
    for (std::size_t i = info.rank(); i-- > 0;) {
        block[i] = std::clamp<Index>(info.shape[i], 1, i + 1 == info.rank() ? std::max<Index>(info.shape[i], 1) : left);
        if (block[i] < info.shape[i]) {
            if (block[i] > info.chunks[i]) block[i] -= block[i] % info.chunks[i];
            break;
        }
        left = std::max<Index>(left / block[i], 1);
    }
    return block;
}

}  // namespace

PermutedSource::PermutedSource(const ArraySource& source, std::vector<std::size_t> order)
    : source_(source), order_(std::move(order)), info_(permuted_info(source.info(), order_)) {}

PermutedSource::PermutedSource(std::unique_ptr<ArraySource> source, std::vector<std::size_t> order)
    : owned_(std::move(source)),
      source_(*owned_),
      order_(std::move(order)),
      info_(permuted_info(source_.info(), order_)) {}

Region PermutedSource::inner(const Region& region) const {
    Region inner = region;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        inner.origin[order_[i]] = region.origin[i];
        inner.shape[order_[i]] = region.shape[i];
    }
    return inner;
}

Dims PermutedSource::granule() const {
    const Dims from = source_.granule();
    Dims granule;
    for (const std::size_t axis : order_) granule.push_back(from[axis]);
    return granule;
}

void PermutedSource::read(const Region& region, const View& out) const {
    View target = out;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        target.shape[order_[i]] = out.shape[i];
        target.strides[order_[i]] = out.strides[i];
    }
    source_.read(inner(region), target);
}

std::vector<std::size_t> ome_order(const Axes& axes) {
    const auto before = [&](std::size_t a, std::size_t b) { return ome_rank(axes[a].name) < ome_rank(axes[b].name); };
    std::vector<std::size_t> order(axes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (std::any_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.name.empty(); })) return {};
    if (std::is_sorted(order.begin(), order.end(), before)) return {};
    std::stable_sort(order.begin(), order.end(), before);
    return order;
}

std::unique_ptr<ArraySource> in_ome_order(std::unique_ptr<ArraySource> source) {
    auto order = ome_order(source->info().axes);
    if (order.empty()) return source;
    return std::make_unique<PermutedSource>(std::move(source), std::move(order));
}

void for_each_block(const ArraySource& source, std::size_t memory, const StopToken& stop,
                    const std::function<void(const Region&, const ConstView&)>& visit) {
    for_each_block(source, Grid(source.info().shape, block_shape(source.info(), memory)), stop, visit);
}

void for_each_block(const ArraySource& source, const Grid& blocks, const StopToken& stop,
                    const std::function<void(const Region&, const ConstView&)>& visit) {
    const auto& info = source.info();
    Buffer buffer;
    if (source.comes_once())
        for (Index i = 0; i < blocks.size(); ++i) source.expect(blocks.region(i), 1);
    for (Index i = 0; i < blocks.size(); ++i) {
        stop.check();
        const Region region = blocks.region(i);
        buffer.reserve(byte_count(region.shape, info.element_size()));
        const View block = contiguous(buffer.data(), info.dtype, region.shape);
        source.read(region, block);
        visit(region, block);
    }
}

}  // namespace levin::formats
