#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/engine/map_impl.hpp"

namespace levin::engine {
void map_series(Execution& execution, const ArraySource& input, const std::string& axis, const Outputs& outputs,
                const KernelNeeds& needs, const Kernel& kernel) {
    const ArrayInfo& in = input.info();
    const Output& first = *outputs.front();
    const std::size_t series = require_axis(in.axes, axis);
    std::vector<std::size_t> order{series};  // series axis first
    std::vector<std::optional<std::size_t>> from(in.rank());
    for (std::size_t i = 0; i < in.rank(); ++i) {
        if (i == series) continue;
        order.push_back(i);
        from[i] = find_axis(first.info().axes, in.axes[i].name);
    }
    const auto pixels_of = [&](const Region& unit) {
        Region box = Region::whole(in.shape);
        for (std::size_t i = 0; i < in.rank(); ++i)
            if (from[i]) box.origin[i] = unit.origin[*from[i]], box.shape[i] = unit.shape[*from[i]];
        return box;
    };
    Buffers buffers = thread_buffers(execution);
    const Grid& units = first.units();
    const Region cell = pixels_of({Dims(units.cell().size(), 0), units.cell()});
    UnitWork work{
        input,
        units,
        pixels_of,
        [&](Index unit, const ConstView& values, int thread) {
            const ConstView block =
                as_block(permuted(values, order), needs.dtype, buffers[static_cast<std::size_t>(thread)]);
            compute_and_write(outputs, unit, true, [&](std::span<const View> out) { kernel({block, out, thread}); });
        },
        byte_count(cell.shape, size_of(needs.dtype)) + result_bytes(outputs) + needs.scratch_bytes,
        [&](Index unit) { return all_done(outputs, unit); },
        {},
        {},
        nullptr,
        in_order(outputs)};
    plan_and_run(execution, work, outputs);
}

std::string series_axis(const ArraySource& input) {
    for (const char* name : {"t", "f"})
        if (find_axis(input.info().axes, name)) return name;
    if (input.info().rank() == 0)
        throw UsageError(fmt::format("{} has no axis t: it is a single number", input.name()));
    throw UsageError(fmt::format("{} has no axis t: its axes are {}; name them with --axes", input.name(),
                                 letters(input.info().axes)));
}

}  // namespace levin::engine
