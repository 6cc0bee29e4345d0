#include "levin/engine/reduce.hpp"

#include <algorithm>

#include "levin/engine/reduce_boxes.hpp"
#include "levin/engine/reduce_parts.hpp"

namespace levin::engine {
namespace {

/// All samples at once into whole units of the outputs.
Reduction alone(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
                const MakeReducer& make) {
    const Index samples = input.info().shape[options.axes.front()];
    return {execution, input, options, outputs.front()->units(), {{0, samples, targets_of(outputs)}}, make};
}

}  // namespace

void reduce(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
            const MakeReducer& make_reducer) {
    if (options.axes.empty()) throw UsageError("a reduction needs at least one axis");
    const bool complete =
        std::all_of(outputs.begin(), outputs.end(), [](const Output* output) { return output->was_complete(); });
    if (!complete)
        if (const auto how = by_partials(execution, input, options, outputs))
            return reduce_to_partials(execution, input, *how, outputs);
    const Grid& units = outputs.front()->units();
    const auto cost = [&](const Region& box) {
        return box.empty() ? 0
                           : bytes_needed(input, options.axes, span_of(units, box), 0,
                                          input.info().shape[options.axes.front()]);
    };
    const Region own = share(execution, outputs, cost).value_or(Region::whole(units.counts()));
    Reduction reduction = alone(execution, input, options, outputs, make_reducer);
    const std::string remark = remark_on_reading(execution, input, cost(own));
    if (execution.options().dry_run) {
        UnitPlan plan = reduction.plan(own);
        plan.remark = remark;
        return print_plan(execution, input, outputs, plan);
    }
    if (complete) return;
    if (!remark.empty()) execution.progress().note(remark);
    reduction.run(own);
}

std::optional<std::size_t> reduction_cost(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                                          const Outputs& outputs) {
    return alone(execution, input, options, outputs, {}).cost();
}

Index fold_length(Index samples) {
    constexpr Index least = 128, most_blocks = 64;
    return std::max(least, ceil_div(samples, most_blocks));
}

ArrayInfo without_axes(const ArrayInfo& input, const std::vector<std::size_t>& axes) {
    ArrayInfo rest = input;
    rest.shape.clear(), rest.axes.clear(), rest.chunks.clear();
    for (const std::size_t i : kept_axes(input, axes))
        rest.shape.push_back(input.shape[i]), rest.axes.push_back(input.axes[i]);
    return rest;
}

}  // namespace levin::engine
