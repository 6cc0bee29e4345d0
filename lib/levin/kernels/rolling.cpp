#include "levin/kernels/rolling.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "levin/kernels/quantile.hpp"

namespace levin::kernels {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// out[i] = finish(combine(make(v), ...) over the window of i) for an associative combine: prefixes and suffixes within
/// blocks of the window's length; a window is a suffix of one block and a prefix of the next.
template <class State, class Make, class Combine, class Finish>
void slide(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch, Make make,
           Combine combine, Finish finish) {
    const auto n = static_cast<Index>(series.size());
    const Index length = n + window - 1;
    auto* suffix = reinterpret_cast<State*>(scratch);
    State* prefix = suffix + length;
    for (Index j = 0; j < length; ++j) {
        const State state = make(series[static_cast<std::size_t>(border_index(j - window / 2, n, mode))]);
        suffix[j] = state;
        prefix[j] = j % window == 0 ? state : combine(prefix[j - 1], state);
    }
    for (Index j = length - 2; j >= 0; --j)
        if (j % window != window - 1) suffix[j] = combine(suffix[j], suffix[j + 1]);
    for (Index i = 0; i < n; ++i) {
        const State& end = prefix[i + window - 1];
        out[i] = finish(i % window == 0 ? end : combine(suffix[i], end));
    }
}

struct Sum {
    double sum = 0;
    double count = 0;
};

constexpr auto identity = [](double v) { return v; };

double first_valid(std::span<const double> series) {
    for (const double v : series)
        if (!std::isnan(v)) return v;
    return nan;
}

struct Ranked {
    double value;
    std::int32_t sample;
};

/// Sorts by value, none of them NaN; -0 comes before 0. Digit by digit from the last, 8 bits at a time, without those
/// that all values share: half of them where the values were float32. `other` has room for as many; the result is
/// either of the two.
Ranked* sort_by_value(Ranked* values, Ranked* other, std::int32_t n) {
    constexpr int digits = 8, all = 256;
    if (n < all) {
        std::sort(values, values + n, [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
        return values;
    }
    const auto key_of = [](const Ranked& x) {  // numbers of the same order
        const auto bits = std::bit_cast<std::uint64_t>(x.value);
        return bits ^ ((bits >> 63) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63);
    };
    std::int32_t counts[digits][all] = {};
    for (std::int32_t i = 0; i < n; ++i) {
        const std::uint64_t key = key_of(values[i]);
        for (int digit = 0; digit < digits; ++digit) ++counts[digit][key >> (8 * digit) & 255];
    }
    for (int digit = 0; digit < digits; ++digit) {
        std::int32_t* count = counts[digit];
        if (count[key_of(values[0]) >> (8 * digit) & 255] == n) continue;
        for (std::int32_t value = 0, before = 0; value < all; ++value) before += std::exchange(count[value], before);
        for (std::int32_t i = 0; i < n; ++i) other[count[key_of(values[i]) >> (8 * digit) & 255]++] = values[i];
        std::swap(values, other);
    }
    return values;
}

/// The ranks in a window and how often each is there; its neighbours are found by bits that say which 64 ranks, which
/// 64 times 64 ranks, and so on, hold any.
class RankSet {
  public:
    static std::size_t scratch_bytes(Index ranks) {
        std::size_t words = 0;
        for (Index n = ranks; n > 1 || words == 0;) words += static_cast<std::size_t>(n = ceil_div(n, 64));
        return sizeof(std::uint64_t) * words + sizeof(std::int32_t) * static_cast<std::size_t>(ranks);
    }
    RankSet(std::int32_t ranks, std::byte* scratch) {
        auto* word = reinterpret_cast<std::uint64_t*>(scratch);
        for (Index n = ranks; n > 1 || levels_ == 0;) {
            n = ceil_div(n, 64);
            words_[levels_++] = std::fill_n(word, n, std::uint64_t{0}) - n;
            word += n;
        }
        counts_ = reinterpret_cast<std::int32_t*>(word);
        std::fill_n(counts_, ranks, 0);
    }
    std::int32_t count(std::int32_t rank) const { return counts_[rank]; }
    void add(std::int32_t rank, std::int32_t count) {
        counts_[rank] += count;
        for (int level = 0; level < levels_; ++level, rank /= 64) words_[level][rank / 64] |= bit(rank);
    }
    void remove(std::int32_t rank) {
        if (--counts_[rank] > 0) return;
        for (int level = 0; level < levels_; ++level, rank /= 64)
            if ((words_[level][rank / 64] &= ~bit(rank)) != 0) return;
    }
    /// The least rank in the window above `rank`; there must be one.
    std::int32_t next(std::int32_t rank) const {
        int level = 0;
        std::uint64_t found;
        while ((found = words_[level][rank / 64] & (~std::uint64_t{1} << rank % 64)) == 0) rank /= 64, ++level;
        for (rank = rank / 64 * 64 + std::countr_zero(found); level > 0;) {
            --level;
            rank = rank * 64 + std::countr_zero(words_[level][rank]);
        }
        return rank;
    }
    /// The greatest below it; there must be one.
    std::int32_t previous(std::int32_t rank) const {
        int level = 0;
        std::uint64_t found;
        while ((found = words_[level][rank / 64] & (bit(rank) - 1)) == 0) rank /= 64, ++level;
        for (rank = rank / 64 * 64 + 63 - std::countl_zero(found); level > 0;) {
            --level;
            rank = rank * 64 + 63 - std::countl_zero(words_[level][rank]);
        }
        return rank;
    }

  private:
    static std::uint64_t bit(std::int32_t rank) { return std::uint64_t{1} << rank % 64; }

    std::uint64_t* words_[6];  // 2^31 ranks take six levels
    int levels_ = 0;
    std::int32_t* counts_;
};

}  // namespace

std::size_t rolling_scratch_bytes(Index n, Index window) {
    return 2 * sizeof(Sum) * static_cast<std::size_t>(n + window - 1);
}

void rolling_mean(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch) {
    const double origin = first_valid(series);
    slide<Sum>(
        series, window, mode, out, scratch,
        [&](double v) {
            return std::isnan(v) ? Sum{} : Sum{v - origin, 1};
        },
        [](Sum a, Sum b) {
            return Sum{a.sum + b.sum, a.count + b.count};
        },
        [&](Sum a) { return origin + a.sum / a.count; });
}

void rolling_minimum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch) {
    slide<double>(
        series, window, mode, out, scratch, identity,
        [](double a, double b) { return a <= b || std::isnan(b) ? a : b; }, identity);
}

void rolling_maximum(std::span<const double> series, Index window, BorderMode mode, double* out, std::byte* scratch) {
    slide<double>(
        series, window, mode, out, scratch, identity,
        [](double a, double b) { return a >= b || std::isnan(b) ? a : b; }, identity);
}

std::size_t rolling_percentile_scratch_bytes(Index n) {
    return static_cast<std::size_t>(n) * 2 * sizeof(Ranked) + RankSet::scratch_bytes(n) +
           static_cast<std::size_t>(n) * sizeof(std::int32_t);
}

void rolling_percentile(std::span<const double> series, double q, Index window, double* out, std::byte* scratch) {
    const auto n = static_cast<std::int32_t>(series.size());
    auto* samples = reinterpret_cast<Ranked*>(scratch);
    std::byte* const set_scratch = scratch + static_cast<std::size_t>(n) * 2 * sizeof(Ranked);
    auto* ranks = reinterpret_cast<std::int32_t*>(set_scratch + RankSet::scratch_bytes(n));
    std::int32_t valid = 0;
    for (std::int32_t i = 0; i < n; ++i) {
        ranks[i] = -1;
        if (const double v = series[static_cast<std::size_t>(i)]; !std::isnan(v)) samples[valid++] = {v, i};
    }
    if (valid == 0) {
        std::fill_n(out, n, nan);
        return;
    }
    const Ranked* sorted = sort_by_value(samples, samples + n, valid);
    for (std::int32_t r = 0; r < valid; ++r) ranks[sorted[r].sample] = r;

    // A step of the window moves the percentile past a sample or two.
    RankSet set(valid, set_scratch);
    std::int32_t inside = 0, at = 0, before = 0;  // samples in the window; a rank; samples of lesser ranks
    const auto add = [&](Index sample, Index count) {
        const std::int32_t rank = ranks[std::clamp<Index>(sample, 0, n - 1)], more = static_cast<std::int32_t>(count);
        if (rank < 0 || count <= 0) return;
        set.add(rank, more);
        inside += more;
        before += rank < at ? more : 0;
    };
    const auto remove = [&](Index sample) {
        const std::int32_t rank = ranks[std::clamp<Index>(sample, 0, n - 1)];
        if (rank < 0) return;
        set.remove(rank);
        --inside;
        before -= rank < at;
    };
    const Index left = window / 2, right = window - left;  // the window of sample 0 is [-left, right)
    add(0, left);
    for (Index i = 0; i < std::min<Index>(right, n); ++i) add(i, 1);
    add(n - 1, right - n);
    for (Index i = 0; i < n; ++i) {
        if (inside == 0) {
            out[i] = nan;
        } else {
            const auto [wanted, fraction] = detail::quantile_position(q, inside);
            while (before > wanted) before -= set.count(at = set.previous(at));
            for (; before + set.count(at) <= wanted; at = set.next(at)) before += set.count(at);
            const bool same = fraction == 0 || before + set.count(at) > wanted + 1;
            const double below = sorted[at].value, above = same ? below : sorted[set.next(at)].value;
            out[i] = detail::interpolate(below, above, fraction);
        }
        remove(i - left);
        add(i + right, 1);
    }
}

GaussianSmoother::GaussianSmoother(double sigma) {
    const auto radius = static_cast<Index>(4 * sigma + 0.5);
    double sum = 0;
    for (Index j = 0; j <= radius; ++j) {
        const double z = j == 0 ? 0 : static_cast<double>(j) / sigma;
        weights_.push_back(std::exp(-0.5 * z * z));
        sum += (j == 0 ? 1 : 2) * weights_.back();
    }
    for (double& weight : weights_) weight /= sum;
}

std::size_t GaussianSmoother::scratch_bytes(Index n) const {
    return sizeof(double) * (2 * static_cast<std::size_t>(n) + 2 * weights_.size());
}

void GaussianSmoother::operator()(std::span<const double> series, double* out, std::byte* scratch) const {
    const auto n = static_cast<Index>(series.size());
    const auto radius = static_cast<Index>(weights_.size()) - 1;
    double* padded = reinterpret_cast<double*>(scratch);
    const auto sample = [&](Index j) {
        return series[static_cast<std::size_t>(border_index(j, n, BorderMode::reflect))];
    };
    bool gaps = false;
    for (Index j = -radius; j < n + radius; ++j) {
        const double v = sample(j);
        gaps |= std::isnan(v);
        padded[j + radius] = std::isnan(v) ? 0 : v;
    }
    convolve(padded, n, out);
    if (!gaps) return;
    double* weight = padded + n + 2 * radius;
    for (Index j = -radius; j < n + radius; ++j) padded[j + radius] = std::isnan(sample(j)) ? 0 : 1;
    convolve(padded, n, weight);
    for (Index i = 0; i < n; ++i) out[i] /= weight[i];  // 0 / 0 where the whole window is NaN
}

void GaussianSmoother::convolve(const double* padded, Index n, double* out) const {
    const auto radius = static_cast<Index>(weights_.size()) - 1;
    const double* centre = padded + radius;
    for (Index i = 0; i < n; ++i) out[i] = weights_[0] * centre[i];
    for (Index j = 1; j <= radius; ++j) {
        const double weight = weights_[static_cast<std::size_t>(j)];
        for (Index i = 0; i < n; ++i) out[i] += weight * (centre[i - j] + centre[i + j]);
    }
}

}  // namespace levin::kernels
