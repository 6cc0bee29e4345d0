/// Which centroid is nearest: first in float32, many series side by side, with a bound of what rounding can do; then,
/// for the few series where the bound leaves a doubt, by distances in double. So the labels are always those of
/// distances summed in double in the order of time (ties: lowest label), at the cost of float32. Private to
/// kmeans*.cpp.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "levin/kernels/kmeans_tile.hpp"

namespace levin::kernels::clustering {

/// Series that lie side by side, (samples, width) with rows `pitch` apart.
template <class T>
struct Columns {
    const T* x = nullptr;
    Index pitch = 0, width = 0;
};

/// A series that goes from one cluster to another; from -1: from none.
struct Change {
    Index column;
    std::int32_t to, from;
};
/// Keeps the clusters' sums, (n, clusters), up to date. Reorders the changes.
template <class T>
void move_changes(const Columns<T>& series, Index n, const FixedPoint& fixed, std::span<Change> changes, Index clusters,
                  std::int64_t* sums);

/// Of centroids, (clusters, n).
std::vector<float> mean_of(std::span<const double> centroids, Index n, Index clusters);

class Nearest {
  public:
    static constexpr Index most_columns = 256;  // the scores of 10 centroids and 32 samples stay in the first cache
    static constexpr Index strip = 32;          // of them that are worked on together
    static constexpr Index group = 16;          // products that are summed in registers

    /// `centroids`: (clusters, n).
    Nearest(std::span<const double> centroids, Index n, Index clusters);
    /// The label of each of up to most_columns series, and how much nearer its centroid is than any other: a lower
    /// bound of the difference of the two Euclidean distances, 0 where nothing is known. Series with NaN get any label.
    /// `scratch`: scratch_bytes, aligned to 64.
    template <class T>
    void operator()(const Columns<T>& series, std::int32_t* label, float* slack, std::byte* scratch) const;
    /// Squared distances of the series to the centroids of their labels, in double in the order of time.
    template <class T>
    void squared_distances(const Columns<T>& series, const std::int32_t* label, double* distance) const;
    static std::size_t scratch_bytes(Index clusters);

    /// A product of n terms in float32 is wrong by at most this times the lengths of its factors.
    static double product_error(Index n);
    /// How large a squared length is that float32 finds to be `square`.
    static double largest_square(float square, Index n);
    /// By how much differences of squared distances in double may be wrong, those that labels are to agree with among
    /// them. squares: |x - o|^2 + |c - o|^2.
    static double double_error(double squares, Index n);
    /// Of one instance.
    static std::size_t bytes(Index n, Index clusters);

  private:
    template <class T>
    std::int32_t exactly(const T* series, Index pitch, double* distance) const;

    Index n_, clusters_;
    std::vector<double> by_time_;  ///< (n, clusters)
    std::vector<float> origin_;    ///< (n): the centroids' mean
    std::vector<float> relative_;  ///< (n, clusters): centroids from the origin
    std::vector<double> squares_;  ///< of those, summed
};

}  // namespace levin::kernels::clustering
