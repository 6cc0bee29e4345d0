/// What the files map*.cpp share.
#pragma once
#include "levin/engine/map.hpp"

namespace levin::engine {

bool all_done(const Outputs& outputs, Index unit);
bool in_order(const Outputs& outputs);
/// The axes of `axes` with the series axis in front.
std::vector<std::size_t> series_first(const Axes& axes);

/// Allocates a contiguous block per output, has them computed, and writes those that are not done yet. With `by_series`
/// the blocks have their series axis in front.
void compute_and_write(const Outputs& outputs, Index unit, bool by_series,
                       const std::function<void(std::span<const View>)>& compute);
/// Bytes that compute_and_write may hold.
std::size_t result_bytes(const Outputs& outputs);

/// Plans, explains, and unless --dry-run runs and counts progress.
void plan_and_run(Execution& execution, UnitWork work, const Outputs& outputs);

/// A contiguous copy of `values` as `dtype`, in `buffer`; `values` itself when it is that already.
ConstView as_block(const ConstView& values, DType dtype, Buffer& buffer);

using Buffers = std::vector<Buffer>;
Buffers thread_buffers(const Execution& execution);

}  // namespace levin::engine
