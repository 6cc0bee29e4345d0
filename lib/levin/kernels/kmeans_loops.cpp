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

/// The centroid with the least estimate, where no other can be nearer by what both estimates may be wrong.
void labels(const float* sketches, const Aim& aim, std::int32_t* label) {
    double score[width], wrong[width], best[width], best_wrong[width], second[width];
    std::int32_t nearest[width] = {};
    std::fill_n(best, width, std::numeric_limits<double>::infinity());
    std::fill_n(best_wrong, width, 0.0);
    std::fill_n(second, width, std::numeric_limits<double>::infinity());
    const float *length = sketches + aim.rank * width, *rest = length + width;
    for (Index k = 0; k < aim.clusters; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const double along = 2 * aim.error * aim.along[at], aside = 2 * aim.aside[at];
        for (Index p = 0; p < width; ++p)
            wrong[p] = along * static_cast<double>(length[p]) + aside * static_cast<double>(rest[p]);
        std::fill_n(score, width, aim.squares[at]);
        for (Index j = 0; j < aim.rank; ++j) {
            const double factor =
                2 * aim.coordinates[at * static_cast<std::size_t>(aim.rank) + static_cast<std::size_t>(j)];
            const float* products = sketches + j * width;
            for (Index p = 0; p < width; ++p) score[p] -= factor * static_cast<double>(products[p]);
        }
        for (Index p = 0; p < width; ++p) {
            const bool nearer = score[p] < best[p];
            const double loser = nearer ? best[p] - best_wrong[p] : score[p] - wrong[p];
            second[p] = loser < second[p] ? loser : second[p];
            best[p] = nearer ? score[p] : best[p];
            best_wrong[p] = nearer ? wrong[p] : best_wrong[p];
            nearest[p] = nearer ? static_cast<std::int32_t>(k) : nearest[p];
        }
    }
    for (Index p = 0; p < width; ++p) {
        const auto l = static_cast<double>(length[p]);
        const double lead = second[p] - (best[p] + best_wrong[p]);
        label[p] = lead > Nearest::double_error(l * l + aim.largest, aim.n) ? nearest[p] : -1;  // -1 for any NaN
    }
}

/// Asks for the changing series' samples in a row that comes soon.
template <class T>
void prefetch(const T* row, Index row_width, const Moves& moves) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(T));
    if (moves.changes * line > row_width) {
        for (Index p = 0; p < row_width; p += line) hwy::Prefetch(row + p);
    } else {
        for (Index i = 0; i < moves.changes; ++i) hwy::Prefetch(row + moves.columns[i]);
    }
}

template <class T>
void move_changes(const Columns<T>& series, Index n, const FixedPoint& fixed, const Moves& moves, Index clusters,
                  std::int64_t* sums) {
    constexpr Index soon = 12;
    const auto add = [&](const auto* value, std::int64_t* to) {
        Index i = 0;
        for (const Moves::Piece& piece : moves.pieces()) {
            std::int64_t sum = 0;
            for (; i < piece.end; ++i) sum += static_cast<std::int64_t>(value[moves.columns[i]]);
            to[piece.cluster] += piece.leaves ? -sum : sum;
        }
    };
    std::int64_t value[width];
    for (Index t = 0; t < n; ++t, sums += clusters) {
        const T* row = series.x + t * series.pitch;
        prefetch(row + soon * series.pitch, series.width, moves);
        if constexpr (std::is_integral_v<T>) {
            add(row, sums);
            continue;
        }
        const FixedPoint to_integer = fixed;  // a copy, which `value` cannot overlap
        if (moves.changes * 4 > series.width) {
            for (Index p = 0; p < series.width; ++p) value[p] = to_integer(static_cast<double>(row[p]));
        } else {
            for (Index i = 0; i < moves.changes; ++i)
                value[moves.columns[i]] = to_integer(static_cast<double>(row[moves.columns[i]]));
        }
        add(value, sums);
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
constexpr Loops<T> loops_of{products_of<T>, two_least, labels, squared_distances<T>, move_changes<T>};

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
