#include "levin/formats/fits_codecs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/fits_bits.hpp"

namespace levin::formats {
namespace {

/// The signed number of `bits` bits, or the unsigned one of 8.
std::int64_t pixel_of(std::uint64_t value, int bits) {
    if (bits == 8) return static_cast<std::uint8_t>(value);
    if (bits == 16) return static_cast<std::int16_t>(value);
    return static_cast<std::int32_t>(value);
}

}  // namespace

void unpack_rice(FitsBytes packed, Index block, Index pixel_bytes, FitsPixels pixels) {
    if ((pixel_bytes != 1 && pixel_bytes != 2 && pixel_bytes != 4) || block < 1)
        throw Error(fmt::format("RICE_1 with BYTEPIX {} and BLOCKSIZE {}: the file is damaged", pixel_bytes, block));
    const int bits = static_cast<int>(8 * pixel_bytes);
    const int choice_bits = bits == 8 ? 3 : bits == 16 ? 4 : 5, plain = bits == 8 ? 6 : bits == 16 ? 14 : 25;
    FitsBits stream(packed);
    std::uint64_t last = stream.take(bits);
    for (std::size_t begin = 0; begin < pixels.size();) {
        const std::size_t end = begin + std::min(static_cast<std::size_t>(block), pixels.size() - begin);
        const int low_bits = static_cast<int>(stream.take(choice_bits)) - 1;
        for (std::size_t i = begin; i < end; ++i) {
            std::uint64_t folded = 0;  // 0, -1, 1, -2, ... as 0, 1, 2, 3
            if (low_bits == plain) folded = stream.take(bits);
            else if (low_bits >= 0) {
                folded = stream.take_zeros() << low_bits;
                if (low_bits > 0) folded |= stream.take(low_bits);
            }
            last += folded & 1 ? ~(folded >> 1) : folded >> 1;
            pixels[i] = pixel_of(last, bits);
        }
        if (stream.exhausted()) fail_tile("RICE_1", "ends before its pixels do");
        begin = end;
    }
}

void unpack_plio(FitsBytes packed, FitsPixels pixels) {
    const auto word = [&](std::size_t i) { return static_cast<std::int16_t>(big_endian(packed, 2 * i, 2)); };
    const std::size_t there = packed.size() / 2;
    if (there < 3) fail_tile("PLIO_1", "has no header");
    const bool is_old = word(2) > 0;
    if (!is_old && there < 5) fail_tile("PLIO_1", "has no header");
    const Index words = is_old ? word(2) : (Index{word(4)} << 15) + word(3);
    const Index first = is_old ? 3 : word(1);
    if (words < 0 || words > static_cast<Index>(there) || first < 0) fail_tile("PLIO_1", "ends before its words do");
    std::fill(pixels.begin(), pixels.end(), 0);
    std::size_t at = 0;
    std::int64_t value = 1;
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(words) && at < pixels.size(); ++i) {
        const int code = word(i) >> 12;
        const auto data = static_cast<std::size_t>(word(i) & 4095);
        const std::size_t end = at + std::min(data, pixels.size() - at);
        if (code == 0 || code == 4 || code == 5) {
            if (code == 4)
                std::fill(pixels.begin() + static_cast<Index>(at), pixels.begin() + static_cast<Index>(end), value);
            if (code == 5 && data > 0 && end - at == data) pixels[end - 1] = value;
            at = end;
        } else if (code == 1) {
            if (++i == there) fail_tile("PLIO_1", "ends within a word");
            value = (std::int64_t{word(i)} << 12) + static_cast<std::int64_t>(data);
        } else if (code == 2 || code == 6) {
            value += static_cast<std::int64_t>(data);
        } else if (code == 3 || code == 7) {
            value -= static_cast<std::int64_t>(data);
        } else {
            fail_tile("PLIO_1", "has an unknown instruction");
        }
        if (code == 6 || code == 7) pixels[at++] = value;
    }
}

}  // namespace levin::formats
