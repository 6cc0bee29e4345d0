/// The inner loops of k-means, of the processor's best instruction set. Private to kmeans*.cpp.
#pragma once
#include "levin/kernels/kmeans_nearest.hpp"

namespace levin::kernels::clustering {

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
    /// Squared distances to the centroids of the labels, in double in the order of time. by_time: (n, clusters).
    void (*squared_distances)(const Columns<T>&, Index n, const double* by_time, Index clusters,
                              const std::int32_t* label, double* distance);
    /// As move_changes, of changes in order of `to`.
    void (*move_changes)(const Columns<T>&, Index n, const FixedPoint&, std::span<const Change>, Index clusters,
                         std::int64_t* sums);
};

template <class T>
const Loops<T>& loops();

}  // namespace levin::kernels::clustering
