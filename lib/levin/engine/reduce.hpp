/// Reductions over axes, in bounded memory and in an order that depends on the data's shape alone.
///
/// The samples of one output element are visited in C order of the reduced axes, whatever the chunks: the array is cut
/// into boxes along the kept axes, and each box is walked through in slabs along the first reduced axis, the other
/// reduced axes whole.
#pragma once
#include <map>
#include <optional>

#include "levin/engine/map.hpp"

namespace levin::engine {

/// Gathers the samples of a strip of output elements.
class Reducer {
  public:
    virtual ~Reducer() = default;
    /// `block`: shape (n, pixels), the input's stored dtype, one of the two strides that of the element. Calls come in
    /// order.
    virtual void add(const ConstView& block) = 0;
    /// All samples have been added: once for each of ReduceOptions::passes.
    virtual void end_pass() {}
    /// Fills one contiguous block (pixels,) per output, in its result_dtype; (samples, pixels) for
    /// Partials::Quantity::each.
    virtual void finish(std::span<const View> out) = 0;
};

using MakeReducer = std::function<std::unique_ptr<Reducer>(Index pixels)>;

/// What the results of a box of pixels are put together from: partial results of one block of samples after the other.
class Folder {
  public:
    virtual ~Folder() = default;
    /// One contiguous block (n, pixels) for each of Partials::quantities; n is 1, or the block's samples for those of
    /// each.
    virtual void append(std::span<const ConstView> quantities) = 0;
    /// As Reducer::finish.
    virtual void finish(std::span<const View> out) = 0;
};
using MakeFolder = std::function<std::unique_ptr<Folder>(Index pixels)>;

using Recipe = std::map<std::string, std::string>;

/// How a job in parts may go about it when its output has too few units to share out: each part reduces blocks of
/// samples of boxes of pixels to partial results, and whoever finds them complete folds them in the blocks' order.
struct Partials {
    struct Quantity {
        std::string name;
        DType dtype;
        bool each =
            false;  ///< a value for every sample, not one for the block: what needs them together gets them then
    };
    std::vector<Quantity> quantities;
    bool blocks = true;  ///< false: the samples of a pixel stay together
    double overhead =
        1.25;  ///< what reading so costs, in reading without partial results, which are written and read besides
    std::function<std::size_t(Index pixels)> state_bytes = {};  ///< of what `make` makes, where the samples come in one
                                                                ///< pass and in slabs, unlike in the run alone
    MakeReducer make;                                           ///< finish() gives the quantities
    MakeFolder fold;
    /// What `fold` was made from, kept with the partial results for those who find them (fold.hpp).
    Recipe recipe;
};

struct ReduceOptions {
    std::vector<std::size_t> axes;  ///< the reduced axes of the input, ascending
    bool whole = false;             ///< one add per strip with all its samples (a selection needs them together)
    Index passes = 1;               ///< how often the samples come
    std::function<std::size_t(Index pixels)> state_bytes = [](Index) {
        return std::size_t{0};
    };  ///< of the reducers of so many output elements
    std::function<std::size_t(Index pixels)> scratch_bytes = [](Index) {
        return std::size_t{0};
    };                                    ///< what a reducer of so many output elements holds besides
    std::vector<Partials> partials = {};  ///< the ways there are
};

/// Outputs have the input's kept axes in order. Reads every input chunk once when a box of one chunk with all its other
/// reduced axes fits the budget.
void reduce(Execution& execution, const ArraySource& input, const ReduceOptions& options, const Outputs& outputs,
            const MakeReducer& make_reducer);

/// Bytes of input chunks that reduce() would decode; none when not even one output element fits the budget.
std::optional<std::size_t> reduction_cost(Execution& execution, const ArraySource& input, const ReduceOptions& options,
                                          const Outputs& outputs);

/// Samples of the first reduced axis, of `samples`, that make a block. By the data's shape alone: whoever adds up
/// blocks, and then their sums, gets the same bits however the work is shared.
Index fold_length(Index samples);

/// The input's description without `axes`, chunks left to the default.
ArrayInfo without_axes(const ArrayInfo& input, const std::vector<std::size_t>& axes);

}  // namespace levin::engine
