#include <numeric>

#include "levin/kernels/kmeans_run.hpp"
#include "levin/kernels/random.hpp"

namespace levin::kernels::clustering {
namespace {

constexpr std::uint32_t init_stream = 0, sample_stream = 1, first_stream = 2,
                        candidate_stream = 3;  // of random numbers

}

template <class T>
std::vector<Index> Run<T>::draw(Index count, std::uint64_t seed, std::uint32_t stream) const {
    const Random random(seed, stream);
    std::vector<Index> chosen;
    Index left = all_.valid;
    for (Index p = 0; p < data_.pixels() && static_cast<Index>(chosen.size()) < count; ++p) {
        if (labels_[static_cast<std::size_t>(p)] < 0) continue;
        const auto needed = static_cast<double>(count - static_cast<Index>(chosen.size()));
        if (random.uniform(static_cast<std::uint64_t>(p)) * static_cast<double>(left--) < needed) chosen.push_back(p);
    }
    return chosen;
}

template <class T>
std::vector<double> Run<T>::first_centroids(const KMeansOptions& options, std::span<const double> given) {
    switch (options.init) {
        case KMeansInit::given:
            return {given.begin(), given.end()};
        case KMeansInit::random:
            return series_of(draw(clusters_, options.seed, init_stream));
        case KMeansInit::kmeans_plus_plus:
            break;
    }
    if (options.sample == 0 || options.sample >= all_.valid) return plus_plus(options.seed);
    const std::vector<Index> chosen = draw(options.sample, options.seed, sample_stream);
    std::vector<T> series(chosen.size() * static_cast<std::size_t>(n_));
    data_.read(chosen, series.data());
    const SeriesInMemory<T> memory(series, n_);
    std::vector<std::int32_t> labels(chosen.size());
    std::vector<float> distance(chosen.size());
    Run<T> sample(memory, scale_, clusters_, labels, distance);
    sample.survey();
    return sample.plus_plus(options.seed);
}

template <class T>
Index Run<T>::nth_valid(Index n) const {
    for (Index p = 0;; ++p)
        if (labels_[static_cast<std::size_t>(p)] >= 0 && n-- == 0) return p;
}

/// D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007, in the greedy form of its
/// conclusion.
template <class T>
std::vector<double> Run<T>::plus_plus(std::uint64_t seed) {
    const auto pick = static_cast<Index>(Random(seed, first_stream).uniform(0) * static_cast<double>(all_.valid));
    const Index first = nth_valid(pick);
    std::vector<double> centroids = series_of({&first, 1});
    approach(centroids, true);
    const auto trials = 2 + static_cast<Index>(std::log(static_cast<double>(clusters_)));
    for (Index k = 1; k < clusters_; ++k) {
        const std::vector<double> tried = series_of(candidates(trials, seed, k));
        const double* best = tried.data() + best_candidate(tried) * static_cast<std::size_t>(n_);
        approach({best, static_cast<std::size_t>(n_)}, false);
        centroids.insert(centroids.end(), best, best + n_);
    }
    return centroids;
}

/// `count` pixels drawn with probability proportional to the squared distance to the nearest centroid so far.
template <class T>
std::vector<Index> Run<T>::candidates(Index count, std::uint64_t seed, Index step) const {
    const Random random(seed, candidate_stream);
    double potential = 0;
    for (const float d : distance_)
        if (d > 0) potential += static_cast<double>(d) * static_cast<double>(d);
    if (potential == 0) return {nth_valid(0)};  // every series is a centroid already
    std::vector<double> marks;
    for (Index i = 0; i < count; ++i)
        marks.push_back(potential * random.uniform(static_cast<std::uint64_t>(step), static_cast<std::uint32_t>(i)));
    std::sort(marks.begin(), marks.end());
    std::vector<Index> chosen;
    double sum = 0;
    for (std::size_t p = 0; p < distance_.size() && chosen.size() < marks.size(); ++p) {
        if (!(distance_[p] > 0)) continue;
        sum += static_cast<double>(distance_[p]) * static_cast<double>(distance_[p]);
        while (chosen.size() < marks.size() && sum > marks[chosen.size()]) chosen.push_back(static_cast<Index>(p));
    }
    return chosen;  // a mark lies below the potential, and the sum repeats its additions
}

/// The candidate (rows of `centroids`) that leaves the smallest sum of squared distances; ties: the first.
template <class T>
std::size_t Run<T>::best_candidate(const std::vector<double>& centroids) {
    const auto count = static_cast<Index>(centroids.size()) / n_;
    double largest = 0;
    for (const float d : distance_) largest = std::max(largest, static_cast<double>(d));  // max skips NaN
    const FixedPoint fixed(largest * largest, all_.valid);
    for (Worker& worker : workers_) worker.potentials.assign(static_cast<std::size_t>(count), 0);
    for_each_tile([&](const Tile<Computed<T>>& tile, Worker& worker) {
        double now[tile_width] = {};
        for (Index w = 0; w < tile.width; ++w) {
            if (!tile.valid[w]) continue;
            const auto d = static_cast<double>(distance_[static_cast<std::size_t>(tile.numbers[w])]);
            now[w] = d * d;
        }
        for_each_centroid(tile.x, n_, centroids.data(), count, [&](Index k, const double* d) {
            std::int64_t sum = 0;
            for (Index w = 0; w < tile_width; ++w) sum += fixed(std::min(now[w], d[w]));
            worker.potentials[static_cast<std::size_t>(k)] += sum;
        });
    });
    std::vector<std::int64_t> potentials(static_cast<std::size_t>(count), 0);
    for (const Worker& worker : workers_)
        std::transform(potentials.begin(), potentials.end(), worker.potentials.begin(), potentials.begin(),
                       std::plus<>());
    return static_cast<std::size_t>(std::min_element(potentials.begin(), potentials.end()) - potentials.begin());
}

/// Lowers every pixel's distance to that of a new centroid where it is nearer.
template <class T>
void Run<T>::approach(std::span<const double> centroid, bool first) {
    for_each_tile([&](const Tile<Computed<T>>& tile, Worker&) {
        double d[1][tile_width];
        squared_distances<1>(tile.x, n_, centroid.data(), d);
        for (Index w = 0; w < tile.width; ++w) {
            if (!tile.valid[w]) continue;
            float& distance = distance_[static_cast<std::size_t>(tile.numbers[w])];
            const auto candidate = static_cast<float>(std::sqrt(d[0][w]));
            if (first || candidate < distance) distance = candidate;
        }
    });
}

#define LEVIN_INSTANTIATE(T) \
    template std::vector<double> Run<T>::first_centroids(const KMeansOptions&, std::span<const double>);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
