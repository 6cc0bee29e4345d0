/// The patterns that work unit by unit, with the names that users know from Dask.
///
/// A kernel is called once per unit of the output, on several threads at a time. It sees plain contiguous C-order
/// blocks in the data type it asked for and fills one contiguous block per output; the engine reads, converts, extends
/// at borders, converts again and writes.
#pragma once
#include <span>

#include "levin/core/border.hpp"
#include "levin/engine/output.hpp"
#include "levin/engine/units.hpp"

namespace levin::engine {

using Outputs = std::vector<Output*>;  ///< all with the same number of units, cut in the same order

struct Block {
    ConstView in;
    std::span<const View> out;  ///< one per output, shaped as the output's unit
    int thread = 0;             ///< below Execution::threads(), for per-thread plans
};
using Kernel = std::function<void(const Block&)>;

struct KernelNeeds {
    DType dtype;                    ///< of the input block
    std::size_t scratch_bytes = 0;  ///< what one call of the kernel may hold
};

/// The input block is the unit's own box: input and outputs have the same shape.
void map_chunks(Execution& execution, const ArraySource& input, const Outputs& outputs, const KernelNeeds& needs,
                const Kernel& kernel);

/// The input block is the unit's box grown by `depth` on both sides, continued beyond the array through `border`.
/// `outside` says how much of the block lies outside the array.
using OverlapKernel = std::function<void(const Block&, const Margins& outside)>;
void map_overlap(Execution& execution, const ArraySource& input, const Outputs& outputs, const Margins& depth,
                 const Border& border, const KernelNeeds& needs, const OverlapKernel& kernel);

/// The input block is all of `axis` for the unit's pixels: shape (n, pixels...), time first, as are the output blocks.
/// Output axes that the input has (by name) select pixels; others, and `axis` itself, are whole in every unit.
void map_series(Execution& execution, const ArraySource& input, const std::string& axis, const Outputs& outputs,
                const KernelNeeds& needs, const Kernel& kernel);

/// The same elements in other chunks, dtype or codec.
void rechunk(Execution& execution, const ArraySource& input, Output& output);

/// A whole run that changes no element: creates the output, rechunks `input` into it, publishes.
void write_rechunked(Execution& execution, const ArraySource& input, const OutputOptions& options,
                     const ResultInfo& result);

/// Writes an array that is in memory: `values` has the output's shape.
void write_whole(Execution& execution, Output& output, const ConstView& values);

/// Cuts the outputs' units into the parts of a shared job, says so to the outputs, and returns this run's; none when it
/// does everything alone. `cost`: of the input that a box of units needs.
std::optional<Region> share(Execution& execution, const Outputs& outputs,
                            const std::function<double(const Region& units)>& cost);

/// What --dry-run prints to stdout: shapes, dtypes, chunks, units, bytes to be read and memory.
void print_plan(Execution& execution, const ArraySource& input, const Outputs& outputs, const UnitPlan& plan);

/// The axis of series: t, or f after a Fourier transform. UsageError when the array has neither.
std::string series_axis(const ArraySource& input);

}  // namespace levin::engine
