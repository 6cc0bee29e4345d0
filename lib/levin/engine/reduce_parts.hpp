/// Reductions whose parts make partial results: a Zarr group in the pending store (store::partial_results_of), one
/// array (block, kept axes...) per quantity, published there when all parts have done theirs, then folded into the
/// output.
#pragma once
#include "levin/engine/reduce_boxes.hpp"

namespace levin::engine {

/// Whether the part that reads most would read clearly less than it would for whole units of the output. The same for
/// every part of a job.
bool partials_pay(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs);

/// This run's part; and the outputs' units, when it is the last one.
void reduce_to_partials(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                        const Outputs& outputs);

}  // namespace levin::engine
