#include "levin/engine/series.hpp"

#include <algorithm>
#include <numeric>

#include "levin/engine/reduce.hpp"

namespace levin::engine {
namespace {

constexpr Index block_pixels =
    4096;  // blocks of some thousand pixels: a megabyte or few of float32, enough for vectors and for threads

/// Rows, planes, ... of whole trailing axes, so that a block's pixels are consecutive in C order.
Dims block_shape(const Dims& shape) {
    Dims block(shape.size(), 1);
    Index pixels = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        block[i] = std::clamp<Index>(block_pixels / pixels, 1, std::max<Index>(1, shape[i]));
        pixels *= block[i];
        if (block[i] < shape[i]) break;
    }
    return block;
}

}  // namespace

SeriesBlocks::SeriesBlocks(Execution& execution, const ArraySource& input, const std::string& axis, DType dtype)
    : execution_(execution), dtype_(dtype), buffers_(static_cast<std::size_t>(execution.threads())) {
    const std::size_t series = require_axis(input.info().axes, axis);
    pixel_info_ = without_axes(input.info(), {series});
    std::vector<std::size_t> order{series};
    for (std::size_t i = 0; i < input.info().rank(); ++i)
        if (i != series) order.push_back(i);
    input_ = permute(borrow(input), order);
    const ArrayInfo& info = input_->info();
    samples_ = info.shape[0];
    pixels_ = product(pixel_info_.shape);
    units_ = Grid(pixel_info_.shape, block_shape(pixel_info_.shape));
    const UnitWork pass = work(*input_, {});
    const auto threads = static_cast<std::size_t>(execution.threads());
    const std::size_t needed = info.bytes() + threads * std::max(input_->scratch_bytes(), 2 * pass.work_bytes);
    in_memory_ = needed <= execution.budget();
    if (in_memory_) {
        plan_.memory = execution.memory() - execution.budget() + needed;
        plan_.bytes_decoded = info.bytes();
        plan_.batches = 1;
    } else {
        plan_ = plan_units(execution, pass, UseScratch::always);
    }
}

void SeriesBlocks::load() {
    const ArrayInfo& info = input_->info();
    if (in_memory_) {
        OwnedArray values(info.dtype, info.shape);
        read_parallel(execution_, *input_, Region::whole(info.shape), values.view);
        kept_ = engine::in_memory(std::move(values), info.axes, input_->name());
        execution_.set_aside(info.bytes());
        return;
    }
    plan_ = fit_to_disk(execution_, work(*input_, {}), plan_);
    if (plan_.scratch) {
        kept_ = through_scratch(execution_, *input_, *plan_.scratch);
        plan_.scratch.reset();
    } else if (!plan_.remark.empty()) {
        execution_.progress().note(plan_.remark);
    }
}

UnitWork SeriesBlocks::work(const ArraySource& source, const Visitor& visit) {
    const auto needs = [this](const Region& unit) {
        Region box{{0}, {samples_}};
        box.origin.insert(box.origin.end(), unit.origin.begin(), unit.origin.end());
        box.shape.insert(box.shape.end(), unit.shape.begin(), unit.shape.end());
        return box;
    };
    const auto first_pixel = [this](const Region& unit) {
        return Grid(pixel_info_.shape, Dims(pixel_info_.rank(), 1)).number(unit.origin);
    };
    return {source,
            units_,
            needs,
            [=, this](Index block, const ConstView& values, int thread) {
                const Region unit = units_.region(block);
                Buffer& buffer = buffers_[static_cast<std::size_t>(thread)];
                buffer.reserve(byte_count({samples_, unit.count()}, size_of(dtype_)));
                convert(values, contiguous(buffer.data(), dtype_, values.shape));
                visit(contiguous(std::as_const(buffer).data(), dtype_, {samples_, unit.count()}), first_pixel(unit),
                      block, thread);
            },
            byte_count(units_.cell(), size_of(dtype_) * static_cast<std::size_t>(std::max<Index>(1, samples_))),
            [](Index) { return false; },
            {}};
}

void SeriesBlocks::for_each(const Visitor& visit) {
    const UnitWork pass = work(source(), visit);
    run_units(execution_, pass, in_memory_ ? plan_units(execution_, pass, UseScratch::never) : plan_);
}

OwnedArray SeriesBlocks::gather(std::span<const Index> pixels) {
    OwnedArray result(dtype_, {static_cast<Index>(pixels.size()), samples_});
    const ArraySource& source = this->source();
    const Grid every(pixel_info_.shape, Dims(pixel_info_.rank(), 1));
    OwnedArray series(source.info().dtype, {samples_});
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        Region box{{0}, {samples_}};
        for (const Index at : every.position(pixels[i])) box.origin.push_back(at), box.shape.push_back(1);
        source.read(box, contiguous(series.buffer.data(), source.info().dtype, box.shape));
        convert(series.view, contiguous(result.view.data + static_cast<std::ptrdiff_t>(i) * result.view.strides[0],
                                        dtype_, {samples_}));
    }
    return result;
}

}  // namespace levin::engine
