/// The inner parts of k-means: a tile of scaled series, distances to centroids, exact sums. Private to kmeans*.cpp.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "levin/kernels/kmeans.hpp"

namespace levin::kernels::clustering {

/// Numbers as integer multiples of a power of two, whose sums do not depend on the order of addition.
class FixedPoint {
  public:
    FixedPoint() = default;  ///< for integers up to 2^50: themselves
    /// For up to `count` numbers of magnitude up to `largest`: sums stay below 2^62, the resolution is largest * 2^-50
    /// (for 1e9 numbers 2^-32) or better.
    FixedPoint(double largest, Index count, int most_bits = 50) {
        const int bits = std::min(most_bits, 62 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))));
        const int exponent = largest > 0 ? std::max(std::ilogb(largest) + 1, -900) : 0;
        scale_ = std::ldexp(1.0, bits - exponent);
    }
    /// Rounds to nearest: adding 1.5 * 2^52 leaves the integer in the low bits, in one vector instruction.
    std::int64_t operator()(double value) const {
        constexpr double magic = 0x1.8p52;
        return std::bit_cast<std::int64_t>(value * scale_ + magic) - std::bit_cast<std::int64_t>(magic);
    }
    double scale() const { return scale_; }

  private:
    double scale_ = 1;
};

/// The types that are read as they are.
#define LEVIN_SERIES_TYPES(X) X(std::uint8_t) X(std::uint16_t) X(std::int16_t) X(float) X(double)

/// What series of T are computed in: float holds integers of 16 bits.
template <class T>
using Computed = std::conditional_t<std::is_same_v<T, double>, double, float>;

inline constexpr Index tile_width = 16;

/// Scaled series of up to 16 pixels; columns that are not valid are 0.
template <class T>
struct Tile {
    T* x = nullptr;  ///< (samples, tile_width)
    Index width = 0;
    const Index* numbers = nullptr;
    bool valid[tile_width] = {};
};

/// Fills `tile` with columns first .. of a block.
template <class T>
void fill_tile(const SeriesBlock<T>& block, Index first, Index n, SeriesScale scale, Tile<Computed<T>>& tile) {
    using C = Computed<T>;
    constexpr Index W = tile_width;
    const Index width = tile.width = std::min(W, block.pixels - first);
    tile.numbers = block.numbers + first;
    double origin[W] = {}, mean[W] = {}, square[W] = {};
    std::fill_n(tile.valid, W, false);
    std::fill_n(tile.valid, width, true);
    for (Index w = 0; w < width; ++w) origin[w] = static_cast<double>(block.series[first + w]);
    for (Index t = 0; t < n; ++t) {
        const T* row = block.series + t * block.pitch + first;
        C* to = tile.x + t * W;
        std::copy_n(row, width, to);
        std::fill(to + width, to + W, C{0});
        for (Index w = 0; w < width; ++w) {
            tile.valid[w] &= std::isfinite(to[w]);
            mean[w] += static_cast<double>(row[w]) - origin[w];
        }
    }
    for (Index w = 0; w < width; ++w)
        if (!tile.valid[w])
            for (Index t = 0; t < n; ++t) tile.x[t * W + w] = origin[w] = mean[w] = 0;
    if (scale == SeriesScale::none) return;
    for (Index w = 0; w < width; ++w) mean[w] /= static_cast<double>(n);
    if (scale == SeriesScale::zscore)
        for (Index t = 0; t < n; ++t)
            for (Index w = 0; w < width; ++w) {
                const double d = (static_cast<double>(tile.x[t * W + w]) - origin[w]) - mean[w];
                square[w] += d * d;
            }
    double factor[W];
    for (Index w = 0; w < width; ++w) {
        const double sd = std::sqrt(square[w] / static_cast<double>(n));
        factor[w] = scale == SeriesScale::center ? 1 : sd > 0 ? 1 / sd : 0;
    }
    for (Index t = 0; t < n; ++t)
        for (Index w = 0; w < width; ++w)
            tile.x[t * W + w] =
                static_cast<C>(((static_cast<double>(tile.x[t * W + w]) - origin[w]) - mean[w]) * factor[w]);
}

/// out[k][w] = squared distance of column w to centroid k of `C`, summed in double in the order of time.
template <int C, class T>
void squared_distances(const T* x, Index n, const double* centroids, double (*out)[tile_width]) {
    constexpr Index L = 4;  // columns at a time: with 4 centroids the sums fill 8 registers of two doubles
    for (Index column = 0; column < tile_width; column += L) {
        double sum[C][L] = {};
        for (Index t = 0; t < n; ++t) {
            const T* row = x + t * tile_width + column;
            for (int k = 0; k < C; ++k) {
                const double centre = centroids[k * n + t];
                for (Index i = 0; i < L; ++i) {
                    const double d = static_cast<double>(row[i]) - centre;
                    sum[k][i] += d * d;
                }
            }
        }
        for (int k = 0; k < C; ++k) std::copy_n(sum[k], L, out[k] + column);
    }
}

/// Calls visit(k, distances) for each of `count` centroids in order; distances: squared, one per column of the tile.
template <class T, class Visit>
void for_each_centroid(const T* x, Index n, const double* centroids, Index count, Visit&& visit) {
    double d[4][tile_width];
    Index k = 0;
    for (; k + 4 <= count; k += 4) {
        squared_distances<4>(x, n, centroids + k * n, d);
        for (Index i = 0; i < 4; ++i) visit(k + i, d[i]);
    }
    for (; k < count; ++k) {
        squared_distances<1>(x, n, centroids + k * n, d);
        visit(k, d[0]);
    }
}

}  // namespace levin::kernels::clustering
