#include "levin/engine/series.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "levin/core/parallel.hpp"
#include "levin/engine/reduce.hpp"

namespace levin::engine {
namespace {

constexpr Index block_pixels =
    4096;  // blocks of some thousand pixels: a megabyte or few of float32, enough for vectors and for threads

constexpr Index read_always = Index{1} << 40;  // for an input that comes once: there will be more passes

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

/// Bytes from one sample's row to the next. Rows that lie a power of two apart would take the same few places in the
/// caches; those an odd number of 512 bytes apart take them all.
std::size_t row_pitch(std::size_t row_bytes) {
    constexpr std::size_t step = 512, worthwhile = 32 * step;
    if (row_bytes < worthwhile) return row_bytes;
    return ((row_bytes + step - 1) / step | 1) * step;
}

/// Memory for an array whose first axis has this pitch, all other axes in C order.
OwnedArray rows_apart(DType dtype, const Dims& shape, std::size_t pitch) {
    OwnedArray array;
    array.buffer = Buffer(pitch * static_cast<std::size_t>(shape[0]));
    array.view = View(array.buffer.data(), dtype, shape, c_strides(shape, size_of(dtype)));
    array.view.strides[0] = static_cast<Index>(pitch);
    return array;
}

/// `values`, (samples, ...), as (samples, pixels), where the pixels lie side by side.
std::optional<ConstView> as_rows(const ConstView& values, DType dtype) {
    if (values.dtype != dtype) return std::nullopt;
    const Dims& shape = values.shape;
    const auto element = static_cast<Index>(size_of(dtype));
    Index pixels = 1;
    for (std::size_t i = shape.size(); i-- > 1; pixels *= shape[i])
        if (shape[i] > 1 && values.strides[i] != pixels * element) return std::nullopt;
    return ConstView(values.data, dtype, {shape[0], pixels}, {values.strides[0], element});
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
    const std::size_t kept =
        row_pitch(byte_count(pixel_info_.shape, info.element_size())) * static_cast<std::size_t>(samples_);
    const std::size_t converted = dtype_ == info.dtype ? 0 : pass.work_bytes;
    const std::size_t needed = kept + threads * std::max(input_->scratch_bytes(), converted);
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
    loaded_ = true;
    const ArrayInfo& info = input_->info();
    if (in_memory_) {
        OwnedArray values =
            rows_apart(info.dtype, info.shape, row_pitch(byte_count(pixel_info_.shape, info.element_size())));
        expect_parallel(*input_, Region::whole(info.shape), 1);
        read_parallel(execution_, *input_, Region::whole(info.shape), values.view);
        execution_.set_aside(values.buffer.size());
        rows_ = ConstView(values.view.data, info.dtype, {samples_, pixels_},
                          {values.view.strides[0], static_cast<Index>(info.element_size())});
        kept_ = engine::in_memory(std::move(values), info.axes, input_->name());
        return;
    }
    plan_ = fit_to_disk(execution_, work(*input_, {}), plan_);
    if (plan_.scratch) {
        kept_ = through_scratch(execution_, *input_, *plan_.scratch);
        plan_.scratch.reset();
    } else {
        input_->expect(Region::whole(info.shape), read_always);
        if (!plan_.remark.empty()) execution_.progress().note(plan_.remark);
    }
}

/// Rows of a block as visitors want them.
void SeriesBlocks::show(const ConstView& rows, Index block, int thread, const Visitor& visit) {
    const Index first = Grid(pixel_info_.shape, Dims(pixel_info_.rank(), 1)).number(units_.region(block).origin);
    if (const auto as_stored = as_rows(rows, dtype_)) return visit(*as_stored, first, block, thread);
    Buffer& buffer = buffers_[static_cast<std::size_t>(thread)];
    buffer.reserve(byte_count(rows.shape, size_of(dtype_)));
    convert(rows, contiguous(buffer.data(), dtype_, rows.shape));
    const Index pixels = units_.region(block).count();
    visit(contiguous(std::as_const(buffer).data(), dtype_, {samples_, pixels}), first, block, thread);
}

UnitWork SeriesBlocks::work(const ArraySource& source, const Visitor& visit) {
    const auto needs = [this](const Region& unit) {
        Region box{{0}, {samples_}};
        box.origin.insert(box.origin.end(), unit.origin.begin(), unit.origin.end());
        box.shape.insert(box.shape.end(), unit.shape.begin(), unit.shape.end());
        return box;
    };
    return {source,
            units_,
            needs,
            [=, this](Index block, const ConstView& values, int thread) { show(values, block, thread, visit); },
            byte_count(units_.cell(), size_of(dtype_) * static_cast<std::size_t>(std::max<Index>(1, samples_))),
            [](Index) { return false; },
            {}};
}

void SeriesBlocks::for_each(const Visitor& visit) {
    if (!loaded_) load();
    if (!in_memory_) return run_units(execution_, work(source(), visit), plan_);
    const Grid every(pixel_info_.shape, Dims(pixel_info_.rank(), 1));
    parallel_for(units_.size(), execution_.threads(), execution_.stop(), [&](Index block, int thread) {
        const Region unit = units_.region(block);
        const Timed computing(execution_.progress(), Stage::compute);
        show(rows_.sub({{0, every.number(unit.origin)}, {samples_, unit.count()}}), block, thread, visit);
        execution_.progress().advance();
    });
}

OwnedArray SeriesBlocks::gather(std::span<const Index> pixels) {
    OwnedArray result(dtype_, {static_cast<Index>(pixels.size()), samples_});
    const Grid every(pixel_info_.shape, Dims(pixel_info_.rank(), 1));
    if (!loaded_ && !pixels.empty()) {
        Region one{Dims(input_->info().rank(), 0), Dims(input_->info().rank(), 1)};
        one.shape[0] = samples_;
        if (pixels.size() * touched_bytes(*input_, one) > input_->info().bytes()) load();
    }
    const ArraySource& source = this->source();
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
