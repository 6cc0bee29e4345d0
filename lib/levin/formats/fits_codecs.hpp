/// The ways in which tiles of FITS images are packed. What a tile says of its own size is never believed: no decoder
/// reads beyond its input or writes beyond the pixels that are expected.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "levin/core/dims.hpp"

namespace levin::formats {

using FitsBytes = std::span<const std::byte>;
using FitsPixels = std::span<std::int64_t>;

/// RICE_1: differences of neighbours in blocks of `block` pixels, of 1, 2 or 4 bytes.
void unpack_rice(FitsBytes packed, Index block, Index pixel_bytes, FitsPixels pixels);
/// PLIO_1: runs, in big-endian words of 16 bits.
void unpack_plio(FitsBytes packed, FitsPixels pixels);
/// HCOMPRESS_1, without smoothing.
void unpack_hcompress(FitsBytes packed, FitsPixels pixels);

}  // namespace levin::formats
