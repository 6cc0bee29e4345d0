/// What is kept of every series so that its label can be told without looking at it again: its products with a few
/// directions, and how long it is. As centroids move little after the first iterations, and mostly within the space
/// that they span, that is enough for all but a few series in a hundred. Private to kmeans*.cpp.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "levin/kernels/kmeans_loops.hpp"

namespace levin::kernels::clustering {

class Sketch {
  public:
    static constexpr Index most_clusters = 64;
    /// Whether telling a label in this way costs much less than looking at the series.
    static bool worthwhile(Index pixels, Index n, Index clusters) {
        return clusters > 1 && clusters <= most_clusters && 16 * clusters <= n && 64 * clusters <= pixels;
    }
    /// For all pixels and for the directions.
    static std::size_t bytes(Index pixels, Index n, Index clusters);

    Sketch() = default;  ///< of nothing
    Sketch(Index pixels, Index n, Index clusters);
    bool exists() const { return clusters_ > 0; }

    /// Directions that span these centroids, (clusters, n). All series are to be taken again.
    void choose(std::span<const double> centroids);
    /// Keeps up to Nearest::most_columns series. scratch: Nearest::scratch_bytes(clusters).
    template <class T>
    void take(const Columns<T>& series, const Index* numbers, std::byte* scratch);
    /// From now on labels are those of these centroids.
    void aim(std::span<const double> centroids);
    /// The labels that a look at up to Nearest::most_columns series would give, -1 where only that could tell.
    void labels(std::span<const Index> numbers, std::int32_t* label) const;
    /// Whether so many of the valid series (label not -1) are in doubt that it pays to take all again. Looks at some.
    bool is_stale(std::span<const std::int32_t> labels) const;

  private:
    Index stride() const { return clusters_ + 1; }

    Index n_ = 0, clusters_ = 0, rank_ = 0;
    std::vector<float> kept_;        ///< of each pixel: products, length, length of what the directions leave
    std::vector<float> origin_;      ///< (n)
    std::vector<float> directions_;  ///< (n, rank), orthonormal but for rounding
    Aim aim_;
};

}  // namespace levin::kernels::clustering
