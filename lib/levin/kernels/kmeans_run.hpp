/// One clustering run: the passes over the data and the state between them. Private to kmeans*.cpp.
#pragma once
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/kmeans_lloyd.hpp"
#include "levin/kernels/kmeans_nearest.hpp"
#include "levin/kernels/kmeans_sketch.hpp"
#include "levin/kernels/kmeans_tile.hpp"

namespace levin::kernels::clustering {

/// So many series of a chunk are picked out to be looked at; of more the whole chunk is.
inline constexpr Index most_picked = 32;

template <class T>
class Run {
  public:
    Run(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters, std::span<std::int32_t> labels,
        std::span<float> distance);

    /// Finds the valid series (label 0, others -1 and NaN) and the largest magnitude.
    Survey survey();
    /// What the rest needs to know of all pixels, of which these may be a part.
    void know(const Survey& all) { all_ = all; }
    /// What sums are made of: integers as they are, others in fixed point.
    static FixedPoint fixed_point(SeriesScale scale, const Survey& all);
    Moments moments();
    /// The centroids to begin with: `given` or those of the options' seeding.
    std::vector<double> first_centroids(const KMeansOptions& options, std::span<const double> given);
    /// The scaled series of valid pixels, (numbers.size(), samples).
    std::vector<double> series_of(std::span<const Index> numbers) const;
    /// Keeps a sketch of every series from now on, where it is worth while.
    void keep_sketch();
    /// Labels, and the sums of every cluster. Without a sketch it leaves the slack (Nearest) in `distance`, by which
    /// the next assign sees whose label cannot change.
    Sums assign(const std::vector<double>& centroids);
    /// Both, while a chunk is near the processor.
    void assign_and_measure(const std::vector<double>& centroids);
    /// Distances to the centroids of the labels.
    void measure(const std::vector<double>& centroids);
    /// Up to `count` pixels with the largest distances above 0, farthest first, measured to these centroids.
    std::vector<FarPixel> farthest(Index count, const std::vector<double>& centroids);

  private:
    struct Worker {
        Buffer tile;
        Buffer nearest;
        Buffer picked;  // (samples, most_picked)
        Sums sums{0, 0};
        std::vector<std::int64_t> potentials;  // of k-means++'s candidates
        Index valid = 0;
        double largest = 0;
    };
    /// Calls body(tile, worker) for every tile of the data, from several threads.
    template <class Body>
    void for_each_tile(Body&& body);
    /// Some series side by side: of T as they are, or scaled.
    template <class C>
    struct Chunk : Columns<C> {
        const Index* numbers;
    };
    /// The same for chunks, which may hold invalid series.
    template <class Body>
    void for_each_chunk(Body&& body);
    void look_for_valid();
    void begin_assign(const std::vector<double>& centroids);
    template <class C>
    void assign_chunk(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker);
    template <class C>
    bool find_labels(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker, std::int32_t* label);
    template <class C>
    void labels_by_sketch(const Chunk<C>& chunk, const Nearest& nearest, Worker& worker, std::int32_t* label);
    template <class C>
    void measure_chunk(const Chunk<C>& chunk, const Nearest& nearest);
    std::vector<float> movements(const std::vector<double>& centroids);
    /// `count` different valid pixels, drawn evenly, in storage order (D. E. Knuth, The Art of Computer
    /// Programming, 3.4.2, algorithm S).
    std::vector<Index> draw(Index count, std::uint64_t seed, std::uint32_t stream) const;
    /// Centroids by greedy k-means++.
    std::vector<double> plus_plus(std::uint64_t seed);
    std::vector<Index> candidates(Index count, std::uint64_t seed, Index step) const;
    std::size_t best_candidate(const std::vector<double>& centroids);
    void approach(std::span<const double> centroid, bool first);
    Index nth_valid(Index n) const;

    const SeriesBlocks<T>& data_;
    SeriesScale scale_;
    Index n_, clusters_;
    std::span<std::int32_t> labels_;
    std::span<float> distance_;  // Euclidean; NaN where not valid
    std::vector<Worker> workers_;
    Survey all_;
    std::vector<double> assigned_;  // the centroids of the last assign, if slacks are known for it
    std::vector<float> moved_;      // by how much each may lower a slack
    bool counted_ = false;          // the sums are those of the labels
    Sketch sketch_;
    bool take_ = false;  // all series are being taken into the sketch
};

/// Valid pixels, cluster sizes, and the sum of squared distances in storage order.
void sum_up(std::span<const std::int32_t> labels, std::span<const float> distance, Index clusters,
            KMeansResult& result);
/// UsageError for options out of range, Error for fewer valid pixels than clusters.
void check_options(const KMeansOptions& options);
void check_valid(const KMeansOptions& options, const Survey& all);
/// UsageError when there are not (clusters, samples) of them, Error for values beyond 1e30.
void check_centroids(std::span<const double> centroids, Index clusters, Index samples);

template <class T>
template <class Body>
void Run<T>::for_each_tile(Body&& body) {
    data_.for_each([&](const SeriesBlock<T>& block) {
        Worker& worker = workers_[static_cast<std::size_t>(block.thread)];
        worker.tile.reserve(static_cast<std::size_t>(n_ * tile_width) * sizeof(Computed<T>));
        Tile<Computed<T>> tile;
        tile.x = worker.tile.template as<Computed<T>>();
        for (Index first = 0; first < block.pixels; first += tile_width) {
            fill_tile(block, first, n_, scale_, tile);
            body(tile, worker);
        }
    });
}

template <class T>
template <class Body>
void Run<T>::for_each_chunk(Body&& body) {
    if (scale_ != SeriesScale::none) {
        for_each_tile([&](const Tile<Computed<T>>& tile, Worker& worker) {
            body(Chunk<Computed<T>>{{tile.x, tile_width, tile.width}, tile.numbers}, worker);
        });
        return;
    }
    data_.for_each([&](const SeriesBlock<T>& block) {
        for (Index first = 0; first < block.pixels; first += Nearest::most_columns) {
            const Index width = std::min(Nearest::most_columns, block.pixels - first);
            body(Chunk<T>{{block.series + first, block.pitch, width}, block.numbers + first},
                 workers_[static_cast<std::size_t>(block.thread)]);
        }
    });
}

}  // namespace levin::kernels::clustering
