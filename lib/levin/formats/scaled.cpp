#include "levin/formats/scaled.hpp"

#include <algorithm>
#include <functional>
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

template <class In>
void scale_block(const View& from, const View& to, const Scale& scale) {
    if (to.dtype == DType::float32) scale_values(from.as<In>(), from.count(), scale, to.as<float>());
    else scale_values(from.as<In>(), from.count(), scale, to.as<double>());
}

template <class T>
void flip_block(const View& from, const View& to) {
    constexpr T sign = T{1} << (8 * sizeof(T) - 1);
    const T* in = reinterpret_cast<const T*>(from.data);
    std::transform(in, in + from.count(), reinterpret_cast<T*>(to.data), [](T value) { return value ^ sign; });
}

DType flipped(DType dtype) {
    switch (dtype) {
        case DType::uint8:
            return DType::int8;
        case DType::int16:
            return DType::uint16;
        case DType::int32:
            return DType::uint32;
        default:
            return DType::uint64;
    }
}

/// An array whose values are worked out from those stored, block by block.
class MappedSource final : public ArraySource {
  public:
    using Map = std::function<void(const View& from, const View& to)>;
    MappedSource(std::unique_ptr<ArraySource> stored, DType dtype, Map map)
        : stored_(std::move(stored)), map_(std::move(map)), info_(stored_->info()) {
        info_.dtype = dtype;
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
            const View target = out.sub(blocks.region(i));
            const Region block = moved_by(blocks.region(i), region.origin);
            stored.reserve(byte_count(block.shape, stored_->info().element_size()));
            const View from = contiguous(stored.data(), stored_->info().dtype, block.shape);
            stored_->read(block, from);
            values.reserve(byte_count(block.shape, info_.element_size()));
            const View to = contiguous(values.data(), info_.dtype, block.shape);
            map_(from, to);
            copy(to, target);
        }
    }

  private:
    std::unique_ptr<ArraySource> stored_;
    Map map_;
    ArrayInfo info_;
};

}  // namespace

std::unique_ptr<ArraySource> scaled(std::unique_ptr<ArraySource> stored, const Scale& scale) {
    const DType dtype = compute_dtype(stored->info().dtype);
    return std::make_unique<MappedSource>(std::move(stored), dtype, [scale](const View& from, const View& to) {
        visit_dtype(from.dtype, [&]<class In>() {
            if constexpr (std::is_arithmetic_v<In> && !std::is_same_v<In, bool>) scale_block<In>(from, to, scale);
        });
    });
}

void flip_sign(const View& from, const View& to) {
    switch (size_of(from.dtype)) {
        case 1:
            return flip_block<std::uint8_t>(from, to);
        case 2:
            return flip_block<std::uint16_t>(from, to);
        case 4:
            return flip_block<std::uint32_t>(from, to);
        default:
            return flip_block<std::uint64_t>(from, to);
    }
}

std::unique_ptr<ArraySource> sign_flipped(std::unique_ptr<ArraySource> stored) {
    const DType dtype = flipped(stored->info().dtype);
    return std::make_unique<MappedSource>(std::move(stored), dtype, flip_sign);
}

}  // namespace levin::formats
