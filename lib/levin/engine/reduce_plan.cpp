// How a reduction is cut, so that memory suffices and every chunk is read once where it can be.
#include <fmt/format.h>

#include <algorithm>

#include "levin/core/resources.hpp"
#include "levin/engine/reduce_boxes.hpp"

namespace levin::engine {
namespace {

constexpr std::size_t strips_per_thread = 4;  // so that a slow thread holds up the others by little

}  // namespace

std::string remark_on_reading(const Execution& execution, const ArraySource& input, double bytes) {
    constexpr double far_more = 3;
    const auto& part = execution.part();
    const auto all = static_cast<double>(input.info().bytes());
    if (!part || bytes * static_cast<double>(part->count) < far_more * all) return "";
    return fmt::format(
        "this part reads {} of the {} in {}: its chunks {} do not suit parts of this reduction; with "
        "chunks in which the samples of a pixel lie together (levin toseries) it would read its share",
        format_size(static_cast<std::size_t>(bytes)), format_size(input.info().bytes()), input.name(),
        to_string(input.info().chunks));
}

double bytes_needed(const ArraySource& input, const std::vector<std::size_t>& reduced, const Region& pixels,
                    Index begin, Index end) {
    Region needed = Region::whole(input.info().shape);
    const auto kept = kept_axes(input.info(), reduced);
    for (std::size_t k = 0; k < kept.size(); ++k)
        needed.origin[kept[k]] = pixels.origin[k], needed.shape[kept[k]] = pixels.shape[k];
    needed.origin[reduced.front()] = begin;
    needed.shape[reduced.front()] = end - begin;
    return static_cast<double>(touched_bytes(input, needed));
}

std::optional<std::size_t> Reduction::cost() const {
    const Dims batch = choose_batch();
    const Cut cut = choose_cut(batch);
    if (box_bytes(cut) > room(batch)) return std::nullopt;
    return decoded_bytes(cut);
}

void Reduction::require(const Dims& batch, const Cut& cut) const {
    if (box_bytes(cut) > room(batch))
        execution_.refuse_memory("a slab of one output element", execution_.memory() - room(batch) + box_bytes(cut),
                                 "give more --memory or reduce one axis after the other");
}

UnitPlan Reduction::plan(const Region& own) const {
    const Dims batch = choose_batch();
    const Cut cut = choose_cut(batch);
    require(batch, cut);
    UnitPlan plan;
    plan.units = own.count();
    plan.batches = own.empty() ? 0 : Grid(own.shape, batch).size();
    plan.memory = execution_.memory() - execution_.budget() + batch_bytes(batch) + box_bytes(cut);
    if (own == Region::whole(units_.counts())) plan.bytes_decoded = decoded_bytes(cut);
    else if (!own.empty())
        plan.bytes_decoded =
            static_cast<std::size_t>(bytes_needed(input_, options_.axes, span_of(units_, own), begin(), end())) *
            static_cast<std::size_t>(options_.passes);
    return plan;
}

/// Of the output, along the kept axes.
Dims Reduction::extent_of(const Dims& batch) const {
    Dims extent = batch;
    for (std::size_t i = 0; i < extent.size(); ++i)
        extent[i] = std::min(extent[i] * units_.cell()[i], units_.shape()[i]);
    return extent;
}

std::size_t Reduction::batch_bytes(const Dims& batch) const {
    const Dims extent = extent_of(batch);
    std::size_t bytes = 0;
    for (const Target& target : segments_.front().targets)
        bytes += byte_count(extent, size_of(target.dtype)) * static_cast<std::size_t>(std::max<Index>(1, target.each));
    return bytes * segments_.size() +
           static_cast<std::size_t>(execution_.threads()) * segments_.front().targets.front().write_bytes;
}

/// As many units as a quarter of the budget holds results for, whole rows of the grid first.
Dims Reduction::choose_batch() const {
    Dims batch(units_.counts().size(), 1);
    const std::size_t room = execution_.budget() / 4;
    if (units_.size() > 0 && batch_bytes(batch) > execution_.budget() / 2)
        execution_.refuse_memory("one unit of the output",
                                 execution_.memory() - execution_.budget() + 2 * batch_bytes(batch),
                                 "give more --memory or smaller --chunks");
    for (std::size_t i = batch.size(); i-- > 0;)
        while (batch[i] < units_.counts()[i]) {
            Dims wider = batch;
            wider[i] = std::min(2 * batch[i], units_.counts()[i]);
            if (batch_bytes(wider) > room) return batch;
            batch = wider;
        }
    return batch;
}

/// Memory of the slabs in hand and of the reducers of their boxes.
std::size_t Reduction::box_bytes(const Cut& cut) const {
    Dims box = cut.kept;
    for (const std::size_t axis : options_.axes) box[axis] = axis == first() ? cut.slab : info_.shape[axis];
    Dims kept;
    for (const std::size_t axis : kept_) kept.push_back(cut.kept[axis]);
    const Index pixels = product(kept);
    const Grid strips = cut_into_strips(kept, cut);
    std::size_t results = 0;
    for (const Target& target : segments_.front().targets)
        results += std::max<std::size_t>(16, size_of(target.dtype) * static_cast<std::size_t>(target.each));
    // The slab, its copy in the reducers' order, their state and results, and what reading needs.
    const std::size_t one = byte_count(box, 2 * info_.element_size()) + options_.state_bytes(pixels) +
                            static_cast<std::size_t>(pixels) * results +
                            static_cast<std::size_t>(strips.size()) * options_.scratch_bytes(product(strips.cell()));
    const auto threads = static_cast<std::size_t>(execution_.threads());
    return (cut.box_each ? threads * one : one) + threads * input_.scratch_bytes();
}

/// Where there are enough boxes that share no chunk: nobody waits for others then, and small slabs are still in the
/// cache of who has read them.
std::optional<Reduction::Cut> Reduction::cut_for_each(const Dims& batch) const {
    constexpr Index cached = Index{1} << 20;
    if (input_.comes_once()) return std::nullopt;
    const Dims granule = input_.granule();
    Cut cut{Dims(info_.rank(), 0), std::max<Index>(1, info_.shape[first()]), true};
    for (const std::size_t axis : kept_)
        cut.kept[axis] = std::clamp<Index>(granule[axis], 1, std::max<Index>(1, info_.shape[axis]));
    const auto sample = [&] {  // bytes of one, of all pixels of a box
        Index bytes = static_cast<Index>(info_.element_size());
        for (std::size_t axis = 0; axis < info_.rank(); ++axis)
            if (axis != first()) bytes *= std::max<Index>(1, cut.kept[axis] > 0 ? cut.kept[axis] : info_.shape[axis]);
        return bytes;
    };
    if (const Index fits = cached / sample(); !options_.whole && cut.slab > fits) {
        // Slabs end where chunks do, so that no file is opened twice, or at least where granules do.
        const Index chunk = info_.chunks[first()], step = fits >= chunk ? chunk : granule[first()];
        cut.slab = std::min(cut.slab, std::max(step, fits - fits % step));
    }
    const Dims extent = extent_of(batch);
    const auto boxes = [&] {
        Dims box;
        for (const std::size_t axis : kept_) box.push_back(cut.kept[axis]);
        return Grid(extent, box).size();
    };
    const Index enough = 4 * execution_.threads();
    if (boxes() < enough) return std::nullopt;
    for (std::size_t k = kept_.size(); k-- > 0;)
        for (Index& n = cut.kept[kept_[k]];
             n < extent[k] && 2 * sample() * cut.slab <= cached && boxes() >= 2 * enough;)
            n = std::min(2 * n, extent[k]);
    return cut;
}

/// Begins with one chunk, all of the other reduced axes; halves it until it fits (or cannot be cut any more), or
/// grows it until all threads have chunks to decode.
Reduction::Cut Reduction::choose_cut(const Dims& batch) const {
    const std::size_t most = room(batch);
    if (const auto cut = cut_for_each(batch); cut && box_bytes(*cut) <= most) return *cut;
    const Dims& shape = info_.shape;
    Cut cut{Dims(shape.size(), 0),
            options_.whole ? std::max<Index>(1, shape[first()])
                           : std::clamp<Index>(info_.chunks[first()], 1, std::max<Index>(1, shape[first()]))};
    for (const std::size_t axis : kept_)
        cut.kept[axis] = std::clamp<Index>(info_.chunks[axis], 1, std::max<Index>(1, shape[axis]));
    if (input_.comes_once()) {
        // One box, so that all chunks are used when they come.
        Cut whole = cut;
        for (const std::size_t axis : kept_) whole.kept[axis] = std::max<Index>(1, shape[axis]);
        if (box_bytes(whole) <= most) return whole;
    }
    while (box_bytes(cut) > most) {
        const auto widest = std::max_element(cut.kept.begin(), cut.kept.end());
        if (!kept_.empty() && *widest > 1) *widest = (*widest + 1) / 2;
        else if (!options_.whole && cut.slab > 1) cut.slab = (cut.slab + 1) / 2;
        else return cut;
    }
    grow(cut, most);
    return cut;
}

void Reduction::grow(Cut& cut, std::size_t most) const {
    const Dims& shape = info_.shape;
    const Index wanted = 2 * execution_.threads();
    const auto chunks = [&] {
        Index count = ceil_div(cut.slab, info_.chunks[first()]);
        for (std::size_t i = 0; i < shape.size(); ++i)
            if (i != first()) count *= ceil_div(cut.kept[i] == 0 ? shape[i] : cut.kept[i], info_.chunks[i]);
        return count;
    };
    const auto grow = [&](Index& extent, Index longest) {
        while (chunks() < wanted && extent < longest) {
            const Index before = extent;
            extent = std::min(2 * extent, longest);
            if (box_bytes(cut) > most) {
                extent = before;
                return;
            }
        }
    };
    grow(cut.slab, shape[first()]);
    for (std::size_t k = kept_.size(); k-- > 0;) grow(cut.kept[kept_[k]], shape[kept_[k]]);
}

std::size_t Reduction::decoded_bytes(const Cut& cut) const {
    Dims slab = cut.kept;
    const bool whole_chunks = cut.slab % input_.granule()[first()] == 0;  // then none is read twice
    for (const std::size_t axis : options_.axes)
        slab[axis] = axis == first() && !whole_chunks ? cut.slab : std::max<Index>(1, info_.shape[axis]);
    const Grid slabs(info_.shape, slab);
    if (slabs.size() == 0) return 0;
    return touched_bytes(input_, slabs.region(0)) * static_cast<std::size_t>(slabs.size() * options_.passes);
}

/// Strips of the box for the threads, along its first axis that is long enough, so that their elements lie side by
/// side in the slab, else along its longest.
Grid Reduction::cut_into_strips(const Dims& box, const Cut& cut) const {
    const Index wanted = cut.box_each ? 1 : static_cast<Index>(strips_per_thread) * execution_.threads();
    Dims strip = box;
    if (!strip.empty()) {
        auto longest = std::find_if(strip.begin(), strip.end(), [&](Index n) { return n >= wanted; });
        if (longest == strip.end()) longest = std::max_element(strip.begin(), strip.end());
        *longest = std::max<Index>(1, ceil_div(*longest, wanted));
    }
    for (Index& n : strip) n = std::max<Index>(1, n);
    return Grid(box, strip);
}

}  // namespace levin::engine
