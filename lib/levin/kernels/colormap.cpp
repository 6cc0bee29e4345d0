#include "levin/kernels/colormap.hpp"

#include <algorithm>
#include <cmath>

namespace levin::kernels {
namespace {

using Anchors = std::array<Rgb, 9>;
constexpr Anchors viridis{{{68, 1, 84},
                           {71, 45, 123},
                           {59, 82, 139},
                           {44, 114, 142},
                           {33, 145, 140},
                           {40, 174, 128},
                           {94, 201, 98},
                           {173, 220, 48},
                           {253, 231, 37}}};
constexpr Anchors magma{{{0, 0, 4},
                         {28, 16, 68},
                         {79, 18, 123},
                         {129, 37, 129},
                         {181, 54, 122},
                         {229, 89, 100},
                         {251, 135, 97},
                         {254, 194, 135},
                         {252, 253, 191}}};

std::array<Rgb, 256> interpolate(const Anchors& anchors) {
    std::array<Rgb, 256> table;
    for (std::size_t i = 0; i < 256; ++i) {
        const double at = static_cast<double>(i) / 255 * 8;
        const auto left = std::min<std::size_t>(static_cast<std::size_t>(at), 7);
        const double weight = at - static_cast<double>(left);
        for (std::size_t c = 0; c < 3; ++c)
            table[i][c] =
                static_cast<std::uint8_t>(std::lround(anchors[left][c] * (1 - weight) + anchors[left + 1][c] * weight));
    }
    return table;
}

std::uint8_t to_byte(double x, double low, double high) {
    if (std::isnan(x)) return 0;
    if (high <= low) return x <= low ? 0 : 255;
    return static_cast<std::uint8_t>(std::nearbyint(std::clamp((x - low) / (high - low), 0.0, 1.0) * 255));
}

}  // namespace

std::array<Rgb, 256> color_table(Colormap map) {
    if (map == Colormap::viridis) return interpolate(viridis);
    if (map == Colormap::magma) return interpolate(magma);
    std::array<Rgb, 256> gray;
    for (std::size_t i = 0; i < 256; ++i) gray[i].fill(static_cast<std::uint8_t>(i));
    return gray;
}

Rgb label_color(std::int64_t label) {
    if (label < 0) return {0, 0, 0};
    constexpr double golden = 0.6180339887498949;  // of the full turn, by which successive hues differ
    const double turn = std::fmod(0.58 + golden * static_cast<double>(label % 1024), 1.0) * 6;
    const double value = label % 3 == 2 ? 0.72 : 0.95, saturation = label % 2 ? 0.55 : 0.75;
    Rgb color;
    for (std::size_t c = 0; c < 3; ++c) {
        // The usual hexcone: each channel is a trapezoid over the hue, shifted by a third of the turn.
        const double distance = std::fabs(std::fmod(turn + 6 - 2 * static_cast<double>(c) + 3, 6.0) - 3);
        color[c] = static_cast<std::uint8_t>(
            std::lround(255 * value * (1 - saturation * (1 - std::clamp(2 - distance, 0.0, 1.0)))));
    }
    return color;
}

void scale_to_bytes(const ConstView& values, double low, double high, const View& out) {
    OwnedArray wide(DType::float64, values.shape), bytes(DType::uint8, values.shape);
    convert(values, wide.view);
    const double* from = wide.view.as<double>();
    std::uint8_t* to = bytes.view.as<std::uint8_t>();
    for (Index i = 0, n = wide.view.count(); i < n; ++i) to[i] = to_byte(from[i], low, high);
    copy(bytes.view, out);
}

void colorize(const ConstView& values, Colormap map, const View& out) {
    const Index n = values.shape[0];
    std::uint8_t* to = out.as<std::uint8_t>();
    const auto put = [&](Index i, const Rgb& color) {
        for (Index c = 0; c < 3; ++c) to[c * n + i] = color[static_cast<std::size_t>(c)];
    };
    if (map == Colormap::labels) {
        for (Index i = 0; i < n; ++i) put(i, label_color(values.as<std::int64_t>()[i]));
        return;
    }
    const auto table = color_table(map);
    for (Index i = 0; i < n; ++i) put(i, table[values.as<std::uint8_t>()[i]]);
}

}  // namespace levin::kernels
