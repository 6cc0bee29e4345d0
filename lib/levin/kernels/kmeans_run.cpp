#include "levin/kernels/kmeans_run.hpp"

#include <limits>
#include <queue>

#include "levin/core/error.hpp"

namespace levin::kernels::clustering {
namespace {

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
Survey Run<T>::survey() {
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
    all_ = {};
    for (const Worker& worker : workers_) all_.add({worker.valid, worker.largest});
    if (all_.largest > 1e30)
        throw Error("k-means: there are values beyond 1e30, whose squares overflow: scale the data first");
    return all_;
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
Moments Run<T>::moments() {
    const FixedPoint fixed = Moments::of(all_);
    std::vector<Moments> moments(workers_.size(), Moments(n_));
    for_each_tile([&](const Tile<Computed<T>>& tile, Worker& worker) {
        Moments& mine = moments[static_cast<std::size_t>(&worker - workers_.data())];
        for (std::size_t t = 0; t < mine.sums.size(); ++t) {
            for (std::size_t w = 0; w < tile_width; ++w) {
                const std::int64_t value = fixed(static_cast<double>(tile.x[t * tile_width + w]));
                mine.sums[t] += value;
                mine.squares[t] += static_cast<Int128>(value) * value;
            }
        }
    });
    for (std::size_t i = 1; i < moments.size(); ++i) moments[0].add(moments[i]);
    return moments[0];
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
FixedPoint Run<T>::fixed_point(SeriesScale scale, const Survey& all) {
    if (std::is_integral_v<T> && scale == SeriesScale::none) return {};
    return {all.largest, all.valid};
}

template <class T>
std::vector<FarPixel> Run<T>::farthest(Index count, const std::vector<double>& centroids) {
    measure(centroids);
    const auto farther = [](const FarPixel& a, const FarPixel& b) { return a.before(b); };
    std::priority_queue<FarPixel, std::vector<FarPixel>, decltype(farther)> kept(farther);  // its top is the nearest
    for (Index p = 0; count > 0 && p < data_.pixels(); ++p) {
        const auto i = static_cast<std::size_t>(p);
        const FarPixel pixel{p, distance_[i], labels_[i]};
        if (!(pixel.distance > 0)) continue;
        if (static_cast<Index>(kept.size()) == count) {
            if (!pixel.before(kept.top())) continue;
            kept.pop();
        }
        kept.push(pixel);
    }
    std::vector<FarPixel> result(kept.size());
    for (auto slot = result.rbegin(); slot != result.rend(); ++slot, kept.pop()) *slot = kept.top();
    return result;
}

void sum_up(std::span<const std::int32_t> labels, std::span<const float> distance, Index clusters,
            KMeansResult& result) {
    result.sizes.assign(static_cast<std::size_t>(clusters), 0);
    result.valid = 0;
    result.inertia = 0;
    for (std::size_t p = 0; p < labels.size(); ++p) {
        if (labels[p] < 0) continue;
        ++result.valid;
        ++result.sizes[static_cast<std::size_t>(labels[p])];
        result.inertia += static_cast<double>(distance[p]) * static_cast<double>(distance[p]);
    }
}

#define LEVIN_INSTANTIATE(T) template class Run<T>;
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
