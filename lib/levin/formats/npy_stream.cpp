#include "levin/formats/npy_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/npy_header.hpp"

namespace levin::formats {
namespace {

using Source = std::function<std::size_t(std::span<std::byte> out)>;
constexpr Index chunk_target = Index{8} << 20;

/// As many values as the target has, in the first axes' order: whole planes, then a part of one axis, then single ones.
Dims run_shape(const Dims& shape, std::size_t element_size) {
    Dims run(shape.size(), 1);
    Index left = std::max<Index>(1, chunk_target / static_cast<Index>(element_size));
    for (std::size_t i = shape.size(); i-- > 0;) {
        run[i] = std::clamp<Index>(left, 1, std::max<Index>(1, shape[i]));
        if (run[i] < shape[i]) break;
        left = std::max<Index>(1, left / run[i]);
    }
    return run;
}

class NpyFeed final : public ChunkFeed {
  public:
    NpyFeed(Source source, const NpyHeader& header, Dims shape) : source_(std::move(source)), swapped_(header.swapped) {
        info_.shape = std::move(shape);
        info_.dtype = header.dtype;
        info_.axes.resize(info_.shape.size());
        info_.chunks = run_shape(info_.shape, info_.element_size());
        [[maybe_unused]] const std::size_t fits = info_.bytes();  // an Error when 64 bits cannot count them
        grid_ = Grid(info_.shape, info_.chunks);
    }
    const ArrayInfo& info() const override { return info_; }
    std::size_t chunk_bytes() const override { return byte_count(info_.chunks, info_.element_size()); }
    std::size_t decode_bytes() const override { return 0; }

    std::optional<Arrival> next(Buffer& buffer) override {
        if (next_ == grid_.size()) {
            std::byte more{};
            if (source_({&more, 1}) > 0) throw Error("more bytes than the array's shape says");
            return std::nullopt;
        }
        const Dims shape = grid_.region(next_).shape;
        const std::size_t size = byte_count(shape, info_.element_size());
        buffer.reserve(size);
        for (std::size_t done = 0; done < size;) {
            const std::size_t count = source_({buffer.data() + done, size - done});
            if (count == 0)
                throw Error(
                    fmt::format("cut off: {} of {} bytes of values came",
                                byte_count(info_.chunks, info_.element_size()) * static_cast<std::size_t>(next_) + done,
                                info_.bytes()));
            done += count;
        }
        const View values = contiguous(buffer.data(), info_.dtype, shape);
        if (swapped_) swap_bytes(values);
        if (info_.dtype == DType::boolean)
            std::transform(values.data, values.data + size, values.data,
                           [](std::byte b) { return std::byte(b != std::byte(0)); });
        return Arrival{next_++, size};
    }

    void decode(Index chunk, std::span<const std::byte> encoded, const Region& region, const View& out) const override {
        const Region place = grid_.region(chunk);
        copy(contiguous(encoded.data(), info_.dtype, place.shape).sub(relative_to(region, place.origin)), out);
    }

  private:
    Source source_;
    bool swapped_;
    ArrayInfo info_;
    Grid grid_;
    Index next_ = 0;
};

}  // namespace

NpyStream open_npy_stream(Source source) {
    Index arrived = 0;
    const NpyHeader header = read_npy_header([&](void* to, Index bytes) {
        auto* next = static_cast<std::byte*>(to);
        while (bytes > 0) {
            const std::size_t count = source({next, static_cast<std::size_t>(bytes)});
            if (count == 0)
                throw Error(arrived == 0 ? "nothing came: the program that should write the array has failed"
                                         : "cut off in its head");
            arrived += static_cast<Index>(count);
            next += count, bytes -= static_cast<Index>(count);
        }
    });
    Dims shape = header.shape;
    if (header.fortran_order) std::reverse(shape.begin(), shape.end());
    return {std::make_unique<NpyFeed>(std::move(source), header, std::move(shape)), header.fortran_order};
}

}  // namespace levin::formats
