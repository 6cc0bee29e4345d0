#include "levin/core/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "levin/core/blocks.hpp"
#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"
#include "levin/core/strided.hpp"

namespace levin {

template <class Byte>
bool BasicView<Byte>::is_contiguous() const {
    Index expected = static_cast<Index>(size_of(dtype));
    bool contiguous = true;
    for (std::size_t i = rank(); i-- > 0;) {
        if (shape[i] == 0) return true;
        if (shape[i] != 1 && strides[i] != expected) contiguous = false;
        expected *= shape[i];
    }
    return contiguous;
}

template <class Byte>
BasicView<Byte> BasicView<Byte>::sub(const Region& region) const {
    assert(region.rank() == rank() && Region::whole(shape).contains(region));
    BasicView part(data, dtype, region.shape, strides);
    for (std::size_t i = 0; i < rank(); ++i) part.data += region.origin[i] * strides[i];
    return part;
}

template struct BasicView<std::byte>;
template struct BasicView<const std::byte>;

Dims c_strides(const Dims& shape, std::size_t element_size) {
    Dims strides(shape.size());
    Index step = static_cast<Index>(element_size);
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = step;
        step *= std::max<Index>(shape[i], 1);
    }
    return strides;
}

View contiguous(void* data, DType dtype, Dims shape) {
    Dims strides = c_strides(shape, size_of(dtype));
    return {static_cast<std::byte*>(data), dtype, std::move(shape), std::move(strides)};
}

ConstView contiguous(const void* data, DType dtype, Dims shape) {
    Dims strides = c_strides(shape, size_of(dtype));
    return {static_cast<const std::byte*>(data), dtype, std::move(shape), std::move(strides)};
}

void require_same_shape(const ConstView& from, const View& to, const char* act) {
    if (from.shape == to.shape) return;
    throw Error(fmt::format("cannot {} shape {} to shape {}", act, to_string(from.shape), to_string(to.shape)));
}

std::vector<StridedLoop> paired_loops(const ConstView& from, const View& to) {
    std::vector<StridedLoop> loops;
    for (std::size_t i = 0; i < to.rank(); ++i)
        if (to.shape[i] != 1) loops.push_back({to.shape[i], from.strides[i], to.strides[i]});
    std::stable_sort(loops.begin(), loops.end(),
                     [](const auto& a, const auto& b) { return std::abs(a.to) > std::abs(b.to); });
    std::vector<StridedLoop> merged;
    for (const auto& loop : loops) {
        if (!merged.empty() && merged.back().from == loop.from * loop.count && merged.back().to == loop.to * loop.count)
            merged.back() = {merged.back().count * loop.count, loop.from, loop.to};
        else merged.push_back(loop);
    }
    const auto size = static_cast<Index>(size_of(to.dtype));
    if (merged.empty()) merged.push_back({1, static_cast<Index>(size_of(from.dtype)), size});
    return merged;
}

namespace {

/// One run along the target's fastest axis.
template <std::size_t Size>
void copy_run(const std::byte* from, std::byte* to, const StridedLoop& loop) {
    constexpr auto step = static_cast<Index>(Size);
    if (loop.from == 0 && loop.to == step) {
        std::byte value[Size];
        std::memcpy(value, from, Size);
        for (Index i = 0; i < loop.count; ++i) std::memcpy(to + i * step, value, Size);
        return;
    }
    for (Index i = 0; i < loop.count; ++i) std::memcpy(to + i * loop.to, from + i * loop.from, Size);
}

/// A plane whose `outer` loop is the source's fast axis and whose `inner` loop is the target's. Tiles of a few
/// kilobytes keep every cache line that was touched until all of it has been used.
template <std::size_t Size>
void copy_plane(const std::byte* from, std::byte* to, const StridedLoop& outer, const StridedLoop& inner) {
    constexpr Index edge = Size <= 2 ? 64 : Size <= 8 ? 32 : 16;
    for (Index i0 = 0; i0 < outer.count; i0 += edge) {
        const Index rows = std::min(edge, outer.count - i0);
        for (Index j0 = 0; j0 < inner.count; j0 += edge) {
            const StridedLoop run{std::min(edge, inner.count - j0), inner.from, inner.to};
            for (Index i = i0; i < i0 + rows; ++i)
                copy_run<Size>(from + i * outer.from + j0 * inner.from, to + i * outer.to + j0 * inner.to, run);
        }
    }
}

template <std::size_t Size>
void copy_loops(const std::byte* from, std::byte* to, std::vector<StridedLoop> loops) {
    const StridedLoop inner = loops.back();
    loops.pop_back();
    if (inner.from == static_cast<Index>(Size) && inner.to == inner.from) {
        const std::size_t bytes = static_cast<std::size_t>(inner.count) * Size;
        return for_each_start(loops.data(), loops.size(), from, to,
                              [bytes](const std::byte* a, std::byte* b) { std::memcpy(b, a, bytes); });
    }
    const auto source_step = [](const StridedLoop& loop) { return std::abs(loop.from); };
    const auto fastest = std::min_element(
        loops.begin(), loops.end(), [&](const auto& a, const auto& b) { return source_step(a) < source_step(b); });
    if (fastest == loops.end() || source_step(*fastest) == 0 || source_step(*fastest) >= source_step(inner))
        return for_each_start(loops.data(), loops.size(), from, to,
                              [&](const std::byte* a, std::byte* b) { copy_run<Size>(a, b, inner); });
    const StridedLoop outer = *fastest;
    loops.erase(fastest);
    for_each_start(loops.data(), loops.size(), from, to,
                   [&](const std::byte* a, std::byte* b) { copy_plane<Size>(a, b, outer, inner); });
}

template <class Word>
void swap_words(std::byte* data, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += sizeof(Word)) {
        Word word;
        std::memcpy(&word, data + i, sizeof word);
        if constexpr (sizeof(Word) == 2) word = __builtin_bswap16(word);
        else if constexpr (sizeof(Word) == 4) word = __builtin_bswap32(word);
        else word = __builtin_bswap64(word);
        std::memcpy(data + i, &word, sizeof word);
    }
}

}  // namespace

void copy(const ConstView& from, const View& to) {
    require_same_shape(from, to, "copy");
    if (from.dtype != to.dtype)
        throw Error(fmt::format("cannot copy {} to {} without converting", name_of(from.dtype), name_of(to.dtype)));
    if (to.count() == 0) return;
    const auto loops = paired_loops(from, to);
    switch (size_of(to.dtype)) {
        case 1:
            return copy_loops<1>(from.data, to.data, loops);
        case 2:
            return copy_loops<2>(from.data, to.data, loops);
        case 4:
            return copy_loops<4>(from.data, to.data, loops);
        case 8:
            return copy_loops<8>(from.data, to.data, loops);
        default:
            return copy_loops<16>(from.data, to.data, loops);
    }
}

void fill(const View& to, const void* value) {
    copy(ConstView(static_cast<const std::byte*>(value), to.dtype, to.shape, Dims(to.rank(), 0)), to);
}

void swap_bytes(const View& view) {
    assert(view.is_contiguous());
    const std::size_t bytes = byte_count(view.shape, size_of(view.dtype));
    switch (word_size(view.dtype)) {
        case 2:
            return swap_words<std::uint16_t>(view.data, bytes);
        case 4:
            return swap_words<std::uint32_t>(view.data, bytes);
        case 8:
            return swap_words<std::uint64_t>(view.data, bytes);
        default:
            return;
    }
}

Buffer::Buffer(std::size_t bytes) : size_(bytes) {
    if (bytes <= PTRDIFF_MAX) data_ = {static_cast<std::byte*>(take_block(allocated(bytes))), {allocated(bytes)}};
    if (!data_) throw TransientError(fmt::format("no memory for a buffer of {}", format_size(bytes)));
}

void Buffer::reserve(std::size_t bytes) {
    if (bytes <= size_) return;
    *this = Buffer();  // the old block goes first: both together may not fit
    *this = Buffer(bytes);
}

void Buffer::Free::operator()(std::byte* block) const { give_block(block, size); }

OwnedArray::OwnedArray(DType dtype, Dims shape) : buffer(byte_count(shape, size_of(dtype))) {
    view = contiguous(buffer.data(), dtype, std::move(shape));
}

}  // namespace levin
