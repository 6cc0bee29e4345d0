#include "levin/kernels/kmeans_run.hpp"

#include <limits>
#include <numeric>
#include <queue>

#include "levin/core/error.hpp"

namespace levin::kernels::clustering {
namespace {

__extension__ using Int128 = __int128;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// What holds the magnitude of any sample: that of the least int16 is no int16.
template <class T>
using Magnitude = std::conditional_t<std::is_floating_point_v<T>, T, std::int32_t>;

/// The largest magnitude of each column; NaN or infinite where there is one.
template <class T>
void find_largest(const Columns<T>& series, Index n, Magnitude<T>* result) {
    Magnitude<T> largest[Nearest::most_columns] = {};
    for (Index t = 0; t < n; ++t) {
        const T* row = series.x + t * series.pitch;
        for (Index p = 0; p < series.width; ++p) {
            const Magnitude<T> x = std::abs(static_cast<Magnitude<T>>(row[p]));
            const bool stays = (x <= largest[p]) | (largest[p] != largest[p]);
            largest[p] = stays ? largest[p] : x;  // once NaN, always NaN
        }
    }
    std::copy_n(largest, series.width, result);
}

/// Variance of `count` integers from their exact sums.
double variance(std::int64_t sum, Int128 squares, Index count) {
    const Int128 centre = sum / count;  // an integer near the mean: the squares about it are exact, too
    const Int128 about = squares - centre * (2 * static_cast<Int128>(sum) - centre * count);
    const double rest =
        static_cast<double>(sum - static_cast<std::int64_t>(centre) * count) / static_cast<double>(count);
    return static_cast<double>(about) / static_cast<double>(count) - rest * rest;
}

}  // namespace

template <class T>
Run<T>::Run(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters, std::span<std::int32_t> labels,
            std::span<float> distance)
    : data_(data),
      scale_(scale),
      n_(data.samples()),
      clusters_(clusters),
      labels_(labels),
      distance_(distance),
      workers_(static_cast<std::size_t>(data.threads())) {}

template <class T>
void Run<T>::survey() {
    if constexpr (std::is_integral_v<T>) {  // all valid, and their sums exact whatever the largest
        std::fill(labels_.begin(), labels_.end(), 0);
        std::fill(distance_.begin(), distance_.end(), 0.0f);
        workers_[0].valid = data_.pixels();
        workers_[0].largest = 0x1p16;
    } else {
        look_for_valid();
    }
    if (scale_ != SeriesScale::none) {
        for (Worker& worker : workers_) worker.largest = 0;
        for_each_tile([&](const Tile<Computed<T>>& tile, Worker& worker) {
            for (Index i = 0; i < n_ * tile_width; ++i)
                worker.largest = std::max(worker.largest, std::abs(static_cast<double>(tile.x[i])));
        });
    }
    for (const Worker& worker : workers_) {
        valid_ += worker.valid;
        largest_ = std::max(largest_, worker.largest);
    }
    if (largest_ > 1e30)
        throw Error("k-means: there are values beyond 1e30, whose squares overflow: scale the data first");
}

template <class T>
void Run<T>::look_for_valid() {
    // Scaling makes series that are not valid 0, so the data are asked, not the chunks.
    data_.for_each([&](const SeriesBlock<T>& block) {
        Worker& worker = workers_[static_cast<std::size_t>(block.thread)];
        constexpr Index width = Nearest::most_columns;
        for (Index first = 0; first < block.pixels; first += width) {
            Magnitude<T> largest[width];
            const Index columns = std::min(width, block.pixels - first);
            find_largest(Columns<T>{block.series + first, block.pitch, columns}, n_, largest);
            for (Index w = 0; w < columns; ++w) {
                const auto p = static_cast<std::size_t>(block.numbers[first + w]);
                const bool valid = std::isfinite(largest[w]);
                labels_[p] = valid ? 0 : -1;
                distance_[p] = valid ? 0 : nan;
                worker.valid += valid;
                if (valid) worker.largest = std::max(worker.largest, static_cast<double>(largest[w]));
            }
        }
    });
}

template <class T>
double Run<T>::mean_variance() {
    const FixedPoint fixed(largest_, valid_, 40);  // squares of 80 bits, 2^46 of them
    struct Moments {
        std::vector<std::int64_t> sum;
        std::vector<Int128> squares;
    };
    const auto n = static_cast<std::size_t>(n_);
    std::vector<Moments> moments(workers_.size(), Moments{std::vector<std::int64_t>(n), std::vector<Int128>(n)});
    for_each_tile([&](const Tile<Computed<T>>& tile, Worker& worker) {
        Moments& mine = moments[static_cast<std::size_t>(&worker - workers_.data())];
        for (std::size_t t = 0; t < n; ++t) {
            for (std::size_t w = 0; w < tile_width; ++w) {
                const std::int64_t value = fixed(static_cast<double>(tile.x[t * tile_width + w]));
                mine.sum[t] += value;
                mine.squares[t] += static_cast<Int128>(value) * value;
            }
        }
    });
    double total = 0;
    for (std::size_t t = 0; t < n; ++t) {
        for (std::size_t i = 1; i < moments.size(); ++i) {
            moments[0].sum[t] += moments[i].sum[t];
            moments[0].squares[t] += moments[i].squares[t];
        }
        total += variance(moments[0].sum[t], moments[0].squares[t], valid_);
    }
    return total / static_cast<double>(n_) / fixed.scale() / fixed.scale();
}

template <class T>
std::vector<double> Run<T>::series_of(std::span<const Index> numbers) const {
    const auto count = static_cast<Index>(numbers.size());
    std::vector<T> raw(static_cast<std::size_t>(n_ * count));
    std::vector<Computed<T>> memory(static_cast<std::size_t>(n_ * tile_width));
    data_.read(numbers, raw.data());
    std::vector<double> result(raw.size());
    Tile<Computed<T>> tile;
    tile.x = memory.data();
    for (Index first = 0; first < count; first += tile_width) {
        fill_tile(SeriesBlock<T>{raw.data(), count, count, numbers.data(), 0}, first, n_, scale_, tile);
        for (Index w = 0; w < tile.width; ++w)
            for (Index t = 0; t < n_; ++t)
                result[static_cast<std::size_t>((first + w) * n_ + t)] =
                    static_cast<double>(tile.x[t * tile_width + w]);
    }
    return result;
}

template <class T>
FixedPoint Run<T>::fixed_point() const {
    if (std::is_integral_v<T> && scale_ == SeriesScale::none) return {};
    return {largest_, valid_};
}

template <class T>
std::vector<double> Run<T>::new_centroids(const std::vector<double>& old, bool& relocated) {
    const FixedPoint fixed = fixed_point();
    const auto clusters = static_cast<std::size_t>(clusters_), n = static_cast<std::size_t>(n_);
    std::vector<std::int64_t> sums = workers_[0].sums, counts = workers_[0].counts;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
        std::transform(sums.begin(), sums.end(), workers_[i].sums.begin(), sums.begin(), std::plus<>());
        std::transform(counts.begin(), counts.end(), workers_[i].counts.begin(), counts.begin(), std::plus<>());
    }
    std::vector<std::size_t> empty;
    for (std::size_t k = 0; k < clusters; ++k)
        if (counts[k] == 0) empty.push_back(k);
    if (!empty.empty()) measure(old);
    const std::vector<Index> moved = farthest(static_cast<Index>(empty.size()));
    relocated = !moved.empty();
    const std::vector<double> series = series_of(moved);
    for (std::size_t i = 0; i < moved.size(); ++i) {
        const auto from = static_cast<std::size_t>(labels_[static_cast<std::size_t>(moved[i])]);
        for (std::size_t t = 0; t < n; ++t) {
            const std::int64_t value = fixed(series[i * n + t]);
            sums[t * clusters + from] -= value;
            sums[t * clusters + empty[i]] = value;
        }
        --counts[from];
        counts[empty[i]] = 1;
    }
    std::vector<double> centroids = old;
    for (std::size_t k = 0; k < clusters; ++k)
        for (std::size_t t = 0; t < n && counts[k] > 0; ++t)
            centroids[k * n + t] =
                static_cast<double>(sums[t * clusters + k]) / (static_cast<double>(counts[k]) * fixed.scale());
    return centroids;
}

/// Up to `count` pixels with the largest distances above 0, farthest first; ties in storage order.
template <class T>
std::vector<Index> Run<T>::farthest(Index count) const {
    const auto farther = [&](Index a, Index b) {
        const float da = distance_[static_cast<std::size_t>(a)], db = distance_[static_cast<std::size_t>(b)];
        return da > db || (da == db && a < b);
    };
    std::priority_queue<Index, std::vector<Index>, decltype(farther)> kept(farther);  // its top is the nearest kept
    for (Index p = 0; count > 0 && p < data_.pixels(); ++p) {
        if (!(distance_[static_cast<std::size_t>(p)] > 0)) continue;
        if (static_cast<Index>(kept.size()) == count) {
            if (!farther(p, kept.top())) continue;
            kept.pop();
        }
        kept.push(p);
    }
    std::vector<Index> result(kept.size());
    for (auto slot = result.rbegin(); slot != result.rend(); ++slot, kept.pop()) *slot = kept.top();
    return result;
}

template <class T>
void Run<T>::finish(KMeansResult& result) const {
    result.valid = valid_;
    result.sizes.assign(static_cast<std::size_t>(clusters_), 0);
    result.inertia = 0;
    for (std::size_t p = 0; p < labels_.size(); ++p) {
        if (labels_[p] < 0) continue;
        ++result.sizes[static_cast<std::size_t>(labels_[p])];
        result.inertia += static_cast<double>(distance_[p]) * static_cast<double>(distance_[p]);
    }
}

#define LEVIN_INSTANTIATE(T) template class Run<T>;
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
