#include "levin/kernels/rolling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

/// How many of each rank are in the window: P. M. Fenwick, Software: Practice and Experience 24 (1994) 327.
class CountingTree {
  public:
    CountingTree(std::int32_t* nodes, std::int32_t size) : nodes_(nodes - 1), size_(size) {
        std::fill_n(nodes, size, 0);
        while (top_ <= size / 2) top_ *= 2;
    }
    void add(std::int32_t rank, std::int32_t count) {
        for (std::int64_t i = std::int64_t{rank} + 1; i <= size_; i += i & -i) nodes_[i] += count;
    }
    /// The rank of the element that has `position` elements before it.
    std::int32_t select(std::int32_t position) const {
        std::int32_t rank = 0;
        for (std::int32_t step = top_; step > 0; step /= 2) {
            if (step > size_ - rank || nodes_[rank + step] > position) continue;
            rank += step;
            position -= nodes_[rank];
        }
        return rank;
    }

  private:
    std::int32_t* nodes_;  // 1-based
    std::int32_t size_;
    std::int32_t top_ = 1;  // the largest power of two up to size
};

struct Ranked {
    double value;
    std::int32_t sample;
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
    return static_cast<std::size_t>(n) * (sizeof(Ranked) + 2 * sizeof(std::int32_t));
}

void rolling_percentile(std::span<const double> series, double q, Index window, double* out, std::byte* scratch) {
    const auto n = static_cast<std::int32_t>(series.size());
    auto* sorted = reinterpret_cast<Ranked*>(scratch);
    auto* ranks = reinterpret_cast<std::int32_t*>(sorted + n);
    std::int32_t valid = 0;
    for (std::int32_t i = 0; i < n; ++i) {
        ranks[i] = -1;
        if (const double v = series[static_cast<std::size_t>(i)]; !std::isnan(v)) sorted[valid++] = {v, i};
    }
    if (valid == 0) {
        std::fill_n(out, n, nan);
        return;
    }
    std::sort(sorted, sorted + valid, [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
    for (std::int32_t r = 0; r < valid; ++r) ranks[sorted[r].sample] = r;

    CountingTree tree(ranks + n, valid);
    std::int32_t inside = 0;
    const auto add = [&](Index sample, Index count) {
        const std::int32_t rank = ranks[std::clamp<Index>(sample, 0, n - 1)];
        if (rank < 0 || count <= 0) return;
        tree.add(rank, static_cast<std::int32_t>(count));
        inside += static_cast<std::int32_t>(count);
    };
    const auto remove = [&](Index sample) {
        const std::int32_t rank = ranks[std::clamp<Index>(sample, 0, n - 1)];
        if (rank < 0) return;
        tree.add(rank, -1);
        --inside;
    };
    const Index left = window / 2, right = window - left;  // the window of sample 0 is [-left, right)
    add(0, left);
    for (Index i = 0; i < std::min<Index>(right, n); ++i) add(i, 1);
    add(n - 1, right - n);
    for (Index i = 0; i < n; ++i) {
        if (inside == 0) {
            out[i] = nan;
        } else {
            const auto [rank, fraction] = detail::quantile_position(q, inside);
            const double below = sorted[tree.select(static_cast<std::int32_t>(rank))].value;
            const double above = fraction == 0 ? below : sorted[tree.select(static_cast<std::int32_t>(rank) + 1)].value;
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
