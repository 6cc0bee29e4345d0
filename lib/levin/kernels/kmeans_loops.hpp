/// The inner loops of k-means, of the processor's best instruction set. Private to kmeans*.cpp.
#pragma once
#include "levin/kernels/kmeans_nearest.hpp"

namespace levin::kernels::clustering {

/// Changes in the order in which they are summed: the columns that come to one cluster side by side, then those that
/// leave one.
struct Moves {
    struct Piece {
        std::int32_t cluster, end;  ///< of its columns
        bool leaves;
    };
    explicit Moves(std::span<Change> all);
    std::span<const Piece> pieces() const { return {piece, static_cast<std::size_t>(count)}; }

    Index changes = 0, count = 0;
    std::uint8_t columns[2 * Nearest::most_columns];  ///< the first `changes` are all that change
    Piece piece[2 * Nearest::most_columns];
};
static_assert(Nearest::most_columns <= 256);

/// What a sketch knows of centroids (kmeans_sketch.cpp).
struct Aim {
    Index n = 0, clusters = 0, rank = 0;
    std::vector<double> coordinates;  ///< a: (clusters, rank)
    std::vector<double> squares;      ///< |c - o|^2
    std::vector<double> along;        ///< |a|
    std::vector<double> aside;        ///< |r|
    double largest = 0;               ///< of `squares`
    double error = 0;                 ///< e
};

/// For series of T.
template <class T>
struct Loops {
    /// products: (clusters + 1, Nearest::most_columns): of each series less `origin` with the rows of `relative`,
    /// (n, clusters), and, the last row, with itself. y: (Nearest::group, Nearest::strip). What lies beyond the series
    /// is undefined.
    void (*products)(const Columns<T>&, Index n, const float* origin, const float* relative, Index clusters,
                     float* products, float* y);
    /// The least and the second least of squares[k] - 2 products[k], and where the least is; ties: the first.
    void (*two_least)(const float* products, const double* squares, Index clusters, double* least, double* second,
                      std::int32_t* label);
    /// Labels of Nearest::most_columns series by their sketches, (rank + 2, most_columns); -1 where in doubt.
    void (*labels)(const float* sketches, const Aim&, std::int32_t* label);
    /// Squared distances to the centroids of the labels, in double in the order of time. by_time: (n, clusters).
    void (*squared_distances)(const Columns<T>&, Index n, const double* by_time, Index clusters,
                              const std::int32_t* label, double* distance);
    /// Adds to sums, (n, clusters), and takes from them. Integers are added as they are.
    void (*move_changes)(const Columns<T>&, Index n, const FixedPoint&, const Moves&, Index clusters,
                         std::int64_t* sums);
};

template <class T>
const Loops<T>& loops();

}  // namespace levin::kernels::clustering
