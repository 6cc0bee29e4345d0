#include <fmt/format.h>

#include <algorithm>

#include "levin/core/resources.hpp"
#include "levin/engine/units_impl.hpp"

namespace levin::engine {

Region needs_of(const UnitWork& work, const Region& units) {
    // Needs grow with the region, so the two corner units span the needs of all.
    Dims last = units.origin;
    for (std::size_t i = 0; i < last.size(); ++i) last[i] += units.shape[i] - 1;
    return bounding(work.needs(work.units.region(units.origin)), work.needs(work.units.region(last)));
}

Region placed(const UnitWork& work, const Region& units) { return moved_by(units, work.own().origin); }

Region pending_of(const UnitWork& work, const Region& batch, std::vector<Index>& pending) {
    Region box{Dims(work.input.info().rank(), 0), Dims(work.input.info().rank(), 0)};
    for_each_index(batch, [&](const Dims& position) {
        const Index unit = work.units.number(position);
        if (work.is_done(unit)) return;
        pending.push_back(unit);
        box = bounding(box, work.needs(work.units.region(position)));
    });
    return box;
}

std::size_t touched_bytes(const ArraySource& input, const Region& box, const Margins& margins) {
    const ChunkGrid grid(input.info(), margins, input.granule());
    return grid.bytes(grid.touched(box));
}

double bytes_needed(const UnitWork& work, const Region& units) {
    if (units.empty()) return 0;
    return static_cast<double>(touched_bytes(work.input, needs_of(work, units), work.margins));
}

Region needed_chunks(const UnitWork& work) {
    const ArrayInfo& info = work.input.info();
    Region box = needs_of(work, work.own());
    for (std::size_t i = 0; i < box.rank(); ++i) {
        const Index end = std::min(ceil_div(box.end(i), info.chunks[i]) * info.chunks[i], info.shape[i]);
        box.origin[i] -= box.origin[i] % info.chunks[i];
        box.shape[i] = end - box.origin[i];
    }
    return box;
}

Source crop(const ArraySource& input, const Region& box) {
    if (box == Region::whole(input.info().shape)) return borrow(input);
    std::vector<AxisRange> ranges;
    for (std::size_t i = 0; i < box.rank(); ++i) ranges.push_back({box.origin[i], box.shape[i]});
    return select(borrow(input), ranges);
}

namespace {

/// A batch from the middle of the part: as large as any, halos included.
Region middle_batch(const UnitWork& work, const Dims& batch) {
    const Grid batches(work.own().shape, batch);
    Dims middle = batches.counts();
    for (Index& n : middle) n = std::max<Index>(0, (n - 1) / 2);
    return placed(work, batches.region(middle));
}

struct Cost {
    std::size_t box = 0;  ///< bytes held for the box
    double decoded_per_unit = 0;
};

Cost cost_of(const UnitWork& work, const Dims& batch) {
    const Region units = middle_batch(work, batch);
    const Region box = needs_of(work, units);
    return {byte_count(box.shape, work.input.info().element_size()),
            bytes_needed(work, units) / static_cast<double>(units.count())};
}

/// Grows a batch along whichever axis spares most decoding, as long as it fits; then until every thread has a unit.
Dims grow_batch(const UnitWork& work, int threads, std::size_t room) {
    const Dims counts = work.own().shape;
    Dims batch(counts.size(), 1);
    Cost cost = cost_of(work, batch);
    for (;;) {
        Dims best;
        Cost best_cost;
        const bool idle = product(batch) < threads;
        for (std::size_t i = counts.size(); i-- > 0;) {
            if (work.in_order && i + 1 < counts.size() && batch[i + 1] < counts[i + 1]) break;
            if (batch[i] >= counts[i]) continue;
            Dims candidate = batch;
            candidate[i] = std::min(counts[i], 2 * batch[i]);
            const Cost next = cost_of(work, candidate);
            if (next.box > room) continue;
            if (best.empty() || next.decoded_per_unit < best_cost.decoded_per_unit) best = candidate, best_cost = next;
        }
        if (best.empty() || (!idle && best_cost.decoded_per_unit > 0.99 * cost.decoded_per_unit)) return batch;
        batch = best, cost = best_cost;
    }
}

constexpr std::size_t moves_through_scratch = 3;  // decoded, written, read

/// As many units as fit, whole rows of the grid first; no chunks to think of, as scratch reads any part at its own
/// cost.
Dims widest_batch(const UnitWork& work, std::size_t room) {
    const Dims counts = work.own().shape;
    Dims batch(counts.size(), 1);
    for (std::size_t i = counts.size(); i-- > 0;)
        while (batch[i] < counts[i]) {
            Dims wider = batch;
            wider[i] = std::min(2 * batch[i], counts[i]);
            if (cost_of(work, wider).box > room) return batch;
            batch = wider;
        }
    return batch;
}

/// Turns `plan`, which decodes the input several times, into one that goes through scratch, where that moves less.
void consider_scratch(const Execution& execution, const UnitWork& work, UseScratch use, UnitPlan& plan) {
    const ArrayInfo& info = work.input.info();
    if (!work.margins.before.empty()) return;
    const auto once = static_cast<std::size_t>(bytes_needed(work, work.own()));
    // What comes once and is needed again waits in scratch anyway, where it lies better in cells; half as much again is
    // what neighbouring units share.
    const bool cheap = work.input.comes_once() ? plan.bytes_decoded <= once + once / 2
                                               : plan.bytes_decoded / moves_through_scratch <= once;
    if (use != UseScratch::always && cheap) return;
    const std::size_t budget = execution.budget(), threads = static_cast<std::size_t>(execution.threads());
    if (threads * work.work_bytes > budget) return;
    // A cell is no larger than a box, so that the threads' cells take their share of the room from the boxes.
    const std::size_t room = (budget - threads * work.work_bytes) / 2;
    if (cost_of(work, Dims(plan.batch.size(), 1)).box > room) return;
    const Dims batch = widest_batch(work, room);
    const Region box = needs_of(work, middle_batch(work, batch));
    const Source needed = crop(work.input, needed_chunks(work));
    const auto scratch = plan_scratch(execution, *needed, box.shape);
    if (!scratch) return;
    const std::size_t cells = threads * byte_count(scratch->cell, info.element_size());
    const std::size_t held = byte_count(box.shape, info.element_size()) + threads * work.work_bytes + cells;
    if (held > budget) return;
    plan.direct = false;
    plan.rows = 0;
    plan.threads = execution.threads();
    plan.batch = batch;
    plan.memory = execution.memory() - budget + std::max(held, scratch->memory);
    plan.bytes_decoded = once;
    plan.scratch = scratch;
}

}  // namespace

UnitPlan plan_units(const Execution& execution, const UnitWork& work, UseScratch use) {
    UnitPlan plan;
    const Dims one(work.units.counts().size(), 1);
    const Region own = work.own();
    if (own.empty()) {
        plan.batch = one;
        return plan;
    }
    const std::size_t budget = execution.budget(), scratch = work.input.scratch_bytes();
    const Cost direct = cost_of(work, one);
    const std::size_t per_thread = direct.box + work.work_bytes + scratch;
    if (per_thread > budget)
        execution.refuse_memory(fmt::format("one unit of the output ({} of {}, with its input)",
                                            to_string(work.units.cell()), to_string(work.units.shape())),
                                execution.memory() - budget + per_thread,
                                "give more --memory or smaller --chunks (--block of toseries)");
    const auto wanted = static_cast<std::size_t>(std::min<Index>(execution.threads(), own.count()));
    const auto used = std::min(wanted, budget / per_thread);

    const std::size_t shared = wanted * std::max(work.work_bytes, scratch);
    if (shared + direct.box <= budget) {
        plan.batch = grow_batch(work, static_cast<int>(wanted), budget - shared);
        const Cost batched = cost_of(work, plan.batch);
        plan.direct = direct.decoded_per_unit <= 1.2 * batched.decoded_per_unit;
        plan.memory = execution.memory() - budget + shared + batched.box;
        plan.bytes_decoded = static_cast<std::size_t>(batched.decoded_per_unit * static_cast<double>(own.count()));
    }
    plan.threads = static_cast<int>(plan.direct ? used : wanted);
    if (plan.direct) {
        plan.batch = one;
        plan.memory = execution.memory() - budget + used * per_thread;
        plan.bytes_decoded = static_cast<std::size_t>(direct.decoded_per_unit * static_cast<double>(own.count()));
    }
    consider_gradual(execution, work, plan);
    if (use != UseScratch::never) consider_scratch(execution, work, use, plan);
    plan.batches = Grid(own.shape, plan.batch).size();
    plan.units = own.count();
    plan.steps = plan.units + (plan.scratch ? plan.scratch->bands : 0) + steps_of_growth(work, plan);
    return plan;
}

UnitPlan fit_to_disk(const Execution& execution, const UnitWork& work, const UnitPlan& plan) {
    if (!plan.scratch || plan.scratch->bytes <= scratch_free()) return plan;
    UnitPlan without = plan_units(execution, work, UseScratch::never);
    without.remark = fmt::format(
        "the input is decoded {:.1f} times over: a transposition through scratch needs {}, {} has {} free; set TMPDIR "
        "to a larger disk or give more --memory",
        static_cast<double>(without.bytes_decoded) / static_cast<double>(plan.bytes_decoded),
        format_size(plan.scratch->bytes), scratch_folder(), format_size(scratch_free()));
    return without;
}

}  // namespace levin::engine
