#include "levin/kernels/statistics_tile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/statistics_tile.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef LEVIN_ALL_TILE_KERNELS  // this file is read once for each instruction set
#define LEVIN_ALL_TILE_KERNELS
namespace levin::kernels::detail {
namespace {

template <class... T>
using TileKernelsOf = std::tuple<TileKernels<T>...>;
using AllTileKernels = TileKernelsOf<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t,
                                     std::int32_t, std::uint64_t, std::int64_t, float, double>;

}  // namespace
}  // namespace levin::kernels::detail
#endif

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

/// Integers of up to 16 bits: partial sums of a tile fit 32 bits and all sums in float64 are exact, so order is free.
template <class T>
constexpr bool is_small = std::is_integral_v<T> && sizeof(T) <= 2;

/// body(p, x) for every sample, in order for each pixel. Few pixels go one after the other, so that their state can
/// stay in registers; many go side by side, so that the compiler can use vector instructions, as it can for the samples
/// of one pixel side by side where order is free. The arithmetic is the same.
template <class T, class Body>
inline void sweep(const Tile<T>& shared, Body body) {
    const Tile<T> tile = shared;  // a copy, which no store of the body can overlap
    if (tile.width >= 8) {
        for (Index t = 0; t < tile.rows; ++t) {
            const T* x = tile.row(t);
            for (Index p = 0; p < tile.width; ++p) body(p, x[p]);
        }
    } else if (tile.width == 1 && tile.stride == static_cast<Index>(sizeof(T))) {
        const T* x = tile.row(0);
        for (Index t = 0; t < tile.rows; ++t) body(Index{0}, x[t]);
    } else {
        for (Index p = 0; p < tile.width; ++p)
            for (Index t = 0; t < tile.rows; ++t) body(p, tile.row(t)[p]);
    }
}

template <class T>
void add_count(const Tile<T>& tile, Count* count) {
    const Index rows = tile.rows, width = tile.width;
    if constexpr (std::is_floating_point_v<T>) {
        std::array<std::int32_t, tile_width> partial{};
        sweep(tile, [&](Index p, T x) { partial[static_cast<std::size_t>(p)] += x == x; });
        for (Index p = 0; p < width; ++p) count[p] += partial[static_cast<std::size_t>(p)];
    } else {
        for (Index p = 0; p < width; ++p) count[p] += rows;
    }
}

template <class T>
void add_sum(const Tile<T>& tile, double* sum) {
    if constexpr (is_small<T>) {
        std::array<std::int32_t, tile_width> partial{};
        sweep(tile, [&](Index p, T x) { partial[static_cast<std::size_t>(p)] += x; });
        for (Index p = 0; p < tile.width; ++p) sum[p] += partial[static_cast<std::size_t>(p)];
    } else {
        std::array<double, tile_width> total;
        std::copy_n(sum, tile.width, total.begin());
        sweep(tile, [&](Index p, T x) { total[static_cast<std::size_t>(p)] += x == x ? static_cast<double>(x) : 0.0; });
        std::copy_n(total.begin(), tile.width, sum);
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
        std::array<double, tile_width> origin, sum, squares;
        std::copy_n(shift, tile.width, origin.begin());
        std::copy_n(deviation, tile.width, sum.begin());
        std::copy_n(square, tile.width, squares.begin());
        sweep(tile, [&](Index p, T x) {
            const auto i = static_cast<std::size_t>(p);
            const auto value = static_cast<double>(x);
            const double d = value == value ? value - origin[i] : 0.0;
            sum[i] += d;
            squares[i] += d * d;
        });
        std::copy_n(sum.begin(), tile.width, deviation);
        std::copy_n(squares.begin(), tile.width, square);
    }
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

template <class T>
constexpr TileKernels<T> kernels_for{add_count<T>,
                                     add_sum<T>,
                                     add_deviations<T>,
                                     add_extreme<1, T>,
                                     add_extreme<-1, T>,
                                     add_extreme_position<1, T>,
                                     add_extreme_position<-1, T>};

template <class... T>
const TileKernelsOf<T...>* all_of(const TileKernelsOf<T...>*) {
    static constexpr TileKernelsOf<T...> all{kernels_for<T>...};
    return &all;
}

const AllTileKernels* all_kernels() { return all_of(static_cast<const AllTileKernels*>(nullptr)); }

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

HWY_EXPORT(all_kernels);

template <class T>
const TileKernels<T>& tile_kernels() {
    return std::get<TileKernels<T>>(*HWY_DYNAMIC_DISPATCH(all_kernels)());
}
template const TileKernels<std::uint8_t>& tile_kernels();
template const TileKernels<std::int8_t>& tile_kernels();
template const TileKernels<std::uint16_t>& tile_kernels();
template const TileKernels<std::int16_t>& tile_kernels();
template const TileKernels<std::uint32_t>& tile_kernels();
template const TileKernels<std::int32_t>& tile_kernels();
template const TileKernels<std::uint64_t>& tile_kernels();
template const TileKernels<std::int64_t>& tile_kernels();
template const TileKernels<float>& tile_kernels();
template const TileKernels<double>& tile_kernels();

}  // namespace levin::kernels::detail
#endif
