#include "levin/kernels/kmeans_loops.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/kmeans_loops.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef LEVIN_KMEANS_LOOPS  // this file is read once for each instruction set
#define LEVIN_KMEANS_LOOPS
namespace levin::kernels::clustering {

using AllLoops =
    std::tuple<Loops<std::uint8_t>, Loops<std::uint16_t>, Loops<std::int16_t>, Loops<float>, Loops<double>>;

}  // namespace levin::kernels::clustering
#endif

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::clustering::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr Index width = Nearest::most_columns, strip = Nearest::strip, depth = Nearest::group;
constexpr Index most_at_once = 10;  // sums, one series and one centroid fit 16 registers

using Floats = hn::CappedTag<float, strip>;

/// sums[k][p] += sum over the rows of y[t][p] c[t][k], for C centroids; y: (rows, strip), c: (rows, clusters).
template <int C>
void multiply(const float* y, Index rows, const float* c, Index clusters, float* sums) {
    const Floats d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    for (Index p = 0; p < strip; p += lanes) {
        auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0, s9 = s0;
        const auto each = [&](const auto& visit) HWY_ATTR {
            visit(0, s0), visit(1, s1), visit(2, s2), visit(3, s3), visit(4, s4);
            visit(5, s5), visit(6, s6), visit(7, s7), visit(8, s8), visit(9, s9);
        };
        for (Index t = 0; t < rows; ++t) {
            const auto x = hn::Load(d, y + t * strip + p);
            const float* at = c + t * clusters;
            each([&](int k, auto& sum) HWY_ATTR {
                if (k < C) sum = hn::MulAdd(x, hn::Set(d, at[k]), sum);
            });
        }
        each([&](int k, auto& sum) HWY_ATTR {
            if (k >= C) return;
            float* to = sums + k * width + p;
            hn::Store(hn::Add(hn::Load(d, to), sum), d, to);
        });
    }
}

using Multiply = void (*)(const float*, Index, const float*, Index, float*);
constexpr Multiply multiplies[] = {multiply<1>, multiply<2>, multiply<3>, multiply<4>, multiply<5>,
                                   multiply<6>, multiply<7>, multiply<8>, multiply<9>, multiply<10>};

/// squares[p] += sum over the rows of y[t][p]^2.
void square(const float* y, Index rows, float* squares) {
    const Floats d;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    for (Index p = 0; p < strip; p += lanes) {
        auto sum = hn::Zero(d);
        for (Index t = 0; t < rows; ++t) {
            const auto x = hn::Load(d, y + t * strip + p);
            sum = hn::MulAdd(x, x, sum);
        }
        hn::Store(hn::Add(hn::Load(d, squares + p), sum), d, squares + p);
    }
}

/// y = x - origin, (rows, strip); what is missing to a strip is 0. Asks for the rows that come next, as they are too
/// far apart for the processor to guess; an address beyond the block does no harm.
template <class T>
void subtract(const T* x, Index pitch, Index rows, Index columns, const float* origin, float* y) {
    for (Index t = 0; t < rows; ++t) {
        const T* row = x + t * pitch;
        const Computed<T> o = origin[t];
        for (Index p = 0; p < strip; p += 64 / static_cast<Index>(sizeof(T))) hwy::Prefetch(row + rows * pitch + p);
        if (columns == strip) {
            for (Index p = 0; p < strip; ++p)
                y[t * strip + p] = static_cast<float>(static_cast<Computed<T>>(row[p]) - o);
        } else {
            for (Index p = 0; p < columns; ++p)
                y[t * strip + p] = static_cast<float>(static_cast<Computed<T>>(row[p]) - o);
            std::fill(y + t * strip + columns, y + (t + 1) * strip, 0.0f);
        }
    }
}

template <class T>
void products_of(const Columns<T>& series, Index n, const float* origin, const float* relative, Index clusters,
                 float* products, float* y) {
    std::fill_n(products, (clusters + 1) * width, 0.0f);
    for (Index t = 0; t < n; t += depth) {
        const Index rows = std::min(depth, n - t);
        for (Index p = 0; p < series.width; p += strip) {
            subtract(series.x + t * series.pitch + p, series.pitch, rows, std::min(strip, series.width - p), origin + t,
                     y);
            square(y, rows, products + clusters * width + p);
            for (Index k = 0; k < clusters;) {
                const Index passes = ceil_div(clusters - k, most_at_once), count = (clusters - k) / passes;
                multiplies[count - 1](y, rows, relative + t * clusters + k, clusters, products + k * width + p);
                k += count;
            }
        }
    }
}

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
void squared_distances(const Columns<T>& series, Index n, const double* by_time, Index clusters,
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

template <class T>
constexpr Loops<T> loops_of{products_of<T>, two_least, squared_distances<T>, move_changes<T>};

const AllLoops& all_loops() {
    static const AllLoops all{loops_of<std::uint8_t>, loops_of<std::uint16_t>, loops_of<std::int16_t>, loops_of<float>,
                              loops_of<double>};
    return all;
}

}  // namespace
}  // namespace levin::kernels::clustering::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::clustering {

HWY_EXPORT(all_loops);

template <class T>
const Loops<T>& loops() {
    return std::get<Loops<T>>(HWY_DYNAMIC_DISPATCH(all_loops)());
}

#define LEVIN_INSTANTIATE(T) template const Loops<T>& loops<T>();
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
#endif
