#include "levin/engine/reduce_boxes.hpp"

#include <algorithm>

#include "levin/core/parallel.hpp"

namespace levin::engine {
namespace {

bool contains(const std::vector<std::size_t>& axes, std::size_t axis) {
    return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

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

/// With the axis in front that results with several values of a pixel have.
Dims with_each(Index each, Dims shape) {
    if (each > 0) shape.insert(shape.begin(), each);
    return shape;
}
Region with_each(Index each, Region box) {
    if (each > 0) box.origin.insert(box.origin.begin(), 0);
    return {box.origin, with_each(each, box.shape)};
}

}  // namespace

Targets targets_of(const Outputs& outputs) {
    Targets targets;
    for (Output* output : outputs)
        targets.push_back({output->result_dtype(), [output](Index unit) { return output->is_done(unit); },
                           [output](Index unit, const ConstView& values) { output->write(unit, values); },
                           output->write_bytes(output->result_dtype())});
    return targets;
}

Region span_of(const Grid& grid, const Region& cells) {
    Dims last = cells.origin;
    for (std::size_t i = 0; i < last.size(); ++i) last[i] += cells.shape[i] - 1;
    return bounding(grid.region(cells.origin), grid.region(last));
}

std::vector<std::size_t> kept_axes(const ArrayInfo& input, const std::vector<std::size_t>& reduced) {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < input.rank(); ++i)
        if (!contains(reduced, i)) kept.push_back(i);
    return kept;
}

Reduction::Reduction(Execution& execution, const ArraySource& input, const ReduceOptions& options, Grid units,
                     std::vector<Segment> segments, const MakeReducer& make)
    : execution_(execution),
      input_(input),
      info_(input.info()),
      options_(options),
      units_(std::move(units)),
      segments_(std::move(segments)),
      make_(make),
      kept_(kept_axes(info_, options.axes)),
      slabs_(static_cast<std::size_t>(execution.threads())) {
    rows_ = contains(options.axes, info_.rank() - 1);
    order_ = rows_ ? kept_ : options.axes;
    const auto& then = rows_ ? options.axes : kept_;
    order_.insert(order_.end(), then.begin(), then.end());
}

void Reduction::run(const Region& own) {
    const Dims batch = choose_batch();
    const Cut cut = choose_cut(batch);
    require(batch, cut);
    if (own.empty()) return;
    const Grid batches(own.shape, batch);
    if (input_.comes_once()) expect(own, batches, cut);
    execution_.progress().start(batches.size());
    for (Index number = 0; number < batches.size(); ++number) {
        run_batch(moved_by(batches.region(number), own.origin), cut);
        execution_.progress().advance();
    }
}

bool Reduction::is_done(Index unit) const {
    return std::all_of(segments_.begin(), segments_.end(), [unit](const Segment& segment) {
        return std::all_of(segment.targets.begin(), segment.targets.end(),
                           [unit](const Target& target) { return target.is_done(unit); });
    });
}

/// The units of a batch that are still to be done, and what the batch spans.
Region Reduction::pending_of(const Region& batch, std::vector<Index>& pending) const {
    for_each_index(batch, [&](const Dims& position) {
        const Index unit = units_.number(position);
        if (!is_done(unit)) pending.push_back(unit);
    });
    return span_of(units_, batch);
}

/// The boxes in which a batch that spans `kept` is worked on, from its origin.
Grid Reduction::boxes_of(const Region& kept, const Cut& cut) const {
    Dims cell;
    for (const std::size_t axis : kept_) cell.push_back(cut.kept[axis]);
    return Grid(kept.shape, cell);
}

/// Calls visit with the parts of the input that a box, in kept coordinates from `origin`, is read in. They end where
/// chunks do, wherever the first segment begins.
void Reduction::for_each_slab(const Dims& origin, const Region& box, const Cut& cut,
                              const std::function<void(const Region& slab)>& visit) const {
    Region slab = Region::whole(info_.shape);
    for (std::size_t k = 0; k < kept_.size(); ++k)
        slab.origin[kept_[k]] = origin[k] + box.origin[k], slab.shape[kept_[k]] = box.shape[k];
    for (Index from = begin(), to; from < end(); from = to) {
        to = std::min(end(), (from / cut.slab + 1) * cut.slab);
        slab.origin[first()] = from;
        slab.shape[first()] = to - from;
        visit(slab);
    }
}

/// Announces all that will be read to an input that comes once.
void Reduction::expect(const Region& own, const Grid& batches, const Cut& cut) const {
    for (Index number = 0; number < batches.size(); ++number) {
        std::vector<Index> pending;
        const Region kept = pending_of(moved_by(batches.region(number), own.origin), pending);
        const Grid boxes = boxes_of(kept, cut);
        for (Index box = 0; !pending.empty() && box < boxes.size(); ++box)
            for_each_slab(kept.origin, boxes.region(box), cut,
                          [&](const Region& slab) { expect_parallel(input_, slab, options_.passes); });
    }
}

void Reduction::run_batch(const Region& batch, const Cut& cut) {
    std::vector<Index> pending;
    const Region kept = pending_of(batch, pending);
    if (pending.empty()) return;
    Results results(segments_.size());
    for (std::size_t s = 0; s < segments_.size(); ++s)
        for (const Target& target : segments_[s].targets)
            results[s].emplace_back(target.dtype, with_each(target.each, kept.shape));
    const Grid boxes = boxes_of(kept, cut);
    parallel_for(boxes.size(), cut.box_each ? execution_.threads() : 1, execution_.stop(),
                 [&](Index number, int thread) {
                     run_box(kept.origin, boxes.region(number), cut, results, slabs_[static_cast<std::size_t>(thread)]);
                 });
    parallel_for(static_cast<Index>(pending.size()), execution_.threads(), execution_.stop(), [&](Index i) {
        const Timed writing(execution_.progress(), Stage::write);
        const Index unit = pending[static_cast<std::size_t>(i)];
        const Region part = relative_to(units_.region(unit), kept.origin);
        for (std::size_t s = 0; s < segments_.size(); ++s)
            for (std::size_t k = 0; k < segments_[s].targets.size(); ++k) {
                const Target& target = segments_[s].targets[k];
                if (!target.is_done(unit)) target.write(unit, results[s][k].view.sub(with_each(target.each, part)));
            }
    });
}

Reduction::Reducers Reduction::make_reducers(const Grid& strips) const {
    Reducers reducers(static_cast<std::size_t>(strips.size()));
    for (Index i = 0; i < strips.size(); ++i) reducers[static_cast<std::size_t>(i)] = make_(strips.region(i).count());
    return reducers;
}

/// `box` is in kept coordinates from `origin`; its results go to the same place of `results`. `buffer` is for slabs.
void Reduction::run_box(const Dims& origin, const Region& box, const Cut& cut, Results& results, Buffer& buffer) {
    const Grid strips = cut_into_strips(box.shape, cut);
    Reducers reducers = make_reducers(strips);
    std::size_t at = 0;  // the segment that is being added to
    for (Index pass = 0; pass < options_.passes; ++pass) {
        for_each_slab(origin, box, cut, [&](const Region& slab) {
            buffer.reserve(byte_count(slab.shape, info_.element_size()));
            const View values = contiguous(buffer.data(), info_.dtype, slab.shape);
            read_parallel(execution_, input_, slab, values);
            Region now = Region::whole(slab.shape);
            for (Index from = 0, length = slab.shape[first()]; from < length; from += now.shape[first()]) {
                const Index rest = segments_[at].end - slab.origin[first()] - from;  // of the segment
                now.origin[first()] = from;
                now.shape[first()] = std::min(length - from, rest);
                const ConstView samples = values.sub(now);
                parallel_for(strips.size(), execution_.threads(), execution_.stop(), [&](Index i) {
                    const Timed computing(execution_.progress(), Stage::compute);
                    add(*reducers[static_cast<std::size_t>(i)], samples, strips.region(i));
                });
                if (now.shape[first()] < rest || at + 1 == segments_.size()) continue;
                finish(reducers, strips, box, results[at++]);
                reducers = make_reducers(strips);
            }
        });
        for (const auto& reducer : reducers) reducer->end_pass();
    }
    finish(reducers, strips, box, results[at]);
}

void Reduction::finish(Reducers& reducers, const Grid& strips, const Region& box,
                       std::vector<OwnedArray>& results) const {
    parallel_for(strips.size(), execution_.threads(), execution_.stop(), [&](Index i) {
        const Timed computing(execution_.progress(), Stage::compute);
        const Region strip = strips.region(i);
        std::vector<OwnedArray> owned;
        std::vector<View> views;
        const auto each = [&](const OwnedArray& result) {
            return result.view.rank() > strip.rank() ? result.view.shape[0] : 0;
        };
        for (const OwnedArray& result : results) {
            owned.emplace_back(result.view.dtype, with_each(each(result), strip.shape));
            views.push_back(
                contiguous(owned.back().view.data, result.view.dtype, with_each(each(result), Dims{strip.count()})));
        }
        reducers[static_cast<std::size_t>(i)]->finish(views);
        const Region place = moved_by(strip, box.origin);
        for (std::size_t k = 0; k < results.size(); ++k)
            copy(owned[k].view, results[k].view.sub(with_each(each(results[k]), place)));
    });
}

void Reduction::add(Reducer& reducer, const ConstView& slab, const Region& strip) const {
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
    reducer.add(ConstView(ordered.data, info_.dtype, {samples, pixels}, rows_ ? Dims{fast, slow} : Dims{slow, fast}));
}

}  // namespace levin::engine
