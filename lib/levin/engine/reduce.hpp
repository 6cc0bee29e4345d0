/// Reductions over axes, in bounded memory and in an order that depends on the data's shape alone.
///
/// The samples of one output element are visited in C order of the reduced axes, whatever the chunks: the array is cut
/// into boxes along the kept axes, and each box is walked through in slabs along the first reduced axis, the other
/// reduced axes whole.
#pragma once
#include "levin/engine/map.hpp"

namespace levin::engine {

/// Gathers the samples of a strip of output elements.
class Reducer {
  public:
    virtual ~Reducer() = default;
    /// `block`: shape (n, pixels), the input's stored dtype, one of the two strides that of the element. Calls come in
    /// order.
    virtual void add(const ConstView& block) = 0;
    /// Fills one contiguous block (pixels,) per output, in its result_dtype.
    virtual void finish(std::span<const View> out) = 0;
};

struct ReduceOptions {
    std::vector<std::size_t> axes;  ///< the reduced axes of the input, ascending
    bool whole = false;             ///< one add per strip with all its samples (a selection needs them together)
    std::function<std::size_t(Index pixels)> state_bytes = [](Index) {
        return std::size_t{0};
    };                              ///< of the reducers of so many output elements
    std::size_t scratch_bytes = 0;  ///< what each reducer holds besides
};
using MakeReducer = std::function<std::unique_ptr<Reducer>(Index pixels)>;

/// Outputs have the input's kept axes in order. Reads every input chunk once when a box of one chunk with all its other
/// reduced axes fits the budget.
void reduce(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
            const MakeReducer& make_reducer);

/// The input's description without `axes`, chunks left to the default.
ArrayInfo without_axes(const ArrayInfo& input, const std::vector<std::size_t>& axes);

}  // namespace levin::engine
