/// Inner loops of the streaming statistics: what a tile of samples adds to the state of its pixels.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "levin/core/dims.hpp"
#include "levin/kernels/statistics_sample.hpp"

namespace levin::kernels::detail {

using Count = std::int64_t;
using Position = std::int32_t;

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr Index tile_width = 256;     // pixels whose state stays in the first cache
inline constexpr Index tile_rows = 32;       // samples of them that do as well, for every statistic in turn
inline constexpr Index tile_samples = 2048;  // elements of a gathered tile

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
    } else if (std::any_of(shift, shift + tile.width, [](double s) { return s != s; })) {
        sweep(tile, [=](Index p, T x) {
            const auto value = static_cast<double>(x);
            const double origin = shift[p] == shift[p] ? shift[p] : value;
            const double d = value == value ? value - origin : 0.0;
            shift[p] = origin;
            deviation[p] += d;
            square[p] += d * d;
        });
    } else {  // the same without the search for a first sample
        sweep(tile, [=](Index p, T x) {
            const auto value = static_cast<double>(x);
            const double d = value == value ? value - shift[p] : 0.0;
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

// The extremes of a tile are worked on in a local array, which the compiler knows not to overlap the samples.

template <int sign, class T>
void add_extreme(const Tile<T>& tile, T* extreme) {
    std::array<T, tile_width> best;
    std::copy_n(extreme, tile.width, best.begin());
    sweep(tile, [&](Index p, T x) {
        T& b = best[static_cast<std::size_t>(p)];
        b = exceeds<sign>(x, b) ? x : b;
    });
    std::copy_n(best.begin(), tile.width, extreme);
}

template <int sign, class T>
void add_extreme_position(const Tile<T>& tile, const Count* seen, T* extreme, Position* position) {
    std::array<T, tile_width> best;
    std::array<Position, tile_width> now, where;
    std::copy_n(extreme, tile.width, best.begin());
    std::copy_n(position, tile.width, where.begin());
    std::transform(seen, seen + tile.width, now.begin(), [](Count n) { return static_cast<Position>(n); });
    sweep(tile, [&](Index p, T x) {
        const auto i = static_cast<std::size_t>(p);
        const bool better = exceeds<sign>(x, best[i]);
        best[i] = better ? x : best[i];
        where[i] = better ? now[i] : where[i];
        ++now[i];
    });
    std::copy_n(best.begin(), tile.width, extreme);
    std::copy_n(where.begin(), tile.width, position);
}

}  // namespace levin::kernels::detail
