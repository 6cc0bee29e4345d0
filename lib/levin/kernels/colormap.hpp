/// Numbers to colours, for pictures.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "levin/core/view.hpp"

namespace levin::kernels {

enum class Colormap { gray, viridis, magma, labels };

using Rgb = std::array<std::uint8_t, 3>;

/// The 256 colours of a continuous map, dark to bright. viridis and magma are Matplotlib's (S. van der Walt, N. Smith,
/// 2015), interpolated between nine of their colours: within 6 of 255 of the originals.
std::array<Rgb, 256> color_table(Colormap map);
/// The colour of a label: black below 0, then hues a golden angle apart, so that neighbouring numbers look different.
Rgb label_color(std::int64_t label);

/// Scales `values` (real, any strides) so that `low` becomes 0 and `high` 255, rounds, and cuts what lies outside; NaN
/// is 0. `out`: uint8, same shape. Where high <= low everything at or below low is 0, the rest 255.
void scale_to_bytes(const ConstView& values, double low, double high, const View& out);
/// Colours of scaled bytes, or of integer labels for Colormap::labels. `values`: shape (n), contiguous, uint8 or
/// (labels) int64; `out`: uint8 (3, n).
void colorize(const ConstView& values, Colormap map, const View& out);

}  // namespace levin::kernels
