/// Reductions whose parts make partial results: a Zarr group in the pending store (store::partial_results_of), one
/// array (block, kept axes...) per quantity, published there when all parts have done theirs, then folded into the
/// output.
#pragma once
#include "levin/engine/reduce_boxes.hpp"

namespace levin::engine {

/// `options` with the one way by partial results that pays: with which the part that reads most has clearly less to do
/// than with whole units of the output. None where none does. The same for every part of a job.
std::optional<ReduceOptions> by_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                                         const Outputs& outputs);

/// This run's part, by the only one of options.partials; and the outputs' units, when it is the last one.
void reduce_to_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                        const Outputs& outputs);

}  // namespace levin::engine
