/// Inner loops of the streaming statistics: what a tile of samples adds to the state of its pixels. Private to
/// statistics*.cpp.
#pragma once
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

/// A tile of samples: `rows` consecutive samples of `width` neighbouring pixels.
template <class T>
struct Tile {
    const std::byte* data;
    Index stride;  // bytes from one sample of a pixel to its next
    Index rows, width;
    const T* row(Index t) const { return reinterpret_cast<const T*>(data + t * stride); }
};

/// sign +1: maximum, -1: minimum. The extreme starts at NaN, for integers at the least candidate.
template <int sign, class T>
T least_candidate() {
    if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::quiet_NaN();
    return sign > 0 ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
}

/// Whether a sample takes the place of the extreme so far; NaN does not.
template <int sign, class T>
[[gnu::always_inline]] inline bool exceeds(T x, T extreme) {
    if constexpr (std::is_floating_point_v<T>) return (x == x) & !(sign > 0 ? extreme >= x : extreme <= x);
    else return sign > 0 ? x > extreme : x < extreme;
}

/// What a tile adds to the state of its pixels, for the instruction set that the processor has.
template <class T>
struct TileKernels {
    void (*count)(const Tile<T>&, Count* count);
    void (*sum)(const Tile<T>&, double* sum);
    /// Sums of deviations from `shift` and of their squares. shift is NaN until a pixel's first sample arrives.
    void (*deviations)(const Tile<T>&, double* shift, double* deviation, double* square);
    void (*max)(const Tile<T>&, T* extreme);
    void (*min)(const Tile<T>&, T* extreme);
    void (*argmax)(const Tile<T>&, const Count* seen, T* extreme, Position* position);
    void (*argmin)(const Tile<T>&, const Count* seen, T* extreme, Position* position);
};
/// T: the types of Sample.
template <class T>
const TileKernels<T>& tile_kernels();

}  // namespace levin::kernels::detail
