/// Selection for many pixels side by side: no sample moves, each pass over them finds a bit of all ranks looked for.
/// For the implementation of percentiles only.
#pragma once
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "levin/core/dims.hpp"

namespace levin::kernels::detail {

/// Samples of up to 32 bits as signed integers of the same order, which is what vector units compare best. NaN comes
/// last; -0 is before 0. Samples of 8 bits take 16, which lanes can count in; their keys still differ in 8 bits at
/// most.
template <class S>
using SelectKey = std::conditional_t<sizeof(S) <= 2, std::int16_t, std::int32_t>;

template <class S>
SelectKey<S> select_key(S x) {
    using Key = SelectKey<S>;
    if constexpr (std::is_floating_point_v<S>) {
        const auto bits = std::bit_cast<Key>(x);
        const Key key = bits ^ ((bits >> 31) & std::numeric_limits<Key>::max());
        return x == x ? key : std::numeric_limits<Key>::max();
    } else if constexpr (std::is_signed_v<S> || sizeof(S) < sizeof(Key)) {
        return x;
    } else {
        return static_cast<Key>(x ^ (S{1} << (8 * sizeof(S) - 1)));
    }
}

template <class S>
S sample_of_key(SelectKey<S> key) {
    using Key = SelectKey<S>;
    if constexpr (std::is_floating_point_v<S>)
        return std::bit_cast<S>(static_cast<Key>(key ^ ((key >> 31) & std::numeric_limits<Key>::max())));
    else if constexpr (std::is_signed_v<S> || sizeof(S) < sizeof(Key)) return static_cast<S>(key);
    else return static_cast<S>(static_cast<S>(key) ^ (S{1} << (8 * sizeof(S) - 1)));
}

/// Pixels side by side: two cache lines.
template <class Key>
inline constexpr Index select_lanes = 128 / static_cast<Index>(sizeof(Key));

/// For each lane the key of rank[lane] (0 .. n - 1) among the n in its column, and the one of the next rank (the same
/// for rank n - 1). `keys`: (n, select_lanes<Key>), aligned to 64 bytes. Cost O(n) for each bit in which a lane's keys
/// differ. Key is int16_t or int32_t.
template <class Key>
void select_ranks(const Key* keys, Index n, const Index* rank, Key* at, Key* above);

}  // namespace levin::kernels::detail
