#include "levin/core/strided_bytes.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace levin {
namespace {

constexpr Index max_gap = Index{64} << 10;
constexpr Index max_chunk = Index{8} << 20;

/// Axes from the greatest stride to the least.
std::vector<std::size_t> file_order(const Dims& strides) {
    std::vector<std::size_t> order(strides.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return strides[a] > strides[b]; });
    return order;
}

Dims permute(const Dims& dims, const std::vector<std::size_t>& order) {
    Dims result;
    for (const auto axis : order) result.push_back(dims[axis]);
    return result;
}

/// The box, in file order, that one system call reads.
Dims run_shape(const Dims& shape, const Dims& strides, Index element, bool swap) {
    Dims run(shape.size(), 1);
    Index span = element;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] == 1) continue;
        if (swap && strides[i] % element != 0) break;  // words of the whole run are swapped at once
        if (strides[i] - span > max_gap || span + strides[i] > strided_scratch) break;
        run[i] = std::min(shape[i], (strided_scratch - span) / std::max<Index>(strides[i], 1) + 1);
        span += (run[i] - 1) * strides[i];
        if (run[i] < shape[i]) break;
    }
    return run;
}

/// Turns `bytes` bytes as they are in the file into values of this machine.
void decode(std::byte* data, Index bytes, DType dtype, bool swap) {
    if (swap) swap_bytes(contiguous(data, dtype, {bytes / static_cast<Index>(size_of(dtype))}));
    if (dtype == DType::boolean)
        std::transform(data, data + bytes, data, [](std::byte b) { return std::byte{b != std::byte{0}}; });
}

}  // namespace

Index strided_span(const Dims& shape, const Dims& strides, Index element) {
    Index span = element;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        Index length = 0;
        if (__builtin_mul_overflow(shape[i] - 1, strides[i], &length) || __builtin_add_overflow(span, length, &span))
            return std::numeric_limits<Index>::max();
    }
    return span;
}

void read_strided(ByteSource& bytes, const StridedLayout& layout, const Region& region, const View& out) {
    if (region.empty()) return;
    const auto order = file_order(layout.strides);
    const auto element = static_cast<Index>(size_of(out.dtype));
    const Dims strides = permute(layout.strides, order);
    const View target = permuted(out, order);
    const Dims origin = permute(region.origin, order);
    const Grid runs(target.shape, run_shape(target.shape, strides, element, layout.swap));
    Buffer scratch;
    for (Index i = 0; i < runs.size(); ++i) {
        const Region run = runs.region(i);
        Index offset = layout.offset;
        for (std::size_t axis = 0; axis < order.size(); ++axis)
            offset += (origin[axis] + run.origin[axis]) * strides[axis];
        const Index span = strided_span(run.shape, strides, element);
        const View part = target.sub(run);
        std::byte* data = part.data;
        const bool direct = part.is_contiguous() && span == part.count() * element;
        if (!direct) {
            scratch.reserve(static_cast<std::size_t>(span));
            data = scratch.data();
        }
        bytes.read(offset, data, span);
        decode(data, span, out.dtype, layout.swap);
        if (!direct) copy(ConstView(data, out.dtype, run.shape, strides), part);
    }
}

Dims cheap_chunks(const Dims& shape, const Dims& strides, std::size_t element_size) {
    Dims chunks(shape.size(), 1);
    Index bytes = static_cast<Index>(element_size);
    const auto order = file_order(strides);
    for (std::size_t i = order.size(), taken = 0; i-- > 0 && taken < 2; ++taken) {
        const Index size = std::max<Index>(shape[order[i]], 1);
        chunks[order[i]] = std::clamp<Index>(max_chunk / bytes, 1, size);
        bytes *= chunks[order[i]];
    }
    return chunks;
}

Dims least_box(const Dims& shape, const Dims& strides, std::size_t element_size) {
    constexpr Index worth_a_call = Index{32} << 10;
    Dims box(shape.size(), 1);
    Index bytes = static_cast<Index>(element_size);
    const auto order = file_order(strides);
    for (std::size_t i = order.size(); i-- > 0;) {
        const Index size = std::max<Index>(shape[order[i]], 1), enough = ceil_div(worth_a_call, bytes);
        const bool read_over = i > 0 && strides[order[i - 1]] - enough * bytes <= max_gap;
        box[order[i]] = read_over ? size : std::min(size, enough);
        bytes *= box[order[i]];
        if (box[order[i]] < size) break;
    }
    return box;
}

Dims record_strides(const Dims& shape, std::size_t element_size, Index skip) {
    Dims strides(shape.size());
    // Nothing will be read of an empty array, whose other lengths may be anything.
    if (std::find(shape.begin(), shape.end(), Index{0}) != shape.end()) return strides;
    Index step = static_cast<Index>(element_size);
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = step;
        step *= std::max<Index>(shape[i], 1);
        if (i + 1 == shape.size()) step += skip;
    }
    return strides;
}

}  // namespace levin
