#include "levin/engine/reduce.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/parallel.hpp"

namespace levin::engine {
namespace {

bool contains(const std::vector<std::size_t>& axes, std::size_t axis) {
    return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

constexpr std::size_t strips_per_thread = 4;  // so that a slow thread holds up the others by little

/// The bytes from one element to the next along the axes [begin, end) as if they were one, where they can be.
std::optional<Index> one_stride(const ConstView& view, std::size_t begin, std::size_t end) {
    Index stride = 0, next = 0;
    for (std::size_t i = end; i-- > begin;) {
        if (view.shape[i] == 1) continue;
        if (next == 0) stride = view.strides[i];
        else if (view.strides[i] != next) return std::nullopt;
        next = view.strides[i] * view.shape[i];
    }
    return stride;
}

/// How a reduction cuts its work.
struct Cut {
    Dims kept;   ///< extent of a box along the kept axes (input axes; reduced ones hold 0)
    Index slab;  ///< samples of the first reduced axis in one slab
};

class Reduction {
  public:
    Reduction(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
              const MakeReducer& make)
        : execution_(execution), input_(input), info_(input.info()), options_(options), outputs_(outputs), make_(make) {
        for (std::size_t i = 0; i < info_.rank(); ++i)
            if (!contains(options.axes, i)) kept_.push_back(i);
        rows_ = contains(options.axes, info_.rank() - 1);
        order_ = rows_ ? kept_ : options.axes;
        const auto& then = rows_ ? options.axes : kept_;
        order_.insert(order_.end(), then.begin(), then.end());
    }

    std::optional<std::size_t> cost() const {
        const Dims batch = choose_batch(outputs_.front()->units());
        const Cut cut = choose_cut(batch);
        if (box_bytes(cut) > room(batch)) return std::nullopt;
        return decoded_bytes(cut);
    }

    void run() {
        const Grid& units = outputs_.front()->units();
        const auto part = share(execution_, outputs_, [&](const Region& box) { return bytes_needed(units, box); });
        const Region own = part.value_or(Region::whole(units.counts()));
        const Dims batch = choose_batch(units);
        const Cut cut = choose_cut(batch);
        if (box_bytes(cut) > room(batch))
            execution_.refuse_memory("a slab of one output element", execution_.memory() - room(batch) + box_bytes(cut),
                                     "give more --memory or reduce one axis after the other");
        if (execution_.options().dry_run)
            return print_plan(execution_, input_, outputs_, plan_of(units, own, batch, cut));
        if (std::all_of(outputs_.begin(), outputs_.end(), [](const Output* output) { return output->was_complete(); }))
            return;
        if (own.empty()) return;
        const Grid batches(own.shape, batch);
        if (input_.comes_once()) expect(units, own, batches, cut);
        execution_.progress().start(batches.size());
        for (Index number = 0; number < batches.size(); ++number) {
            run_batch(units, batch_of(batches, own, number), cut);
            execution_.progress().advance();
        }
    }

  private:
    std::size_t first() const { return options_.axes.front(); }

    /// Bytes of input chunks behind a box of units.
    double bytes_needed(const Grid& units, const Region& box) const {
        if (box.empty()) return 0;
        Dims last = box.origin;
        for (std::size_t i = 0; i < last.size(); ++i) last[i] += box.shape[i] - 1;
        const Region kept = bounding(units.region(box.origin), units.region(last));
        Region needed = Region::whole(info_.shape);
        for (std::size_t k = 0; k < kept_.size(); ++k)
            needed.origin[kept_[k]] = kept.origin[k], needed.shape[kept_[k]] = kept.shape[k];
        return static_cast<double>(touched_bytes(info_, needed));
    }

    UnitPlan plan_of(const Grid& units, const Region& own, const Dims& batch, const Cut& cut) const {
        UnitPlan plan;
        plan.units = own.count();
        plan.batches = own.empty() ? 0 : Grid(own.shape, batch).size();
        plan.memory = execution_.memory() - execution_.budget() + batch_bytes(units, batch) + box_bytes(cut);
        plan.bytes_decoded = own == Region::whole(units.counts()) ? decoded_bytes(cut)
                                                                  : static_cast<std::size_t>(bytes_needed(units, own)) *
                                                                        static_cast<std::size_t>(options_.passes);
        return plan;
    }

    std::size_t batch_bytes(const Grid& units, const Dims& batch) const {
        Dims extent = batch;
        for (std::size_t i = 0; i < extent.size(); ++i)
            extent[i] = std::min(extent[i] * units.cell()[i], units.shape()[i]);
        std::size_t bytes = 0;
        for (const Output* output : outputs_) bytes += byte_count(extent, size_of(output->result_dtype()));
        const Output& one = *outputs_.front();
        return bytes + static_cast<std::size_t>(execution_.threads()) * one.write_bytes(one.result_dtype());
    }

    /// As many units as a quarter of the budget holds results for, whole rows of the grid first.
    Dims choose_batch(const Grid& units) const {
        Dims batch(units.counts().size(), 1);
        const std::size_t room = execution_.budget() / 4;
        if (units.size() > 0 && batch_bytes(units, batch) > execution_.budget() / 2)
            execution_.refuse_memory("one unit of the output",
                                     execution_.memory() - execution_.budget() + 2 * batch_bytes(units, batch),
                                     "give more --memory or smaller --chunks");
        for (std::size_t i = batch.size(); i-- > 0;)
            while (batch[i] < units.counts()[i]) {
                Dims wider = batch;
                wider[i] = std::min(2 * batch[i], units.counts()[i]);
                if (batch_bytes(units, wider) > room) return batch;
                batch = wider;
            }
        return batch;
    }

    /// Memory of one slab and of the reducers of its box.
    std::size_t box_bytes(const Cut& cut) const {
        Dims box = cut.kept;
        for (const std::size_t axis : options_.axes) box[axis] = axis == first() ? cut.slab : info_.shape[axis];
        Dims kept;
        for (const std::size_t axis : kept_) kept.push_back(cut.kept[axis]);
        const Index pixels = product(kept);
        const Grid strips = cut_into_strips(kept);
        // The slab, its copy in the reducers' order, their state and results, and what reading needs.
        return byte_count(box, 2 * info_.element_size()) + options_.state_bytes(pixels) +
               static_cast<std::size_t>(pixels) * 16 * outputs_.size() +
               static_cast<std::size_t>(strips.size()) * options_.scratch_bytes(product(strips.cell())) +
               static_cast<std::size_t>(execution_.threads()) * input_.scratch_bytes();
    }

    /// What the results of a batch leave of the budget.
    std::size_t room(const Dims& batch) const {
        return execution_.budget() - batch_bytes(outputs_.front()->units(), batch);
    }

    /// Begins with one chunk, all of the other reduced axes; halves it until it fits (or cannot be cut any more), or
    /// grows it until all threads have chunks to decode.
    Cut choose_cut(const Dims& batch) const {
        const std::size_t most = room(batch);
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
        const Index wanted = 4 * execution_.threads();
        const auto chunks = [&] {
            Index count = ceil_div(cut.slab, info_.chunks[first()]);
            for (std::size_t i = 0; i < shape.size(); ++i)
                if (i != first())
                    count *= ceil_div(contains(options_.axes, i) ? shape[i] : cut.kept[i], info_.chunks[i]);
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
        return cut;
    }

    std::size_t decoded_bytes(const Cut& cut) const {
        Dims slab = cut.kept;
        for (const std::size_t axis : options_.axes)
            slab[axis] = axis == first() ? cut.slab : std::max<Index>(1, info_.shape[axis]);
        const Grid slabs(info_.shape, slab);
        if (slabs.size() == 0) return 0;
        return touched_bytes(info_, slabs.region(0)) * static_cast<std::size_t>(slabs.size() * options_.passes);
    }

    static Region batch_of(const Grid& batches, const Region& own, Index number) {
        Region batch = batches.region(number);
        for (std::size_t i = 0; i < batch.rank(); ++i) batch.origin[i] += own.origin[i];
        return batch;
    }

    /// The units of a batch that are still to be done, and what they span.
    Region pending_of(const Grid& units, const Region& batch, std::vector<Index>& pending) const {
        Region kept{units.region(batch.origin)};
        for_each_index(batch, [&](const Dims& position) {
            const Index unit = units.number(position);
            kept = bounding(kept, units.region(position));
            if (!std::all_of(outputs_.begin(), outputs_.end(),
                             [&](const Output* output) { return output->is_done(unit); }))
                pending.push_back(unit);
        });
        return kept;
    }

    /// The boxes in which a batch that spans `kept` is worked on, from its origin.
    Grid boxes_of(const Region& kept, const Cut& cut) const {
        Dims cell;
        for (const std::size_t axis : kept_) cell.push_back(cut.kept[axis]);
        return Grid(kept.shape, cell);
    }

    /// Calls visit with the parts of the input that a box, in kept coordinates from `origin`, is read in.
    void for_each_slab(const Dims& origin, const Region& box, const Cut& cut,
                       const std::function<void(const Region& slab)>& visit) const {
        Region slab = Region::whole(info_.shape);
        for (std::size_t k = 0; k < kept_.size(); ++k)
            slab.origin[kept_[k]] = origin[k] + box.origin[k], slab.shape[kept_[k]] = box.shape[k];
        const Index n = info_.shape[first()];
        for (Index begin = 0; begin < n; begin += cut.slab) {
            slab.origin[first()] = begin;
            slab.shape[first()] = std::min(cut.slab, n - begin);
            visit(slab);
        }
    }

    /// Announces all that will be read to an input that comes once.
    void expect(const Grid& units, const Region& own, const Grid& batches, const Cut& cut) const {
        for (Index number = 0; number < batches.size(); ++number) {
            std::vector<Index> pending;
            const Region kept = pending_of(units, batch_of(batches, own, number), pending);
            const Grid boxes = boxes_of(kept, cut);
            for (Index box = 0; !pending.empty() && box < boxes.size(); ++box)
                for_each_slab(kept.origin, boxes.region(box), cut,
                              [&](const Region& slab) { expect_parallel(input_, slab, options_.passes); });
        }
    }

    void run_batch(const Grid& units, const Region& batch, const Cut& cut) {
        std::vector<Index> pending;
        const Region kept = pending_of(units, batch, pending);
        if (pending.empty()) return;
        std::vector<OwnedArray> results;
        for (const Output* output : outputs_) results.emplace_back(output->result_dtype(), kept.shape);
        const Grid boxes = boxes_of(kept, cut);
        for (Index number = 0; number < boxes.size(); ++number)
            run_box(kept.origin, boxes.region(number), cut, results);
        parallel_for(static_cast<Index>(pending.size()), execution_.threads(), execution_.stop(), [&](Index i) {
            const Index unit = pending[static_cast<std::size_t>(i)];
            const Region part = relative_to(units.region(unit), kept.origin);
            for (std::size_t k = 0; k < outputs_.size(); ++k)
                if (!outputs_[k]->is_done(unit)) outputs_[k]->write(unit, results[k].view.sub(part));
        });
    }

    /// `box` is in kept coordinates from `origin`; its results go to the same place of `results`.
    void run_box(const Dims& origin, const Region& box, const Cut& cut, std::vector<OwnedArray>& results) {
        const Grid strips = cut_into_strips(box.shape);
        std::vector<std::unique_ptr<Reducer>> reducers(static_cast<std::size_t>(strips.size()));
        for (Index i = 0; i < strips.size(); ++i)
            reducers[static_cast<std::size_t>(i)] = make_(strips.region(i).count());

        for (Index pass = 0; pass < options_.passes; ++pass) {
            for_each_slab(origin, box, cut, [&](const Region& slab) {
                slab_.reserve(byte_count(slab.shape, info_.element_size()));
                const View values = contiguous(slab_.data(), info_.dtype, slab.shape);
                read_parallel(execution_, input_, slab, values);
                parallel_for(strips.size(), execution_.threads(), execution_.stop(),
                             [&](Index i) { add(*reducers[static_cast<std::size_t>(i)], values, strips.region(i)); });
            });
            for (const auto& reducer : reducers) reducer->end_pass();
        }
        parallel_for(strips.size(), execution_.threads(), execution_.stop(), [&](Index i) {
            const Region strip = strips.region(i);
            std::vector<OwnedArray> owned;
            std::vector<View> views;
            for (const OwnedArray& result : results) {
                owned.emplace_back(result.view.dtype, strip.shape);
                views.push_back(contiguous(owned.back().view.data, result.view.dtype, {strip.count()}));
            }
            reducers[static_cast<std::size_t>(i)]->finish(views);
            Region place = strip;
            for (std::size_t k = 0; k < place.rank(); ++k) place.origin[k] += box.origin[k];
            for (std::size_t k = 0; k < results.size(); ++k) copy(owned[k].view, results[k].view.sub(place));
        });
    }

    /// Strips of the box for the threads, along its first axis that is long enough, so that their elements lie side by
    /// side in the slab, else along its longest.
    Grid cut_into_strips(const Dims& box) const {
        const Index wanted = static_cast<Index>(strips_per_thread) * execution_.threads();
        Dims strip = box;
        if (!strip.empty()) {
            auto cut = std::find_if(strip.begin(), strip.end(), [&](Index n) { return n >= wanted; });
            if (cut == strip.end()) cut = std::max_element(strip.begin(), strip.end());
            *cut = std::max<Index>(1, ceil_div(*cut, wanted));
        }
        for (Index& n : strip) n = std::max<Index>(1, n);
        return Grid(box, strip);
    }

    void add(Reducer& reducer, const ConstView& slab, const Region& strip) const {
        Region part = Region::whole(slab.shape);
        for (std::size_t k = 0; k < kept_.size(); ++k)
            part.origin[kept_[k]] = strip.origin[k], part.shape[kept_[k]] = strip.shape[k];
        ConstView ordered = permuted(slab.sub(part), order_);
        const std::size_t outer = rows_ ? kept_.size() : options_.axes.size();  // axes in front of the others
        OwnedArray block;
        if (!one_stride(ordered, 0, outer) || !one_stride(ordered, outer, ordered.rank())) {
            block = OwnedArray(info_.dtype, ordered.shape);
            copy(ordered, block.view);
            ordered = block.view;
        }
        const Index pixels = strip.count(), samples = pixels > 0 ? ordered.count() / pixels : 0,
                    slow = *one_stride(ordered, 0, outer), fast = *one_stride(ordered, outer, ordered.rank());
        reducer.add(
            ConstView(ordered.data, info_.dtype, {samples, pixels}, rows_ ? Dims{fast, slow} : Dims{slow, fast}));
    }

    Execution& execution_;
    const ArraySource& input_;
    const ArrayInfo& info_;
    const ReduceOptions& options_;
    const Outputs& outputs_;
    const MakeReducer& make_;
    std::vector<std::size_t> kept_, order_;
    bool rows_;  ///< the last axis is reduced: the samples of one element lie side by side
    Buffer slab_;
};

}  // namespace

void reduce(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
            const MakeReducer& make_reducer) {
    if (options.axes.empty()) throw UsageError("a reduction needs at least one axis");
    Reduction(execution, input, options, outputs, make_reducer).run();
}

std::optional<std::size_t> reduction_cost(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                                          const Outputs& outputs) {
    return Reduction(execution, input, options, outputs, {}).cost();
}

ArrayInfo without_axes(const ArrayInfo& input, const std::vector<std::size_t>& axes) {
    ArrayInfo rest = input;
    rest.shape.clear(), rest.axes.clear(), rest.chunks.clear();
    for (std::size_t i = 0; i < input.rank(); ++i)
        if (!contains(axes, i)) rest.shape.push_back(input.shape[i]), rest.axes.push_back(input.axes[i]);
    return rest;
}

}  // namespace levin::engine
