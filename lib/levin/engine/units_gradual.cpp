#include <algorithm>

#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/output.hpp"
#include "levin/engine/units_impl.hpp"

namespace levin::engine {
namespace {

/// Bytes of the input that are worth a turn of all threads; small enough to stay in a processor's cache.
constexpr std::size_t worthwhile = 8 << 20;

/// Of the box's rows, in whole chunks: as few as give every thread a chunk, and all of them something to do.
Index choose_rows(const ArrayInfo& input, const Region& box, int threads) {
    Region layer = box;
    Index rows = input.chunks[0];
    for (;; rows *= 2) {
        layer.shape[0] = std::min(rows, box.shape[0]);
        const Index chunks = ChunkGrid(input, {}).touched(layer).count();
        if (rows >= box.shape[0]) return rows;
        if (chunks >= threads && byte_count(layer.shape, input.element_size()) >= worthwhile) return rows;
    }
}

/// Bytes held for a batch, of which all units along the first axis are a part: the rows that are read, and the units
/// that have begun and not ended.
std::size_t bytes_held(const UnitWork& work, const Region& box, const Dims& batch, Index rows, std::size_t unit_bytes) {
    Dims slab = box.shape;
    slab[0] = std::min(rows, slab[0]);
    Dims alive = batch;
    alive[0] = std::min(alive[0], ceil_div(rows, work.units.cell()[0]) + 1);
    return byte_count(slab, work.input.info().element_size()) + static_cast<std::size_t>(product(alive)) * unit_bytes;
}

/// Calls do_slab(pending units, slab) along the first axis of every batch.
template <class DoSlab>
void for_each_slab(const UnitWork& work, const UnitPlan& plan, DoSlab do_slab) {
    const Grid batches(work.own().shape, plan.batch);
    for (Index number = 0; number < batches.size(); ++number) {
        std::vector<Index> pending;
        const Region box = pending_of(work, placed(work, batches.region(number)), pending);
        if (pending.empty()) continue;
        Region slab = box;
        for (Index row = box.origin[0]; row < box.end(0); row = slab.end(0)) {
            slab.origin[0] = row;
            slab.shape[0] = std::min((row / plan.rows + 1) * plan.rows, box.end(0)) - row;  // then on whole chunks
            do_slab(pending, slab);
        }
    }
}

}  // namespace

void consider_gradual(const Execution& execution, const UnitWork& work, UnitPlan& plan) {
    if (!work.grows || plan.direct) return;
    const auto bytes = work.grows->gradual_bytes();
    const ArrayInfo& info = work.input.info();
    if (!bytes || work.units.cell()[0] <= info.chunks[0]) return;
    const Region own = work.own();
    const auto threads = static_cast<std::size_t>(execution.threads());
    const std::size_t cell = byte_count(work.units.cell(), info.element_size());
    const auto files = static_cast<Index>(most_open_files() / 2);

    Dims batch(own.rank(), 1);
    batch[0] = own.shape[0];
    const Region all = needs_of(work, own);
    const Index rows = choose_rows(info, all, execution.threads());
    Dims piece = work.units.cell();
    piece[0] = std::min(rows, piece[0]);
    const std::size_t working = threads * (byte_count(piece, info.element_size()) + work.work_bytes + bytes->finish);
    const auto fits = [&](const Dims& units, std::size_t unit_bytes) {
        Region box = own;
        box.shape = units;
        const Region needed = needs_of(work, box);
        Dims across = units;
        across[0] = 2;  // one ends where the next begins
        return product(across) <= files &&
               working + bytes_held(work, needed, units, rows, unit_bytes) <= execution.budget();
    };
    if (!fits(batch, bytes->unit)) return;
    for (std::size_t i = own.rank(); i-- > 1;)
        while (batch[i] < own.shape[i]) {
            Dims wider = batch;
            wider[i] = std::min(2 * batch[i], own.shape[i]);
            if (!fits(wider, bytes->unit)) break;
            batch = wider;
        }
    Region part = own;
    part.shape = batch;
    const double share = static_cast<double>(product(batch)) / static_cast<double>(own.count());
    const auto decoded = static_cast<std::size_t>(bytes_needed(work, part) / share);
    if (decoded > plan.bytes_decoded) return;
    plan.rows = rows;
    plan.threads = execution.threads();
    plan.batch = batch;
    plan.holds_units = fits(batch, bytes->unit + cell);
    plan.bytes_decoded = decoded;
    plan.memory = execution.memory() - execution.budget() + working +
                  bytes_held(work, needs_of(work, part), batch, rows, bytes->unit + (plan.holds_units ? cell : 0));
}

Index steps_of_growth(const UnitWork& work, const UnitPlan& plan) {
    Index steps = 0;
    if (plan.rows > 0) for_each_slab(work, plan, [&](const std::vector<Index>&, const Region&) { ++steps; });
    return steps;
}

void expect_gradual(const UnitWork& work, const UnitPlan& plan) {
    for_each_slab(work, plan,
                  [&](const std::vector<Index>&, const Region& slab) { expect_parallel(work.input, slab, 1); });
}

void run_gradual(Execution& execution, const UnitWork& work, const UnitPlan& plan) {
    Buffer buffer;
    std::vector<std::unique_ptr<store::GradualUnit>> growing;
    for_each_slab(work, plan, [&](const std::vector<Index>& pending, const Region& slab) {
        growing.resize(pending.size());
        buffer.reserve(byte_count(slab.shape, work.input.info().element_size()));
        const View values = contiguous(buffer.data(), work.input.info().dtype, slab.shape);
        read_parallel(execution, work.input, slab, values);
        parallel_for(static_cast<Index>(pending.size()), plan.threads, execution.stop(), [&](Index i) {
            const Index unit = pending[static_cast<std::size_t>(i)];
            const Region needed = work.needs(work.units.region(unit)), part = intersect(needed, slab);
            if (part.empty()) return;
            const Timed computing(execution.progress(), Stage::compute);
            auto& grown = growing[static_cast<std::size_t>(i)];
            if (!grown) grown = work.grows->begin(unit, plan.holds_units);
            work.grows->append(*grown, values.sub(relative_to(part, slab.origin)));
            if (part.end(0) < needed.end(0)) return;
            work.grows->finish(*grown);
            grown.reset();
            execution.progress().advance();
        });
        execution.progress().advance();
    });
}

}  // namespace levin::engine
