/// What Lloyd's iteration does between two passes over the series: new centroids out of sums, and whether it goes on.
/// The same for one run over all pixels and for parts whose sums come together. Private to kmeans*.cpp.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "levin/kernels/kmeans_tile.hpp"

namespace levin::kernels::clustering {

__extension__ using Int128 = __int128;

/// What the first pass tells of its pixels.
struct Survey {
    Index valid = 0;
    double largest = 0;  ///< magnitude of a scaled sample
    void add(const Survey& other);
};

/// Sums over pixels of each sample and of its square, in the fixed point that `of` gives.
struct Moments {
    std::vector<std::int64_t> sums;
    std::vector<Int128> squares;
    static FixedPoint of(const Survey& all) {
        return {all.largest, all.valid, 40};
    }  // squares of 80 bits, 2^46 of them
    explicit Moments(Index samples)
        : sums(static_cast<std::size_t>(samples)), squares(static_cast<std::size_t>(samples)) {}
    void add(const Moments& other);
    /// Mean over time of the variance over pixels.
    double mean_variance(const Survey& all) const;
};

/// What an assignment tells of its pixels. All of it is exact: the sums of parts add up to those of all.
struct Sums {
    Index changed = 0;                 ///< labels that are not those of the assignment before
    std::vector<std::int64_t> counts;  ///< (clusters)
    std::vector<std::int64_t> values;  ///< (samples, clusters), in fixed point
    Sums(Index samples, Index clusters)
        : counts(static_cast<std::size_t>(clusters)), values(static_cast<std::size_t>(samples * clusters)) {}
    void add(const Sums& other);
    Index empty() const { return std::count(counts.begin(), counts.end(), 0); }
};

/// A pixel far from the centroid of its label.
struct FarPixel {
    Index number;
    float distance;
    std::int32_t label;
    /// Farther; ties in storage order.
    bool before(const FarPixel& other) const {
        return distance > other.distance || (distance == other.distance && number < other.number);
    }
};

class Lloyd {
  public:
    using Farthest = std::function<std::vector<FarPixel>(Index count)>;
    using SeriesOf = std::function<std::vector<double>(std::span<const Index> numbers)>;

    std::vector<double> centroids;  ///< (clusters, samples)
    double tolerance = 0;           ///< squared movements of the centroids that count as none
    Index iterations = 0, max_iter = 0;
    bool converged = false;
    bool settled = false;  ///< labels found by the last assignment are those of the centroids

    bool goes_on() const { return !converged && iterations < max_iter; }
    /// One more iteration: `sums` of the assignment to the centroids. Clusters left empty move to the pixels that
    /// `farthest` gives, up to `count` with the largest distances above 0 to these centroids, farthest first;
    /// `series_of` gives scaled series.
    void update(Sums sums, const FixedPoint& fixed, const Farthest& farthest, const SeriesOf& series_of);
};

}  // namespace levin::kernels::clustering
