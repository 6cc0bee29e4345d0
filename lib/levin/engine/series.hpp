/// Repeated passes over all series of an array, for algorithms that iterate.
#pragma once
#include "levin/engine/map.hpp"

namespace levin::engine {

/// Cuts the pixels, numbered in C order of all axes but the series axis, into blocks of consecutive numbers, the same
/// in every pass. The input is decoded once and kept in the stored dtype: in memory where it fits the budget, else in
/// scratch on disk, of which the system keeps in memory what it can; where scratch is too small every pass decodes
/// again.
class SeriesBlocks {
  public:
    /// `dtype` is what visitors see, the stored one for values as they are; UsageError when `input` has no axis called
    /// `axis`. Reads nothing yet.
    SeriesBlocks(Execution& execution, const ArraySource& input, const std::string& axis, DType dtype);
    const UnitPlan& plan() const { return plan_; }
    /// Reads what is to be kept. Done by the first pass where it has not been before.
    void load();

    Index samples() const { return samples_; }
    Index pixels() const { return pixels_; }
    Index blocks() const { return units_.size(); }
    bool in_memory() const { return in_memory_; }
    /// The other axes, in order: the shape of a label image.
    const ArrayInfo& pixel_info() const { return pixel_info_; }

    /// visit(series, first pixel, block, thread) for every block, several at a time; series has shape (samples, pixels
    /// of the block), its rows are contiguous, but may lie apart.
    using Visitor = std::function<void(const ConstView& series, Index first, Index block, int thread)>;
    void for_each(const Visitor& visit);
    /// The series of single pixels, in the order asked for: shape (pixels.size(), samples), for seeding. Loads first
    /// unless that would decode more.
    OwnedArray gather(std::span<const Index> pixels);

  private:
    UnitWork work(const ArraySource& source, const Visitor& visit);
    void show(const ConstView& rows, Index block, int thread, const Visitor& visit);
    const ArraySource& source() const { return kept_ ? *kept_ : *input_; }

    Execution& execution_;
    Source input_;  ///< series axis first
    Source kept_;   ///< the same in memory or in scratch
    DType dtype_;
    ArrayInfo pixel_info_;
    Index samples_ = 0, pixels_ = 0;
    Grid units_;
    UnitPlan plan_;
    bool in_memory_ = false, loaded_ = false;
    ConstView rows_;  ///< all series where they are in memory: (samples, pixels)
    std::vector<Buffer> buffers_;
};

}  // namespace levin::engine
