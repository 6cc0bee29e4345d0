/// One clustering run: the passes over the data and the state between them. Private to kmeans*.cpp.
#pragma once
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/kmeans_tile.hpp"

namespace levin::kernels::clustering {

template <class T>
class Run {
  public:
    Run(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters, std::span<std::int32_t> labels,
        std::span<float> distance);

    /// Finds the valid series (label 0, others -1 and NaN) and the largest magnitude.
    void survey();
    /// Mean over time of the variance over pixels.
    double mean_variance();
    /// `count` different valid pixels, drawn evenly, in storage order (D. E. Knuth, The Art of Computer
    /// Programming, 3.4.2, algorithm S).
    std::vector<Index> draw(Index count, std::uint64_t seed, std::uint32_t stream) const;
    /// The scaled series of valid pixels, (numbers.size(), samples).
    std::vector<double> series_of(std::span<const Index> numbers) const;
    /// Centroids by greedy k-means++.
    std::vector<double> plus_plus(std::uint64_t seed);
    /// Labels and distances; returns how many labels changed. With `update` also gathers the sums of every cluster.
    Index assign(const std::vector<double>& centroids, bool update);
    /// New centroids from the sums of the last assign. Clusters left empty move to the farthest pixels; `relocated`
    /// says if any did.
    std::vector<double> new_centroids(const std::vector<double>& old, bool& relocated);

    Index valid() const { return valid_; }
    /// Sum of squared distances and cluster sizes, in storage order.
    void finish(KMeansResult& result) const;

  private:
    struct Worker {
        Buffer tile;
        std::vector<std::int64_t> sums;  // (samples, clusters + 1); the last one collects columns that do not count
        std::vector<std::int64_t> counts;
        Index changed = 0, valid = 0;
        double largest = 0;
    };
    /// Calls body(tile, worker) for every tile of the data, from several threads.
    template <class Body>
    void for_each_tile(Body&& body);
    std::vector<Index> candidates(Index count, std::uint64_t seed, Index step) const;
    std::size_t best_candidate(const std::vector<double>& centroids);
    void approach(std::span<const double> centroid, bool first);
    std::vector<Index> farthest(Index count) const;
    Index nth_valid(Index n) const;

    const SeriesBlocks<T>& data_;
    SeriesScale scale_;
    Index n_, clusters_;
    std::span<std::int32_t> labels_;
    std::span<float> distance_;  // Euclidean; NaN where not valid
    std::vector<Worker> workers_;
    Index valid_ = 0;
    double largest_ = 0;
};

template <class T>
template <class Body>
void Run<T>::for_each_tile(Body&& body) {
    data_.for_each([&](const SeriesBlock<T>& block) {
        Worker& worker = workers_[static_cast<std::size_t>(block.thread)];
        worker.tile.reserve(static_cast<std::size_t>(n_ * tile_width) * sizeof(T));
        Tile<T> tile;
        tile.x = worker.tile.template as<T>();
        for (Index first = 0; first < block.pixels; first += tile_width) {
            fill_tile(block, first, n_, scale_, tile);
            body(tile, worker);
        }
    });
}

}  // namespace levin::kernels::clustering
