#include "levin/engine/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace levin::engine {
namespace {

constexpr Index most_planes = 64;

class Mapped final : public ArraySource {
  public:
    Mapped(Source base, DType dtype, ElementMap map)
        : base_(std::move(base)), info_(base_->info()), map_(std::move(map)) {
        info_.dtype = dtype;
    }
    const ArrayInfo& info() const override { return info_; }
    std::string name() const override { return base_->name(); }
    std::size_t scratch_bytes() const override {
        return base_->scratch_bytes() + byte_count(info_.chunks, 8 + base_->info().element_size());
    }
    bool comes_once() const override { return base_->comes_once(); }
    void expect(const Region& region, Index times) const override { base_->expect(region, times); }
    void read(const Region& region, const View& out) const override {
        OwnedArray values(base_->info().dtype, region.shape);
        base_->read(region, values.view);
        map_(values.view, out);
    }

  private:
    Source base_;
    ArrayInfo info_;
    ElementMap map_;
};

OwnedArray load(const Execution& execution, const ArraySource& source, std::size_t factor) {
    const ArrayInfo& info = source.info();
    if (info.bytes() > execution.budget() / factor)
        execution.refuse_memory("a picture", execution.memory() - execution.budget() + factor * info.bytes(),
                                "give more --memory, or write a part with --select");
    OwnedArray values(info.dtype, info.shape);
    source.read(Region::whole(info.shape), values.view);
    return values;
}

}  // namespace

Source map_elements(Source base, DType dtype, ElementMap map) {
    return std::make_unique<Mapped>(std::move(base), dtype, std::move(map));
}

Source montage(const Execution& execution, Source base) {
    const ArrayInfo info = base->info();
    const std::size_t rank = info.rank();
    if (rank < 2 || info.axes[rank - 2].name != "y" || info.axes[rank - 1].name != "x")
        throw UsageError(fmt::format("{} has the axes {}: a picture needs y and x", base->name(), letters(info.axes)));
    if (rank == 2) return base;
    const Index height = info.shape[rank - 2], width = info.shape[rank - 1];
    const Dims outer(info.shape.begin(), info.shape.end() - 2);
    const Index planes = product(outer);
    if (planes > most_planes || planes == 0)
        throw UsageError(
            fmt::format("{} has {} planes {}; a picture shows up to {}: write one file each with --split {}",
                        base->name(), planes, to_string(info.shape), most_planes, info.axes[0].name));
    const OwnedArray all = load(execution, *base, 4);
    const auto columns = static_cast<Index>(std::ceil(std::sqrt(static_cast<double>(planes))));
    OwnedArray picture(info.dtype, {ceil_div(planes, columns) * height, columns * width});
    const OwnedArray zero(DType::complex128, {1});
    std::fill_n(zero.view.data, zero.buffer.size(), std::byte{0});
    fill(picture.view, zero.view.data);
    const ConstView flat = contiguous(all.buffer.data(), info.dtype, {planes, height, width});
    for (Index i = 0; i < planes; ++i) {
        ConstView plane = flat.sub({{i, 0, 0}, {1, height, width}});
        plane.shape.erase(plane.shape.begin()), plane.strides.erase(plane.strides.begin());
        copy(plane, picture.view.sub({{i / columns * height, i % columns * width}, {height, width}}));
    }
    return in_memory(std::move(picture), {info.axes[rank - 2], info.axes[rank - 1]}, base->name());
}

Source color_picture(const Execution& execution, Source base, const ElementMap& color, bool integers) {
    const ArrayInfo info = base->info();
    if (info.rank() != 2)
        throw UsageError(
            fmt::format("{} has the shape {}: a colour picture has two dimensions; use --split or --select",
                        base->name(), to_string(info.shape)));
    const OwnedArray values = load(execution, *base, 16);
    const Index count = values.view.count();
    const DType dtype = integers ? DType::int64 : DType::uint8;
    OwnedArray wide(dtype, info.shape), picture(DType::uint8, {3, info.shape[0], info.shape[1]});
    if (integers && is_floating(info.dtype)) {
        // No data is no label, which is -1 as in the labels of k-means.
        OwnedArray real(DType::float64, info.shape);
        convert(values.view, real.view);
        double* x = real.view.as<double>();
        std::replace_if(
            x, x + count, [](double value) { return std::isnan(value); }, -1.0);
        convert(real.view, wide.view, OutOfRange::clip);
    } else {
        convert(values.view, wide.view, OutOfRange::clip);
    }
    color(contiguous(std::as_const(wide.buffer).data(), dtype, {count}),
          contiguous(picture.buffer.data(), DType::uint8, {3, count}));
    return in_memory(std::move(picture), {{"c", 0, ""}, info.axes[0], info.axes[1]}, base->name());
}

}  // namespace levin::engine
