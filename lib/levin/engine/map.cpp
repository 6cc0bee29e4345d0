#include "levin/engine/map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"

namespace levin::engine {
namespace {

bool all_done(const Outputs& outputs, Index unit) {
    return std::all_of(outputs.begin(), outputs.end(), [&](const Output* output) { return output->is_done(unit); });
}

bool in_order(const Outputs& outputs) {
    return std::any_of(outputs.begin(), outputs.end(), [](const Output* output) { return output->in_order(); });
}

/// The axes of `axes` with the series axis in front.
std::vector<std::size_t> series_first(const Axes& axes) {
    std::vector<std::size_t> order(axes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_partition(order.begin(), order.end(),
                          [&](std::size_t i) { return axes[i].name == "t" || axes[i].name == "f"; });
    return order;
}

/// Allocates a contiguous block per output, has them computed, and writes those that are not done yet. With `by_series`
/// the blocks have their series axis in front.
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

/// Plans, explains, and unless --dry-run runs and counts progress.
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

/// A contiguous copy of `values` as `dtype`, in `buffer`; `values` itself when it is that already.
ConstView as_block(const ConstView& values, DType dtype, Buffer& buffer) {
    if (values.dtype == dtype && values.is_contiguous()) return values;
    buffer.reserve(byte_count(values.shape, size_of(dtype)));
    const View block = contiguous(buffer.data(), dtype, values.shape);
    convert(values, block);
    return block;
}

using Buffers = std::vector<Buffer>;
Buffers thread_buffers(const Execution& execution) { return Buffers(static_cast<std::size_t>(execution.threads())); }

void fill_outside(const View& block, const Margins& outside, double value) {
    const OwnedArray one(DType::float64, {});
    *one.view.as<double>() = value;
    OwnedArray element(block.dtype, {});
    convert(one.view, element.view);
    for (std::size_t i = 0; i < block.rank(); ++i) {
        Region slab = Region::whole(block.shape);
        slab.shape[i] = outside.before[i];
        fill(block.sub(slab), element.view.data);
        slab.shape[i] = outside.after[i];
        slab.origin[i] = block.shape[i] - outside.after[i];
        fill(block.sub(slab), element.view.data);
    }
}

}  // namespace

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
    UnitWork work{input,
                  units,
                  [](const Region& unit) { return unit; },
                  [&](Index unit, const ConstView& values, int thread) {
                      const ConstView block = as_block(values, needs.dtype, buffers[static_cast<std::size_t>(thread)]);
                      compute_and_write(outputs, unit, false, [&](std::span<const View> out) {
                          kernel({block, out, units.region(unit), thread});
                      });
                  },
                  byte_count(units.cell(), size_of(needs.dtype)) + result_bytes(outputs) + needs.scratch_bytes,
                  [&](Index unit) { return all_done(outputs, unit); },
                  {},
                  {},
                  nullptr,
                  in_order(outputs)};
    plan_and_run(execution, work, outputs);
}

void map_overlap(Execution& execution, const ArraySource& input, const Outputs& outputs, const Margins& depth,
                 const Border& border, const KernelNeeds& needs, const OverlapKernel& kernel) {
    const Grid& units = outputs.front()->units();
    const Dims& shape = input.info().shape;
    const Source extended = extend(input, depth, border.mode);
    Buffers buffers = thread_buffers(execution);
    // In the extended array's coordinates a unit's box with its halo begins at the unit's own origin.
    const auto grown = [&](const Region& unit) {
        Region box = unit;
        for (std::size_t i = 0; i < box.rank(); ++i) box.shape[i] += depth.before[i] + depth.after[i];
        return box;
    };
    const auto compute = [&](Index unit, const ConstView& values, int thread) {
        const Region region = units.region(unit);
        Margins outside{depth.before, depth.after};
        for (std::size_t i = 0; i < shape.size(); ++i) {
            outside.before[i] = std::max<Index>(0, depth.before[i] - region.origin[i]);
            outside.after[i] = std::max<Index>(0, region.end(i) + depth.after[i] - shape[i]);
        }
        Buffer& buffer = buffers[static_cast<std::size_t>(thread)];
        ConstView block = values;
        if (border.mode != BorderMode::constant) {
            block = as_block(values, needs.dtype, buffer);
        } else {
            buffer.reserve(byte_count(values.shape, size_of(needs.dtype)));
            const View own = contiguous(buffer.data(), needs.dtype, values.shape);
            convert(values, own);
            fill_outside(own, outside, border.value);
            block = own;
        }
        compute_and_write(outputs, unit, false, [&](std::span<const View> out) {
            kernel({block, out, region, thread}, outside);
        });
    };
    const Dims block = grown({Dims(shape.size(), 0), units.cell()}).shape;
    UnitWork work{*extended,
                  units,
                  grown,
                  compute,
                  byte_count(block, size_of(needs.dtype)) + result_bytes(outputs) + needs.scratch_bytes,
                  [&](Index unit) { return all_done(outputs, unit); },
                  depth,
                  {},
                  nullptr,
                  in_order(outputs)};
    plan_and_run(execution, work, outputs);
}

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
    UnitWork work{input,
                  units,
                  pixels_of,
                  [&](Index unit, const ConstView& values, int thread) {
                      const ConstView block =
                          as_block(permuted(values, order), needs.dtype, buffers[static_cast<std::size_t>(thread)]);
                      compute_and_write(outputs, unit, true, [&](std::span<const View> out) {
                          kernel({block, out, units.region(unit), thread});
                      });
                  },
                  byte_count(cell.shape, size_of(needs.dtype)) + result_bytes(outputs) + needs.scratch_bytes,
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

std::string series_axis(const ArraySource& input) {
    for (const char* name : {"t", "f"})
        if (find_axis(input.info().axes, name)) return name;
    if (input.info().rank() == 0)
        throw UsageError(fmt::format("{} has no axis t: it is a single number", input.name()));
    throw UsageError(fmt::format("{} has no axis t: its axes are {}; name them with --axes", input.name(),
                                 letters(input.info().axes)));
}

}  // namespace levin::engine
