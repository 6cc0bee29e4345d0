#include "levin/kernels/select.hpp"

#include <hwy/cache_control.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "levin/kernels/quantile.hpp"
#include "levin/kernels/select_lanes.hpp"
#include "levin/kernels/statistics_sample.hpp"

namespace levin::kernels {

using namespace detail;

namespace {

constexpr Index group = 16;  // neighbouring pixels gathered together: a cache line of small samples serves them all

/// Samples of one pixel by rank. Reorders them.
template <class S>
class Ranks {
  public:
    Ranks(S* samples, Index n) : samples_(samples), n_(n) {}
    double percentile(double q) {
        const auto [k, fraction] = quantile_position(q, n_);
        std::nth_element(samples_, samples_ + k, samples_ + n_);
        const S low = samples_[k];
        const S high = k + 1 < n_ ? *std::min_element(samples_ + k + 1, samples_ + n_) : low;
        return interpolate(static_cast<double>(low), static_cast<double>(high), fraction);
    }

  private:
    S* samples_;
    Index n_;
};

/// The same for 8-bit samples, by counting.
template <class S>
requires(sizeof(S) == 1) class Ranks<S> {
  public:
    Ranks(const S* samples, Index n) : n_(n) {
        for (Index i = 0; i < n; ++i) ++counts_[static_cast<std::size_t>(samples[i] - lowest)];
    }
    double percentile(double q) const {
        const auto [k, fraction] = quantile_position(q, n_);
        return interpolate(at(k), at(std::min(k + 1, n_ - 1)), fraction);
    }

  private:
    static constexpr int lowest = std::numeric_limits<S>::min();
    double at(Index rank) const {
        std::size_t value = 0;
        for (Index below = counts_[0]; below <= rank; below += counts_[value]) ++value;
        return static_cast<double>(value) + lowest;
    }
    std::array<Index, 256> counts_{};
    Index n_;
};

/// Whether the pixels are worked on side by side. Few would leave most lanes empty; 64 bits take too many passes.
template <class S>
bool side_by_side(Index pixels) {
    return sizeof(S) <= 4 && pixels >= group;
}

/// The keys of one sample of `width` pixels `step` bytes apart, 0 in the lanes that are left; counts those that are no
/// NaN, of which integers have none. Inline: where the step is known to the compiler this becomes vector instructions.
template <class T>
inline void keys_of_row(const std::byte* row, Index step, Index width, SelectKey<Sample<T>>* keys, Index* count) {
    using S = Sample<T>;
    const auto key_of = [&](Index p) {
        const auto x = static_cast<S>(*reinterpret_cast<const T*>(row + p * step));
        if constexpr (std::is_floating_point_v<S>) count[p] += x == x;
        return select_key(x);
    };
    constexpr Index lanes = select_lanes<SelectKey<S>>;
    if (width == lanes) {
        for (Index p = 0; p < lanes; ++p) keys[p] = key_of(p);
    } else {
        for (Index p = 0; p < width; ++p) keys[p] = key_of(p);
        std::fill(keys + width, keys + lanes, 0);
    }
}

template <class T>
void percentiles_by_lanes(const ConstView& block, std::span<const double> q, const View& out,
                          SelectKey<Sample<T>>* keys) {
    using S = Sample<T>;
    using Key = SelectKey<S>;
    constexpr Index lanes = select_lanes<Key>;
    const Index n = block.shape[0], pixels = block.shape[1];
    for (Index first = 0; first < pixels; first += lanes) {
        const Index width = std::min(lanes, pixels - first);
        std::array<Index, lanes> count{}, rank{};
        std::array<Key, lanes> at, above;
        for (Index t = 0; t < n; ++t) {
            const auto* row = block.data + t * block.strides[0] + first * block.strides[1];
            // Rows are far apart: the processor does not guess the next. An address beyond the block does no harm.
            for (Index byte = 0; byte < lanes * static_cast<Index>(sizeof(T)); byte += 64)
                hwy::Prefetch(row + 8 * block.strides[0] + byte);
            if (block.strides[1] == static_cast<Index>(sizeof(T)))
                keys_of_row<T>(row, sizeof(T), width, keys + t * lanes, count.data());
            else keys_of_row<T>(row, block.strides[1], width, keys + t * lanes, count.data());
        }
        if constexpr (std::is_integral_v<S>) count.fill(n);
        for (std::size_t i = 0; i < q.size(); ++i) {
            for (std::size_t p = 0; p < static_cast<std::size_t>(width); ++p)
                rank[p] = count[p] > 0 ? quantile_position(q[i], count[p]).below : 0;
            if (n > 0) select_ranks(keys, n, rank.data(), at.data(), above.data());
            for (std::size_t p = 0; p < static_cast<std::size_t>(width); ++p) {
                double value = std::numeric_limits<double>::quiet_NaN();
                if (count[p] > 0) {
                    const auto low = static_cast<double>(sample_of_key<S>(at[p]));
                    const bool last = rank[p] + 1 >= count[p];
                    const double high = last ? low : static_cast<double>(sample_of_key<S>(above[p]));
                    value = interpolate(low, high, quantile_position(q[i], count[p]).fraction);
                }
                store_real(out, static_cast<Index>(i), first + static_cast<Index>(p), value);
            }
        }
    }
}

template <class T>
void percentiles_as(const ConstView& block, std::span<const double> q, const View& out, Sample<T>* samples) {
    using S = Sample<T>;
    const Index n = block.shape[0], pixels = block.shape[1];
    for (Index first = 0; first < pixels; first += group) {
        const Index width = std::min(group, pixels - first);
        std::array<Index, group> kept{};
        for (Index t = 0; t < n; ++t) {
            for (Index p = 0; p < width; ++p) {
                const auto* at = block.data + t * block.strides[0] + (first + p) * block.strides[1];
                const auto x = static_cast<S>(*reinterpret_cast<const T*>(at));
                Index& count = kept[static_cast<std::size_t>(p)];
                samples[p * n + count] = x;  // a NaN is overwritten by the next sample
                count += x == x;
            }
        }
        for (Index p = 0; p < width; ++p) {
            const Index count = kept[static_cast<std::size_t>(p)];
            Ranks<S> ranks(samples + p * n, count);
            for (std::size_t i = 0; i < q.size(); ++i) {
                const double value = count > 0 ? ranks.percentile(q[i]) : std::numeric_limits<double>::quiet_NaN();
                store_real(out, static_cast<Index>(i), first + p, value);
            }
        }
    }
}

}  // namespace

std::size_t percentiles_scratch_bytes(DType in, Index n, Index pixels) {
    std::size_t bytes = 0;
    visit_real(in, [&]<class T>() {
        using S = Sample<T>;
        bytes = side_by_side<S>(pixels) ? byte_count({select_lanes<SelectKey<S>>, n}, sizeof(SelectKey<S>))
                                        : byte_count({std::min(group, pixels), n}, sizeof(S));
    });
    return bytes;
}

void percentiles(const ConstView& block, std::span<const double> q, const View& out, Buffer& scratch) {
    scratch.reserve(percentiles_scratch_bytes(block.dtype, block.shape[0], block.shape[1]));
    visit_real(block.dtype, [&]<class T>() {
        using S = Sample<T>;
        if constexpr (sizeof(S) <= 4)
            if (side_by_side<S>(block.shape[1]))
                return percentiles_by_lanes<T>(block, q, out, scratch.as<SelectKey<S>>());
        percentiles_as<T>(block, q, out, scratch.as<S>());
    });
}

}  // namespace levin::kernels
