/// Inner loops of the streaming statistics: what a tile of samples adds to the state of its pixels.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"

namespace levin::kernels::detail {

using Count = std::int64_t;
using Position = std::int32_t;

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr Index tile_width = 256;     // pixels whose state stays in the first cache
inline constexpr Index tile_rows = 32;       // samples of them that do as well, for every statistic in turn
inline constexpr Index tile_samples = 2048;  // elements of a gathered tile

/// The type that samples are added as: float16 as float, bool as its byte.
template <class T>
struct SampleOf {
    using type = T;
};
template <>
struct SampleOf<Float16> {
    using type = float;
};
template <>
struct SampleOf<bool> {
    using type = std::uint8_t;
};
template <class T>
using Sample = typename SampleOf<T>::type;

/// Integers of up to 16 bits: partial sums of a tile fit 32 bits and all sums in float64 are exact, so order is free.
template <class T>
constexpr bool is_small = std::is_integral_v<T> && sizeof(T) <= 2;

/// A tile of samples: `rows` consecutive samples of `width` neighbouring pixels.
template <class T>
struct Tile {
    const std::byte* data;
    Index stride;  // bytes from one sample of a pixel to its next
    Index rows, width;
    const T* row(Index t) const { return reinterpret_cast<const T*>(data + t * stride); }
};

/// body(p, x) for every sample, in order for each pixel. Few pixels go one after the other, so that their state can
/// stay in registers; many go side by side, so that the compiler can use vector instructions. The arithmetic is the
/// same.
template <class T, class Body>
inline void sweep(const Tile<T>& tile, Body body) {
    if (tile.width >= 8) {
        for (Index t = 0; t < tile.rows; ++t) {
            const T* x = tile.row(t);
            for (Index p = 0; p < tile.width; ++p) body(p, x[p]);
        }
    } else {
        for (Index p = 0; p < tile.width; ++p)
            for (Index t = 0; t < tile.rows; ++t) body(p, tile.row(t)[p]);
    }
}

template <class T>
void add_count(const Tile<T>& tile, Count* count) {
    if constexpr (std::is_floating_point_v<T>) sweep(tile, [count](Index p, T x) { count[p] += x == x; });
    else
        for (Index p = 0; p < tile.width; ++p) count[p] += tile.rows;
}

template <class T>
void add_sum(const Tile<T>& tile, double* sum) {
    if constexpr (is_small<T>) {
        std::array<std::int32_t, tile_width> partial{};
        sweep(tile, [&](Index p, T x) { partial[static_cast<std::size_t>(p)] += x; });
        for (Index p = 0; p < tile.width; ++p) sum[p] += partial[static_cast<std::size_t>(p)];
    } else {
        sweep(tile, [sum](Index p, T x) { sum[p] += x == x ? static_cast<double>(x) : 0.0; });
    }
}

/// Sums of deviations from `shift` and of their squares. shift is NaN until a pixel's first sample arrives.
template <class T>
void add_deviations(const Tile<T>& tile, double* shift, double* deviation, double* square) {
    if constexpr (is_small<T>) {
        using Square = std::conditional_t<sizeof(T) == 1, std::int32_t, double>;
        std::array<std::int32_t, tile_width> origin, sum{};
        std::array<Square, tile_width> squares{};
        for (Index p = 0; p < tile.width; ++p) {
            if (std::isnan(shift[p])) shift[p] = tile.row(0)[p];
            origin[static_cast<std::size_t>(p)] = static_cast<std::int32_t>(shift[p]);
        }
        sweep(tile, [&](Index p, T x) {
            const auto i = static_cast<std::size_t>(p);
            const std::int32_t d = x - origin[i];
            sum[i] += d;
            squares[i] += static_cast<Square>(d) * static_cast<Square>(d);
        });
        for (Index p = 0; p < tile.width; ++p) {
            deviation[p] += sum[static_cast<std::size_t>(p)];
            square[p] += static_cast<double>(squares[static_cast<std::size_t>(p)]);
        }
    } else {
        sweep(tile, [=](Index p, T x) {
            const auto value = static_cast<double>(x);
            const double origin = shift[p] == shift[p] ? shift[p] : value;
            const double d = value == value ? value - origin : 0.0;
            shift[p] = origin;
            deviation[p] += d;
            square[p] += d * d;
        });
    }
}

/// sign +1: maximum, -1: minimum. The extreme starts at NaN, for integers at the least candidate.
template <int sign, class T>
bool exceeds(T x, T extreme) {
    if constexpr (std::is_floating_point_v<T>) return (x == x) & !(sign > 0 ? extreme >= x : extreme <= x);
    else return sign > 0 ? x > extreme : x < extreme;
}

template <int sign, class T>
T least_candidate() {
    if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::quiet_NaN();
    return sign > 0 ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
}

template <int sign, class T>
void add_extreme(const Tile<T>& tile, T* extreme) {
    sweep(tile, [extreme](Index p, T x) { extreme[p] = exceeds<sign>(x, extreme[p]) ? x : extreme[p]; });
}

template <int sign, class T>
void add_extreme_position(const Tile<T>& tile, const Count* seen, T* extreme, Position* position) {
    std::array<Position, tile_width> now;
    for (Index p = 0; p < tile.width; ++p) now[static_cast<std::size_t>(p)] = static_cast<Position>(seen[p]);
    sweep(tile, [&](Index p, T x) {
        const bool better = exceeds<sign>(x, extreme[p]);
        extreme[p] = better ? x : extreme[p];
        position[p] = better ? now[static_cast<std::size_t>(p)] : position[p];
        ++now[static_cast<std::size_t>(p)];
    });
}

}  // namespace levin::kernels::detail
