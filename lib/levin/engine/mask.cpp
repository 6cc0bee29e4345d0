#include "levin/engine/mask.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "levin/core/error.hpp"

namespace levin::engine {
namespace {

class Masked final : public ArraySource {
  public:
    Masked(Source base, const ArraySource& mask) : base_(std::move(base)), info_(base_->info()), stored_(info_.dtype) {
        if (is_complex(stored_))
            throw UsageError(fmt::format("--mask: {} is complex; mask the data before the transform", base_->name()));
        info_.dtype = compute_dtype(stored_);
        const ArrayInfo& of = mask.info();
        place_.assign(info_.rank(), std::nullopt);
        for (std::size_t i = 0; i < of.rank(); ++i) {
            const std::size_t axis = require_axis(info_.axes, of.axes[i].name);
            if (of.shape[i] != info_.shape[axis])
                throw UsageError(fmt::format("--mask {}: axis {} has {} samples, {} has {}", mask.name(),
                                             of.axes[i].name, of.shape[i], base_->name(), info_.shape[axis]));
            place_[axis] = i;
        }
        OwnedArray values(of.dtype, of.shape);
        mask.read(Region::whole(of.shape), values.view);
        inside_ = OwnedArray(DType::boolean, of.shape);
        convert(values.view, inside_.view);
    }

    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return base_->name(); }
    std::size_t scratch_bytes() const override {
        return base_->scratch_bytes() + byte_count(info_.chunks, size_of(stored_));
    }

    bool comes_once() const override { return base_->comes_once(); }
    void expect(const Region& region, Index times) const override {
        const Grid grid(info_.shape, info_.chunks);
        for_each_index(grid.cells(region),
                       [&](const Dims& position) { base_->expect(intersect(grid.region(position), region), times); });
    }

    void read(const Region& region, const View& out) const override {
        // Chunk by chunk, so that the values before conversion take no more than a chunk.
        const Grid grid(info_.shape, info_.chunks);
        for_each_index(grid.cells(region), [&](const Dims& position) {
            const Region part = intersect(grid.region(position), region);
            OwnedArray values(stored_, part.shape);
            base_->read(part, values.view);
            const View target = out.sub(relative_to(part, region.origin));
            convert(values.view, target);
            visit_dtype(info_.dtype, [&]<class T>() {
                if constexpr (std::is_floating_point_v<T>) erase<T>(part, target);
            });
        });
    }

  private:
    template <class T>
    void erase(const Region& part, const View& out) const {
        for_each_index(Region::whole(part.shape), [&](const Dims& at) {
            std::ptrdiff_t offset = 0, in_mask = 0;
            for (std::size_t i = 0; i < at.size(); ++i) {
                offset += at[i] * out.strides[i];
                if (place_[i]) in_mask += (part.origin[i] + at[i]) * inside_.view.strides[*place_[i]];
            }
            if (inside_.view.data[in_mask] == std::byte{0})
                *reinterpret_cast<T*>(out.data + offset) = std::numeric_limits<T>::quiet_NaN();
        });
    }

    Source base_;
    ArrayInfo info_;
    DType stored_;
    OwnedArray inside_;
    std::vector<std::optional<std::size_t>> place_;  ///< of each axis in the mask
};

}  // namespace

Source apply_mask(Source base, const ArraySource& mask) { return std::make_unique<Masked>(std::move(base), mask); }

}  // namespace levin::engine
