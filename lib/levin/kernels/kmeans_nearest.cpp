// |x - c|^2 = |x - o|^2 + |c - o|^2 - 2 (x - o)(c - o) for any origin o. With the centroids' mean as origin the products
// are small, and so is what rounding makes of them. With u = 2^-24 and sums in groups of b of n products (N. J. Higham,
// Accuracy and Stability of Numerical Algorithms, section 4.2) the float32 product is wrong by at most
// (b + n/b + 4) u |x - o| |c - o|. Whether the processor fuses multiplication and addition plays no part: labels that
// such an error could change are found again in double.
#include "levin/kernels/kmeans_nearest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/kmeans_nearest.cpp"
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#ifndef LEVIN_KMEANS_KERNELS  // this file is read once for each instruction set
#define LEVIN_KMEANS_KERNELS
namespace levin::kernels::clustering {
namespace {

/// The inner loops of one instruction set.
template <class T>
struct KernelsOf {
    void (*products)(const Columns<T>&, Index n, const float* origin, const float* relative, Index clusters,
                     float* products, float* y);
    void (*squared_distances)(const Columns<T>&, Index n, const double* by_time, Index clusters,
                              const std::int32_t* label, double* distance);
    void (*move_changes)(const Columns<T>&, Index n, const FixedPoint&, std::span<const Change>, Index clusters,
                         std::int64_t* sums);
};
struct Kernels {
    std::tuple<KernelsOf<float>, KernelsOf<double>> typed;
    void (*two_least)(const float* products, const double* squares, Index clusters, double* least, double* second,
                      std::int32_t* label);
};

}  // namespace
}  // namespace levin::kernels::clustering
#endif

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::clustering::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr Index width = Nearest::most_columns, depth = Nearest::group;

/// sums[k][p] += sum over the rows of y[t][p] c[k][t], for C centroids of `pitch` samples; y: (rows, width). Meanwhile
/// asks for the samples that come next. Rows are far apart: the processor does not guess, and an address beyond the
/// block does no harm.
template <int C, class T>
void multiply(const float* y, Index rows, const float* c, Index pitch, float* sums, const T* next, Index next_pitch) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    for (Index p = 0; p < width; p += 2 * lanes) {
        auto a0 = hn::Zero(d), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0, e0 = a0, e1 = a0;
        const auto step = [&](int k, const float* at, auto x, auto z, auto& s0, auto& s1) HWY_ATTR {
            if (k >= C) return;
            const auto v = hn::Set(d, at[k * pitch]);
            s0 = hn::MulAdd(x, v, s0);
            s1 = hn::MulAdd(z, v, s1);
        };
        for (Index t = 0; t < rows; ++t) {
            const auto x = hn::Load(d, y + t * width + p), z = hn::Load(d, y + t * width + p + lanes);
            hwy::Prefetch(next + t * next_pitch + p);
            hwy::Prefetch(next + t * next_pitch + p + lanes);
            step(0, c + t, x, z, a0, a1);
            step(1, c + t, x, z, b0, b1);
            step(2, c + t, x, z, c0, c1);
            step(3, c + t, x, z, d0, d1);
            step(4, c + t, x, z, e0, e1);
        }
        const auto add = [&](int k, auto s0, auto s1) HWY_ATTR {
            if (k >= C) return;
            float* to = sums + k * width + p;
            hn::Store(hn::Add(hn::Load(d, to), s0), d, to);
            hn::Store(hn::Add(hn::Load(d, to + lanes), s1), d, to + lanes);
        };
        add(0, a0, a1);
        add(1, b0, b1);
        add(2, c0, c1);
        add(3, d0, d1);
        add(4, e0, e1);
    }
}

/// squares[p] += sum of y[t][p]^2.
void square(const float* y, Index rows, float* squares) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    for (Index p = 0; p < width; p += lanes) {
        auto sum = hn::Zero(d);
        for (Index t = 0; t < rows; ++t) {
            const auto x = hn::Load(d, y + t * width + p);
            sum = hn::MulAdd(x, x, sum);
        }
        hn::Store(hn::Add(hn::Load(d, squares + p), sum), d, squares + p);
    }
}

/// y = x - origin for `rows` rows; what is missing to `width` columns is left alone.
template <class T>
void subtract(const Columns<T>& series, Index first, Index rows, const float* origin, float* y) {
    for (Index t = 0; t < rows; ++t) {
        const T* row = series.x + (first + t) * series.pitch;
        const T o = origin[first + t];
        for (Index p = 0; p < series.width; ++p) y[t * width + p] = static_cast<float>(row[p] - o);
    }
}

/// products: (clusters + 1, width), the last row for |x - origin|^2.
template <class T>
void products_of(const Columns<T>& series, Index n, const float* origin, const float* relative, Index clusters,
                 float* products, float* y) {
    std::fill_n(products, (clusters + 1) * width, 0.0f);
    std::fill_n(y, depth * width, 0.0f);
    for (Index t = 0; t < n; t += depth) {
        const Index rows = std::min(depth, n - t);
        subtract(series, t, rows, origin, y);
        square(y, rows, products + clusters * width);
        for (Index k = 0; k < clusters;) {
            const float* c = relative + k * n + t;
            float* sums = products + k * width;
            const Index left = clusters - k;
            const T* next = series.x + (t + rows) * series.pitch;
            const Index pitch = k == 0 ? series.pitch : 0;  // once is enough
            if (left >= 5) multiply<5>(y, rows, c, n, sums, next, pitch), k += 5;
            else if (left >= 3) multiply<3>(y, rows, c, n, sums, next, pitch), k += 3;
            else multiply<1>(y, rows, c, n, sums, next, pitch), k += 1;
        }
    }
}

/// The least of scores[k] = squares[k] - 2 products[k], and the second least.
void two_least(const float* products, const double* squares, Index clusters, double* least, double* second,
               std::int32_t* label) {
    std::fill_n(least, width, std::numeric_limits<double>::infinity());
    std::fill_n(second, width, std::numeric_limits<double>::infinity());
    std::fill_n(label, width, 0);
    for (Index k = 0; k < clusters; ++k) {
        const double s = squares[k];
        const float* row = products + k * width;
        for (Index p = 0; p < width; ++p) {
            const double score = s - 2 * static_cast<double>(row[p]);
            const bool nearer = score < least[p];
            const double loser = nearer ? least[p] : score;
            second[p] = loser < second[p] ? loser : second[p];
            least[p] = nearer ? score : least[p];
            label[p] = nearer ? static_cast<std::int32_t>(k) : label[p];
        }
    }
}

/// sums[t][to] += fixed(x[t][column]) for the changes, which are in order of `to`, and sums[t][from] -= it.
template <class T>
void move_changes(const Columns<T>& series, Index n, const FixedPoint& fixed, std::span<const Change> changes,
                  Index clusters, std::int64_t* sums) {
    std::int64_t value[width];
    for (Index t = 0; t < n; ++t, sums += clusters) {
        const T* row = series.x + t * series.pitch;
        const FixedPoint to_integer = fixed;  // a copy, which `value` cannot overlap
        if (changes.size() * 4 > static_cast<std::size_t>(series.width)) {
            for (Index p = 0; p < series.width; ++p) value[p] = to_integer(static_cast<double>(row[p]));
        } else {
            for (const Change& c : changes) value[c.column] = to_integer(static_cast<double>(row[c.column]));
        }
        for (std::size_t i = 0; i < changes.size();) {
            const std::int32_t to = changes[i].to;
            std::int64_t sum = 0;
            for (; i < changes.size() && changes[i].to == to; ++i) sum += value[changes[i].column];
            sums[to] += sum;
        }
        for (const Change& c : changes)
            if (c.from >= 0) sums[c.from] -= value[c.column];
    }
}

template <class T>
void squared_distances_of(const Columns<T>& series, Index n, const double* by_time, Index clusters,
                          const std::int32_t* label, double* distance) {
    std::int32_t own[width];
    double sum[width] = {};
    std::copy_n(label, series.width, own);
    for (Index t = 0; t < n; ++t, by_time += clusters) {
        const T* row = series.x + t * series.pitch;
        for (Index p = 0; p < series.width; ++p) {
            const double d = static_cast<double>(row[p]) - by_time[own[p]];
            sum[p] += d * d;
        }
    }
    std::copy_n(sum, series.width, distance);
}

const Kernels& kernels() {
    static const Kernels all{
        {KernelsOf<float>{products_of<float>, squared_distances_of<float>, move_changes<float>},
         KernelsOf<double>{products_of<double>, squared_distances_of<double>, move_changes<double>}},
        two_least};
    return all;
}

}  // namespace
}  // namespace levin::kernels::clustering::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::clustering {

HWY_EXPORT(kernels);

namespace {

template <class T>
const KernelsOf<T>& kernels_of() {
    return std::get<KernelsOf<T>>(HWY_DYNAMIC_DISPATCH(kernels)().typed);
}

}  // namespace

Nearest::Nearest(std::span<const double> centroids, Index n, Index clusters)
    : n_(n),
      clusters_(clusters),
      by_time_(centroids.size()),
      origin_(static_cast<std::size_t>(n)),
      relative_(centroids.size()),
      squares_(static_cast<std::size_t>(clusters)) {
    for (Index t = 0; t < n; ++t) {
        double sum = 0;
        for (Index k = 0; k < clusters; ++k) sum += centroids[static_cast<std::size_t>(k * n + t)];
        const auto origin = static_cast<float>(sum / static_cast<double>(clusters));
        origin_[static_cast<std::size_t>(t)] = origin;
        for (Index k = 0; k < clusters; ++k) {
            const auto at = static_cast<std::size_t>(k * n + t);
            by_time_[static_cast<std::size_t>(t * clusters + k)] = centroids[at];
            const double relative = centroids[at] - static_cast<double>(origin);
            relative_[at] = static_cast<float>(relative);
            squares_[static_cast<std::size_t>(k)] += relative * relative;
        }
    }
}

std::size_t Nearest::scratch_bytes(Index clusters) {
    const auto columns = static_cast<std::size_t>(most_columns);
    return columns * (sizeof(float) * static_cast<std::size_t>(clusters + 1 + group) + 2 * sizeof(double)) +
           sizeof(double) * static_cast<std::size_t>(clusters);
}

std::size_t Nearest::bytes(Index n, Index clusters) {
    return static_cast<std::size_t>(n * clusters) * (sizeof(double) + sizeof(float)) +
           static_cast<std::size_t>(n) * sizeof(float) + static_cast<std::size_t>(clusters) * sizeof(double);
}

template <class T>
void Nearest::operator()(const Columns<T>& series, std::int32_t* label, float* slack, std::byte* scratch) const {
    auto* y = reinterpret_cast<float*>(scratch);
    float* products = y + group * most_columns;
    auto* least = reinterpret_cast<double*>(products + (clusters_ + 1) * most_columns);
    double *second = least + most_columns, *distances = second + most_columns;
    kernels_of<T>().products(series, n_, origin_.data(), relative_.data(), clusters_, products, y);
    std::int32_t found[most_columns];
    HWY_DYNAMIC_DISPATCH(kernels)().two_least(products, squares_.data(), clusters_, least, second, found);

    // What rounding can have done: to the two products above, to the squares, to the plain sums in double that the
    // labels are to agree with, and to numbers too small for float32.
    const double largest = std::sqrt(*std::max_element(squares_.begin(), squares_.end()));
    const double steps = (group + static_cast<double>(n_) / group + 8) * 0x1p-24;
    const double relative = steps < 0.5 ? steps / (1 - steps) : std::numeric_limits<double>::infinity();
    for (Index p = 0; p < series.width; ++p) {
        label[p] = found[p];
        slack[p] = 0;
        const double square = static_cast<double>(products[clusters_ * most_columns + p]) * (1 + 2 * relative);
        if (std::isnan(square)) continue;
        const double length = std::sqrt(square);
        const double margin = 4.001 * relative * length * largest +
                              8 * static_cast<double>(n_ + 8) * 0x1p-53 * (square + largest * largest) +
                              static_cast<double>(n_) * 0x1p-120;
        const double lead = second[p] - least[p] - margin;
        // a - b = (a^2 - b^2) / (a + b), and a + b is at most 2 (|x - o| + |c - o|).
        if (lead > 0) slack[p] = static_cast<float>(0.999 * lead / (2 * (length + largest)));
        else label[p] = exactly(series.x + p, series.pitch, distances);
    }
}

template <class T>
std::int32_t Nearest::exactly(const T* series, Index pitch, double* distance) const {
    std::fill_n(distance, clusters_, 0.0);
    for (Index t = 0; t < n_; ++t) {
        const auto x = static_cast<double>(series[t * pitch]);
        const double* centre = by_time_.data() + t * clusters_;
        for (Index k = 0; k < clusters_; ++k) distance[k] += (x - centre[k]) * (x - centre[k]);
    }
    return static_cast<std::int32_t>(std::min_element(distance, distance + clusters_) - distance);
}

template <class T>
void Nearest::squared_distances(const Columns<T>& series, const std::int32_t* label, double* distance) const {
    kernels_of<T>().squared_distances(series, n_, by_time_.data(), clusters_, label, distance);
}

template <class T>
void move_changes(const Columns<T>& series, Index n, const FixedPoint& fixed, std::span<Change> changes,
                  Index clusters, std::int64_t* sums) {
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.to < b.to; });
    kernels_of<T>().move_changes(series, n, fixed, changes, clusters, sums);
}

template void Nearest::operator()(const Columns<float>&, std::int32_t*, float*, std::byte*) const;
template void Nearest::operator()(const Columns<double>&, std::int32_t*, float*, std::byte*) const;
template void Nearest::squared_distances(const Columns<float>&, const std::int32_t*, double*) const;
template void Nearest::squared_distances(const Columns<double>&, const std::int32_t*, double*) const;
template void move_changes(const Columns<float>&, Index, const FixedPoint&, std::span<Change>, Index, std::int64_t*);
template void move_changes(const Columns<double>&, Index, const FixedPoint&, std::span<Change>, Index, std::int64_t*);

}  // namespace levin::kernels::clustering
#endif
