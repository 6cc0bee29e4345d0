/// Going through an array in a given order of axes, in bounded memory: what every writer does.
#pragma once
#include <functional>
#include <memory>

#include "levin/core/array.hpp"
#include "levin/core/stop.hpp"

namespace levin::formats {

/// `source` with axis i of the result being axis order[i].
class PermutedSource final : public ArraySource {
  public:
    /// `source` outlives the result.
    PermutedSource(const ArraySource& source, std::vector<std::size_t> order);
    PermutedSource(std::unique_ptr<ArraySource> source, std::vector<std::size_t> order);
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override;
    std::size_t scratch_bytes() const override { return source_.scratch_bytes(); }
    Dims granule() const override;
    std::string name() const override { return source_.name(); }
    bool comes_once() const override { return source_.comes_once(); }
    void expect(const Region& region, Index times) const override { source_.expect(inner(region), times); }

  private:
    Region inner(const Region& region) const;
    std::unique_ptr<ArraySource> owned_;
    const ArraySource& source_;
    std::vector<std::size_t> order_;
    ArrayInfo info_;
};

/// The order that sorts named axes as OME wants them; empty when they are so already, or when one has no name.
std::vector<std::size_t> ome_order(const Axes& axes);
/// `source` in OME order.
std::unique_ptr<ArraySource> in_ome_order(std::unique_ptr<ArraySource> source);

/// Reads the whole of `source` in C order, as boxes that follow one another in memory order and hold at most `memory`
/// bytes (one row at least), in multiples of its chunks where that fits, and hands each, contiguous, to visit.
void for_each_block(const ArraySource& source, std::size_t memory, const StopToken& stop,
                    const std::function<void(const Region&, const ConstView&)>& visit);
/// The same in blocks of the caller's.
void for_each_block(const ArraySource& source, const Grid& blocks, const StopToken& stop,
                    const std::function<void(const Region&, const ConstView&)>& visit);

}  // namespace levin::formats
