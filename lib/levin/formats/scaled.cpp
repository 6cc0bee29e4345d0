#include "levin/formats/scaled.hpp"

#include <algorithm>
#include <limits>

namespace levin::formats {
namespace {

constexpr Index block_bytes = Index{4} << 20;

/// A box that is whole along the last axes and holds about block_bytes.
Dims block_shape(const Dims& shape, Index element) {
    Dims block(shape.size(), 1);
    Index left = std::max<Index>(block_bytes / element, 1);
    for (std::size_t i = shape.size(); i-- > 0 && left > 0; left /= block[i])
        block[i] = std::clamp<Index>(left, 1, shape[i]);
    return block;
}

template <class In, class Out>
void scale_values(const In* in, Index count, const Scale& scale, Out* out) {
    for (Index i = 0; i < count; ++i) {
        out[i] = static_cast<Out>(static_cast<double>(in[i]) * scale.slope + scale.intercept);
        if constexpr (std::is_integral_v<In>)
            if (scale.blank && std::cmp_equal(in[i], *scale.blank)) out[i] = std::numeric_limits<Out>::quiet_NaN();
    }
}

class ScaledSource final : public ArraySource {
  public:
    ScaledSource(std::unique_ptr<ArraySource> stored, const Scale& scale)
        : stored_(std::move(stored)), scale_(scale), info_(stored_->info()) {
        info_.dtype = compute_dtype(info_.dtype);
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override {
        return stored_->scratch_bytes() + static_cast<std::size_t>(2 * block_bytes);
    }
    std::string name() const override { return stored_->name(); }

    void read(const Region& region, const View& out) const override {
        if (region.empty()) return;
        const Grid blocks(region.shape, block_shape(region.shape, static_cast<Index>(info_.element_size())));
        Buffer stored, values;
        for (Index i = 0; i < blocks.size(); ++i) {
            Region block = blocks.region(i);
            const View target = out.sub(block);
            for (std::size_t axis = 0; axis < block.rank(); ++axis) block.origin[axis] += region.origin[axis];
            stored.reserve(byte_count(block.shape, stored_->info().element_size()));
            const View from = contiguous(stored.data(), stored_->info().dtype, block.shape);
            stored_->read(block, from);
            values.reserve(byte_count(block.shape, info_.element_size()));
            const View to = contiguous(values.data(), info_.dtype, block.shape);
            apply(from, to);
            copy(to, target);
        }
    }

  private:
    void apply(const View& from, const View& to) const {
        visit_dtype(from.dtype, [&]<class In>() {
            if constexpr (std::is_arithmetic_v<In> && !std::is_same_v<In, bool>) {
                if (to.dtype == DType::float32) scale_values(from.as<In>(), from.count(), scale_, to.as<float>());
                else scale_values(from.as<In>(), from.count(), scale_, to.as<double>());
            }
        });
    }

    std::unique_ptr<ArraySource> stored_;
    Scale scale_;
    ArrayInfo info_;
};

}  // namespace

std::unique_ptr<ArraySource> scaled(std::unique_ptr<ArraySource> stored, const Scale& scale) {
    return std::make_unique<ScaledSource>(std::move(stored), scale);
}

}  // namespace levin::formats
