#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/map_impl.hpp"

namespace levin::engine {
bool all_done(const Outputs& outputs, Index unit) {
    return std::all_of(outputs.begin(), outputs.end(), [&](const Output* output) { return output->is_done(unit); });
}

bool in_order(const Outputs& outputs) {
    return std::any_of(outputs.begin(), outputs.end(), [](const Output* output) { return output->in_order(); });
}

std::vector<std::size_t> series_first(const Axes& axes) {
    std::vector<std::size_t> order(axes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_partition(order.begin(), order.end(),
                          [&](std::size_t i) { return axes[i].name == "t" || axes[i].name == "f"; });
    return order;
}

void compute_and_write(const Outputs& outputs, Index unit, bool by_series,
                       const std::function<void(std::span<const View>)>& compute) {
    std::vector<OwnedArray> blocks;
    std::vector<View> views, stored;
    for (const Output* output : outputs) {
        const Dims shape = output->units().region(unit).shape;
        std::vector<std::size_t> order = series_first(output->info().axes), inverse(order.size());
        if (!by_series) std::iota(order.begin(), order.end(), std::size_t{0});
        Dims ordered;
        for (std::size_t i = 0; i < order.size(); ++i) ordered.push_back(shape[order[i]]), inverse[order[i]] = i;
        blocks.emplace_back(output->result_dtype(), ordered);
        views.push_back(blocks.back().view);
        stored.push_back(permuted(views.back(), inverse));
    }
    compute(views);
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (!outputs[i]->is_done(unit)) outputs[i]->write(unit, stored[i]);
}

std::size_t result_bytes(const Outputs& outputs) {
    std::size_t bytes = 0, writing = 0;
    for (const Output* output : outputs) {
        bytes += byte_count(output->units().cell(), size_of(output->result_dtype()));
        writing = std::max(writing, output->write_bytes(output->result_dtype()));
    }
    return bytes + writing;
}

void plan_and_run(Execution& execution, UnitWork work, const Outputs& outputs) {
    work.part = share(execution, outputs, [&](const Region& units) { return bytes_needed(work, units); });
    UnitPlan plan = plan_units(execution, work);
    if (execution.options().dry_run) return print_plan(execution, work.input, outputs, plan);
    if (std::all_of(outputs.begin(), outputs.end(), [](const Output* output) { return output->was_complete(); }))
        return;
    plan = fit_to_disk(execution, work, plan);
    Index done = 0;
    for_each_index(work.own(), [&](const Dims& at) { done += work.is_done(work.units.number(at)); });
    if (!plan.remark.empty()) execution.progress().note(plan.remark);
    execution.progress().start(plan.steps, done);
    execution.progress().detail(fmt::format(
        "{} of {} units to do, {}, {} threads, about {} of memory", work.own().count() - done, work.own().count(),
        plan.direct     ? "each read on its own"
        : plan.rows > 0 ? fmt::format("growing in {} batches", plan.batches)
        : plan.scratch
            ? fmt::format("in {} batches through {} of scratch", plan.batches, format_size(plan.scratch->bytes))
            : fmt::format("in {} batches", plan.batches),
        plan.threads, format_size(plan.memory)));
    run_units(execution, work, plan);
}

ConstView as_block(const ConstView& values, DType dtype, Buffer& buffer) {
    if (values.dtype == dtype && values.is_contiguous()) return values;
    buffer.reserve(byte_count(values.shape, size_of(dtype)));
    const View block = contiguous(buffer.data(), dtype, values.shape);
    convert(values, block);
    return block;
}

Buffers thread_buffers(const Execution& execution) { return Buffers(static_cast<std::size_t>(execution.threads())); }

std::optional<Region> share(Execution& execution, const Outputs& outputs,
                            const std::function<double(const Region& units)>& cost) {
    const auto& part = execution.part();
    if (!part) return std::nullopt;
    const std::vector<Region> parts = cut_into_parts(outputs.front()->units().counts(), part->count, cost);
    for (Output* output : outputs) output->share(parts);
    return parts[static_cast<std::size_t>(part->number - 1)];
}

void print_plan(Execution& execution, const ArraySource& input, const Outputs& outputs, const UnitPlan& plan) {
    const auto describe = [](const ArrayInfo& info) {
        return fmt::format("{} {} {} in chunks {}", letters(info.axes), to_string(info.shape), name_of(info.dtype),
                           to_string(info.chunks));
    };
    std::string text = fmt::format("input    {}: {}\n", input.name(), describe(input.info()));
    for (const Output* output : outputs)
        text += fmt::format("output   {}: {}{}, codec {}, {} raw\n", output->path(), describe(output->info()),
                            output->spec().shards.empty() ? "" : ", shards " + to_string(output->spec().shards),
                            output->spec().codec, format_size(output->info().bytes()));
    const auto& part = execution.part();
    text += fmt::format("work     {}{} units in {} batches, {} threads\n",
                        part ? fmt::format("part {} of {}: {} of ", part->number, part->count, plan.units) : "",
                        plan.units_in_all > 0 ? plan.units_in_all : outputs.front()->units().size(), plan.batches,
                        execution.threads());
    if (plan.rows > 0)
        text += fmt::format("grow     units, while {} of axis {} are read at a time{}\n", plan.rows,
                            input.info().axes.front().name,
                            plan.holds_units ? "; those that compress well wait in memory" : "");
    text += fmt::format("reads    {} (decoded) of {} in the input\n", format_size(plan.bytes_decoded),
                        format_size(input.info().bytes()));
    if (plan.scratch)
        text += fmt::format("scratch  {} written and read, in cells {}, in {} with {} free\n",
                            format_size(plan.scratch->bytes), to_string(plan.scratch->cell), scratch_folder(),
                            format_size(scratch_free()));
    text += fmt::format("memory   {} of {}\n", format_size(plan.memory), format_size(execution.memory()));
    if (!plan.remark.empty()) text += fmt::format("note     {}\n", plan.remark);
    execution.print_result(text);
}

void map_chunks(Execution& execution, const ArraySource& input, const Outputs& outputs, const KernelNeeds& needs,
                const Kernel& kernel) {
    const Grid& units = outputs.front()->units();
    Buffers buffers = thread_buffers(execution);
    UnitWork work{
        input,
        units,
        [](const Region& unit) { return unit; },
        [&](Index unit, const ConstView& values, int thread) {
            const ConstView block = as_block(values, needs.dtype, buffers[static_cast<std::size_t>(thread)]);
            compute_and_write(outputs, unit, false, [&](std::span<const View> out) { kernel({block, out, thread}); });
        },
        byte_count(units.cell(), size_of(needs.dtype)) + result_bytes(outputs) + needs.scratch_bytes,
        [&](Index unit) { return all_done(outputs, unit); },
        {},
        {},
        nullptr,
        in_order(outputs)};
    plan_and_run(execution, work, outputs);
}

void rechunk(Execution& execution, const ArraySource& input, Output& output) {
    const Outputs outputs{&output};
    UnitWork work{input,
                  output.units(),
                  [](const Region& unit) { return unit; },
                  [&](Index unit, const ConstView& values, int) { output.write(unit, values); },
                  output.write_bytes(input.info().dtype),
                  [&](Index unit) { return output.is_done(unit); },
                  {},
                  {},
                  &output,
                  output.in_order()};
    plan_and_run(execution, work, outputs);
}

void write_rechunked(Execution& execution, const ArraySource& input, const OutputOptions& options,
                     const ResultInfo& result) {
    Output output(execution, options, result);
    rechunk(execution, input, output);
    output.publish();
}

void write_whole(Execution& execution, Output& output, const ConstView& values) {
    parallel_for(output.units().size(), execution.threads(), execution.stop(), [&](Index unit) {
        if (!output.is_done(unit)) output.write(unit, values.sub(output.units().region(unit)));
    });
}

}  // namespace levin::engine
