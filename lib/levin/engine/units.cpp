#include "levin/engine/units.hpp"

#include "levin/core/parallel.hpp"
#include "levin/engine/units_impl.hpp"

namespace levin::engine {

void read_parallel(Execution& execution, const ArraySource& input, const Region& box, const View& out,
                   const Margins& margins) {
    const ChunkGrid chunks(input.info(), margins);
    const Region cells = chunks.touched(box);
    const Grid grid(cells.shape, Dims(cells.rank(), 1));
    parallel_for(grid.size(), execution.threads(), execution.stop(), [&](Index number) {
        Dims position = grid.position(number);
        for (std::size_t i = 0; i < position.size(); ++i) position[i] += cells.origin[i];
        const Region part = intersect(chunks.cell(position), box);
        const Timed reading(execution.progress(), Stage::read);
        input.read(part, out.sub(relative_to(part, box.origin)));
    });
    execution.progress().add_read(touched_bytes(input, box, margins));
}

void expect_parallel(const ArraySource& input, const Region& box, Index times, const Margins& margins) {
    if (!input.comes_once()) return;
    const ChunkGrid chunks(input.info(), margins);
    for_each_index(chunks.touched(box),
                   [&](const Dims& position) { input.expect(intersect(chunks.cell(position), box), times); });
}

namespace {

/// Announces all that run_units will read to an input that comes once.
void expect_units(const UnitWork& work, const UnitPlan& plan) {
    if (!work.input.comes_once()) return;
    if (plan.direct)
        return for_each_index(work.own(), [&](const Dims& position) {
            if (!work.is_done(work.units.number(position)))
                work.input.expect(work.needs(work.units.region(position)), 1);
        });
    if (plan.rows > 0) return expect_gradual(work, plan);
    const Grid batches(work.own().shape, plan.batch);
    for (Index number = 0; number < batches.size(); ++number) {
        std::vector<Index> pending;
        const Region box = pending_of(work, placed(work, batches.region(number)), pending);
        if (!pending.empty()) expect_parallel(work.input, box, 1, work.margins);
    }
}

}  // namespace

void run_units(Execution& execution, const UnitWork& work, const UnitPlan& plan) {
    const Region own = work.own();
    if (own.empty()) return;
    if (plan.scratch) {
        const Region part = needed_chunks(work);
        const Source laid_down = through_scratch(execution, *crop(work.input, part), *plan.scratch);
        const auto needs = [&](const Region& unit) { return relative_to(work.needs(unit), part.origin); };
        UnitPlan then = plan;
        then.scratch.reset();
        return run_units(execution,
                         {*laid_down, work.units, needs, work.work, work.work_bytes, work.is_done, work.margins,
                          work.part, nullptr, work.in_order},
                         then);
    }
    expect_units(work, plan);
    if (plan.rows > 0) return run_gradual(execution, work, plan);
    const DType dtype = work.input.info().dtype;
    const auto finish = [&](Index unit, const ConstView& values, int thread) {
        {
            const Timed computing(execution.progress(), Stage::compute);
            work.work(unit, values, thread);
        }
        execution.progress().advance();
    };
    if (plan.direct) {
        std::vector<Buffer> buffers(static_cast<std::size_t>(plan.threads));
        const Grid each(own.shape, Dims(own.rank(), 1));
        return parallel_for(each.size(), plan.threads, execution.stop(), [&](Index number, int thread) {
            const Index unit = work.units.number(placed(work, each.region(number)).origin);
            if (work.is_done(unit)) return;
            const Region box = work.needs(work.units.region(unit));
            Buffer& buffer = buffers[static_cast<std::size_t>(thread)];
            buffer.reserve(byte_count(box.shape, size_of(dtype)));
            const View values = contiguous(buffer.data(), dtype, box.shape);
            {
                const Timed reading(execution.progress(), Stage::read);
                work.input.read(box, values);
            }
            execution.progress().add_read(touched_bytes(work.input, box, work.margins));
            finish(unit, values, thread);
        });
    }
    Buffer buffer;
    const Grid batches(own.shape, plan.batch);
    for (Index number = 0; number < batches.size(); ++number) {
        std::vector<Index> pending;
        const Region box = pending_of(work, placed(work, batches.region(number)), pending);
        if (pending.empty()) continue;
        buffer.reserve(byte_count(box.shape, size_of(dtype)));
        const View values = contiguous(buffer.data(), dtype, box.shape);
        read_parallel(execution, work.input, box, values, work.margins);
        parallel_for(static_cast<Index>(pending.size()), plan.threads, execution.stop(), [&](Index i, int thread) {
            const Index unit = pending[static_cast<std::size_t>(i)];
            finish(unit, values.sub(relative_to(work.needs(work.units.region(unit)), box.origin)), thread);
        });
    }
}

}  // namespace levin::engine
