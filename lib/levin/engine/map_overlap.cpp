#include <algorithm>

#include "levin/engine/map_impl.hpp"

namespace levin::engine {
namespace {

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

/// Rows of the first axis that are computed and written at a time, so that they are encoded while they lie in the
/// processor's cache; 0 where units are written as a whole. What depends on no other row is the same for any number.
Index slice_rows(const Outputs& outputs, const Margins& depth) {
    constexpr std::size_t worthwhile = 1 << 20;
    const Output& output = *outputs.front();
    Dims row = output.units().cell();
    if (outputs.size() > 1 || row.empty() || depth.before[0] > 0 || depth.after[0] > 0) return 0;
    if (!output.gradual_bytes()) return 0;
    row[0] = 1;
    return static_cast<Index>(worthwhile / byte_count(row, size_of(output.result_dtype()))) + 1;
}

/// As compute_and_write; compute(first row in the unit, block) is called for each slice.
void write_in_slices(Output& output, Index unit, Index rows, const std::function<void(Index, const View&)>& compute) {
    Dims slice = output.units().region(unit).shape;
    const Index extent = slice[0];
    slice[0] = std::min(rows, extent);
    const OwnedArray block(output.result_dtype(), slice);
    const auto growing = output.begin(unit, true);
    for (Index row = 0; row < extent; row += rows) {
        slice[0] = std::min(rows, extent - row);
        const View values = block.view.sub(Region::whole(slice));
        compute(row, values);
        output.append(*growing, values);
    }
    output.finish(*growing);
}

}  // namespace

void map_overlap(Execution& execution, const ArraySource& input, const Outputs& outputs, const Margins& depth,
                 const Border& border, const KernelNeeds& needs, const OverlapKernel& kernel) {
    const Grid& units = outputs.front()->units();
    const Dims& shape = input.info().shape;
    const Source extended = extend(input, depth, border.mode);
    const Index rows = slice_rows(outputs, depth);
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
        const auto block_of = [&](const ConstView& part) -> ConstView {
            Buffer& buffer = buffers[static_cast<std::size_t>(thread)];
            if (border.mode != BorderMode::constant) return as_block(part, needs.dtype, buffer);
            buffer.reserve(byte_count(part.shape, size_of(needs.dtype)));
            const View own = contiguous(buffer.data(), needs.dtype, part.shape);
            convert(part, own);
            fill_outside(own, outside, border.value);
            return own;
        };
        if (rows > 0)
            return write_in_slices(*outputs.front(), unit, rows, [&](Index first, const View& out) {
                Region slice = Region::whole(values.shape);
                slice.origin[0] = first;
                slice.shape[0] = out.shape[0];
                kernel({block_of(values.sub(slice)), {&out, 1}, thread}, outside);
            });
        const ConstView block = block_of(values);
        compute_and_write(outputs, unit, false, [&](std::span<const View> out) {
            kernel({block, out, thread}, outside);
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

}  // namespace levin::engine
