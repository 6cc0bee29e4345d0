/// The work of a reduction: boxes of pixels, slabs of samples, batches of units. Private to reduce*.cpp.
#pragma once
#include <memory>
#include <vector>

#include "levin/engine/reduce.hpp"

namespace levin::engine {

/// Where results go, unit by unit of a grid over the kept axes.
struct Target {
    DType dtype;  ///< of the values that write takes
    std::function<bool(Index unit)> is_done;
    std::function<void(Index unit, const ConstView& values)> write;
    std::size_t write_bytes = 0;  ///< that one call of write may hold besides `values`
    Index each = 0;               ///< values of a pixel, in an axis in front; 0 for one without that axis
};
using Targets = std::vector<Target>;
Targets targets_of(const Outputs& outputs);

/// Samples [begin, end) of the first reduced axis, whose results go to targets of their own.
struct Segment {
    Index begin = 0, end = 0;
    Targets targets;  ///< as many of the same types in every segment, the first being no shorter than others
};

class Reduction {
  public:
    /// `segments` follow one another. Several make one pass. All references outlive this.
    Reduction(Execution& execution, const ArraySource& input, const ReduceOptions& options, Grid units,
              std::vector<Segment> segments, const MakeReducer& make);

    /// Bytes of input chunks that would be decoded; none when not even one output element fits the budget.
    std::optional<std::size_t> cost() const;
    /// For this box of units. Error when memory does not suffice.
    UnitPlan plan(const Region& own) const;
    void run(const Region& own);

  private:
    /// How the work is cut.
    struct Cut {
        Dims kept;              ///< extent of a box along the kept axes (input axes; reduced ones hold 0)
        Index slab;             ///< samples of the first reduced axis in one slab
        bool box_each = false;  ///< every thread has a box to itself, else all work on one
    };
    using Results = std::vector<std::vector<OwnedArray>>;  // of each segment, for each target
    using Reducers = std::vector<std::unique_ptr<Reducer>>;

    std::size_t first() const { return options_.axes.front(); }
    Index begin() const { return segments_.front().begin; }
    Index end() const { return segments_.back().end; }

    std::size_t batch_bytes(const Dims& batch) const;
    std::size_t box_bytes(const Cut& cut) const;
    std::size_t room(const Dims& batch) const { return execution_.budget() - batch_bytes(batch); }
    Dims choose_batch() const;
    Cut choose_cut(const Dims& batch) const;
    std::optional<Cut> cut_for_each(const Dims& batch) const;
    Dims extent_of(const Dims& batch) const;
    void grow(Cut& cut, std::size_t most) const;
    std::size_t decoded_bytes(const Cut& cut) const;
    void require(const Dims& batch, const Cut& cut) const;

    Region pending_of(const Region& batch, std::vector<Index>& pending) const;
    bool is_done(Index unit) const;
    Grid boxes_of(const Region& kept, const Cut& cut) const;
    void for_each_slab(const Dims& origin, const Region& box, const Cut& cut,
                       const std::function<void(const Region& slab)>& visit) const;
    void expect(const Region& own, const Grid& batches, const Cut& cut) const;
    void run_batch(const Region& batch, const Cut& cut);
    void run_box(const Dims& origin, const Region& box, const Cut& cut, Results& results, Buffer& values);
    Reducers make_reducers(const Grid& strips) const;
    void finish(Reducers& reducers, const Grid& strips, const Region& box, std::vector<OwnedArray>& results) const;
    Grid cut_into_strips(const Dims& box, const Cut& cut) const;
    void add(Reducer& reducer, const ConstView& slab, const Region& strip) const;

    Execution& execution_;
    const ArraySource& input_;
    const ArrayInfo& info_;
    const ReduceOptions& options_;
    Grid units_;
    std::vector<Segment> segments_;
    const MakeReducer& make_;
    std::vector<std::size_t> kept_, order_;
    bool rows_;                  ///< the last axis is reduced: the samples of one element lie side by side
    std::vector<Buffer> slabs_;  ///< of each thread that has a box
};

/// What a part should be told that reads `bytes` of the input, far more than its share; "" for nothing.
std::string remark_on_reading(const Execution& execution, const ArraySource& input, double bytes);
/// The elements that a box of cells covers, which is not empty.
Region span_of(const Grid& grid, const Region& cells);
/// The axes that are not reduced.
std::vector<std::size_t> kept_axes(const ArrayInfo& input, const std::vector<std::size_t>& reduced);
/// Bytes of input chunks behind `pixels`, a box along the kept axes, and samples [begin, end) of the first reduced one.
double bytes_needed(const ArraySource& input, const std::vector<std::size_t>& reduced, const Region& pixels,
                    Index begin, Index end);

}  // namespace levin::engine
