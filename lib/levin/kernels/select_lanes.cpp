#include "levin/kernels/select_lanes.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/select_lanes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// below[lane] += keys less than bound[lane]. Counts in Key, so at most 2^14 rows.
template <class Key>
void count_below(const Key* keys, Index rows, const Key* bound, Index* below) {
    constexpr Index lanes = select_lanes<Key>;
    const hn::CappedTag<Key, lanes> d;
    Key counts[lanes];
    for (Index p = 0; p < lanes; p += static_cast<Index>(hn::Lanes(d))) {
        const auto limit = hn::LoadU(d, bound + p);
        auto count = hn::Zero(d);
        for (Index t = 0; t < rows; ++t)  // true is -1
            count = hn::Sub(count, hn::VecFromMask(d, hn::Lt(hn::Load(d, keys + t * lanes + p), limit)));
        hn::StoreU(count, d, counts + p);
    }
    for (Index p = 0; p < lanes; ++p) below[p] += counts[p];
}

template <class Key>
void least_and_greatest(const Key* keys, Index n, Key* least, Key* greatest) {
    constexpr Index lanes = select_lanes<Key>;
    const hn::CappedTag<Key, lanes> d;
    for (Index p = 0; p < lanes; p += static_cast<Index>(hn::Lanes(d))) {
        auto low = hn::Load(d, keys + p), high = low;
        for (Index t = 1; t < n; ++t) {
            const auto key = hn::Load(d, keys + t * lanes + p);
            low = hn::Min(low, key);
            high = hn::Max(high, key);
        }
        hn::StoreU(low, d, least + p);
        hn::StoreU(high, d, greatest + p);
    }
}

/// The least key above `at`, or the greatest number where there is none.
template <class Key>
void least_above(const Key* keys, Index n, const Key* at, Key* above) {
    constexpr Index lanes = select_lanes<Key>;
    const hn::CappedTag<Key, lanes> d;
    for (Index p = 0; p < lanes; p += static_cast<Index>(hn::Lanes(d))) {
        const auto found = hn::LoadU(d, at + p), none = hn::Set(d, std::numeric_limits<Key>::max());
        auto low = none;
        for (Index t = 0; t < n; ++t) {
            const auto key = hn::Load(d, keys + t * lanes + p);
            low = hn::Min(low, hn::IfThenElse(hn::Gt(key, found), key, none));
        }
        hn::StoreU(low, d, above + p);
    }
}

template <class Key>
void count_all_below(const Key* keys, Index n, const Key* bound, Index* below) {
    constexpr Index most = Index{1} << 14, lanes = select_lanes<Key>;
    std::fill_n(below, lanes, 0);
    for (Index t = 0; t < n; t += most) count_below(keys + t * lanes, std::min(most, n - t), bound, below);
}

/// With the sign flipped keys are in the order of unsigned numbers, so the key of rank r is the greatest number that
/// has at most r keys below it, found bit by bit; the bits that all keys of a lane share are known at once.
template <class Key>
void select(const Key* keys, Index n, const Index* rank, Key* at, Key* above) {
    using Bits = std::make_unsigned_t<Key>;
    constexpr Index lanes = select_lanes<Key>;
    constexpr auto sign = static_cast<Bits>(Bits{1} << (8 * sizeof(Key) - 1));
    Key least[lanes], greatest[lanes], bound[lanes];
    Index below[lanes];
    least_and_greatest(keys, n, least, greatest);
    Bits differ = 0;
    for (Index p = 0; p < lanes; ++p) differ = static_cast<Bits>(differ | (least[p] ^ greatest[p]));
    const auto all = static_cast<Bits>(std::bit_ceil(static_cast<std::uint64_t>(differ) + 1) - 1);
    Bits found[lanes];
    for (Index p = 0; p < lanes; ++p)
        found[p] = static_cast<Bits>((static_cast<Bits>(least[p]) ^ sign) & static_cast<Bits>(~all));
    for (auto bit = static_cast<Bits>(all ^ (all >> 1)); bit != 0; bit = static_cast<Bits>(bit >> 1)) {
        for (Index p = 0; p < lanes; ++p) bound[p] = static_cast<Key>((found[p] | bit) ^ sign);
        count_all_below(keys, n, bound, below);
        for (Index p = 0; p < lanes; ++p)
            if (below[p] <= rank[p]) found[p] = static_cast<Bits>(found[p] | bit);
    }
    for (Index p = 0; p < lanes; ++p) at[p] = static_cast<Key>(found[p] ^ sign);
    least_above(keys, n, at, above);
    count_all_below(keys, n, above, below);  // keys up to `at`
    for (Index p = 0; p < lanes; ++p)
        if (below[p] > rank[p] + 1 || rank[p] + 1 >= n) above[p] = at[p];
}

void select_16(const std::int16_t* keys, Index n, const Index* rank, std::int16_t* at, std::int16_t* above) {
    select(keys, n, rank, at, above);
}
void select_32(const std::int32_t* keys, Index n, const Index* rank, std::int32_t* at, std::int32_t* above) {
    select(keys, n, rank, at, above);
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

HWY_EXPORT(select_16);
HWY_EXPORT(select_32);

template <>
void select_ranks(const std::int16_t* keys, Index n, const Index* rank, std::int16_t* at, std::int16_t* above) {
    HWY_DYNAMIC_DISPATCH(select_16)(keys, n, rank, at, above);
}
template <>
void select_ranks(const std::int32_t* keys, Index n, const Index* rank, std::int32_t* at, std::int32_t* above) {
    HWY_DYNAMIC_DISPATCH(select_32)(keys, n, rank, at, above);
}

}  // namespace levin::kernels::detail
#endif
