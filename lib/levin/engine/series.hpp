/// Repeated passes over all series of an array, for algorithms that iterate.
#pragma once
#include "levin/engine/map.hpp"

namespace levin::engine {

/// Cuts the pixels, numbered in C order of all axes but the series axis, into blocks of consecutive numbers, the same
/// in every pass. What fits half of the budget is decoded once and kept in the stored dtype; otherwise every pass reads
/// the input again.
class SeriesBlocks {
  public:
    /// `dtype` is what visitors see; UsageError when `input` has no axis called `axis`.
    SeriesBlocks(Execution& execution, const ArraySource& input, const std::string& axis, DType dtype);

    Index samples() const { return samples_; }
    Index pixels() const { return pixels_; }
    Index blocks() const { return units_.size(); }
    bool in_memory() const { return cached_ != nullptr; }
    /// The other axes, in order: the shape of a label image.
    const ArrayInfo& pixel_info() const { return pixel_info_; }

    /// visit(series, first pixel, block, thread) for every block, several at a time; series is contiguous, shape
    /// (samples, pixels of the block).
    using Visitor = std::function<void(const ConstView& series, Index first, Index block, int thread)>;
    void for_each(const Visitor& visit);
    /// The series of single pixels, in the order asked for: shape (pixels.size(), samples), for seeding.
    OwnedArray gather(std::span<const Index> pixels);

  private:
    UnitWork work(const Visitor& visit);

    Execution& execution_;
    Source input_;   ///< series axis first
    Source cached_;  ///< the same in memory, when it fits
    DType dtype_;
    ArrayInfo pixel_info_;
    Index samples_ = 0, pixels_ = 0;
    Grid units_;
    std::vector<Buffer> buffers_;
};

}  // namespace levin::engine
