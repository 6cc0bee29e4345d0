// |x - c|^2 = |x - o|^2 + |c - o|^2 - 2 (x - o)(c - o) for any origin o. With the centroids' mean as origin the
// products are small, and so is what rounding makes of them. With u = 2^-24 and sums in groups of b of n products (N.
// J. Higham, Accuracy and Stability of Numerical Algorithms, section 4.2) the float32 product is wrong by at most (b +
// n/b + 4) u |x - o| |c - o|. Whether the processor fuses multiplication and addition plays no part: labels that such
// an error could change are found again in double.
#include "levin/kernels/kmeans_nearest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/kernels/kmeans_loops.hpp"

namespace levin::kernels::clustering {

std::vector<float> mean_of(std::span<const double> centroids, Index n, Index clusters) {
    std::vector<float> mean;
    for (Index t = 0; t < n; ++t) {
        double sum = 0;
        for (Index k = 0; k < clusters; ++k) sum += centroids[static_cast<std::size_t>(k * n + t)];
        mean.push_back(static_cast<float>(sum / static_cast<double>(clusters)));
    }
    return mean;
}

Nearest::Nearest(std::span<const double> centroids, Index n, Index clusters)
    : n_(n),
      clusters_(clusters),
      by_time_(centroids.size()),
      origin_(mean_of(centroids, n, clusters)),
      relative_(centroids.size()),
      squares_(static_cast<std::size_t>(clusters)) {
    for (Index t = 0; t < n; ++t) {
        const auto origin = static_cast<double>(origin_[static_cast<std::size_t>(t)]);
        for (Index k = 0; k < clusters; ++k) {
            const auto at = static_cast<std::size_t>(k * n + t);
            by_time_[static_cast<std::size_t>(t * clusters + k)] = centroids[at];
            const double relative = centroids[at] - origin;
            relative_[static_cast<std::size_t>(t * clusters + k)] = static_cast<float>(relative);
            squares_[static_cast<std::size_t>(k)] += relative * relative;
        }
    }
}

std::size_t Nearest::scratch_bytes(Index clusters) {
    const auto columns = static_cast<std::size_t>(most_columns);
    return columns * (sizeof(float) * static_cast<std::size_t>(clusters + 1) + 2 * sizeof(double)) +
           sizeof(float) * static_cast<std::size_t>(group * strip) +
           sizeof(double) * static_cast<std::size_t>(clusters);
}

std::size_t Nearest::bytes(Index n, Index clusters) {
    return static_cast<std::size_t>(n * clusters) * (sizeof(double) + sizeof(float)) +
           static_cast<std::size_t>(n) * sizeof(float) + static_cast<std::size_t>(clusters) * sizeof(double);
}

double Nearest::product_error(Index n) {
    const double steps = (group + static_cast<double>(n) / group + 8) * 0x1p-24;
    return steps < 0.5 ? steps / (1 - steps) : std::numeric_limits<double>::infinity();
}

double Nearest::largest_square(float square, Index n) {
    // Squares below float32's range are lost.
    return static_cast<double>(square) * (1 + 2 * product_error(n)) + static_cast<double>(n) * 0x1p-140;
}

double Nearest::double_error(double squares, Index n) {
    return 8 * static_cast<double>(n + 8) * 0x1p-53 * squares + static_cast<double>(n) * 0x1p-120;
}

template <class T>
void Nearest::operator()(const Columns<T>& series, std::int32_t* label, float* slack, std::byte* scratch) const {
    auto* y = reinterpret_cast<float*>(scratch);
    float* products = y + group * strip;
    auto* least = reinterpret_cast<double*>(products + (clusters_ + 1) * most_columns);
    double *second = least + most_columns, *distances = second + most_columns;
    loops<T>().products(series, n_, origin_.data(), relative_.data(), clusters_, products, y);
    std::int32_t found[most_columns];
    loops<T>().two_least(products, squares_.data(), clusters_, least, second, found);

    // What rounding can have done: to the two products above, to the squares, to the plain sums in double that the
    // labels are to agree with, and to numbers too small for float32.
    const double largest = std::sqrt(*std::max_element(squares_.begin(), squares_.end()));
    const double relative = product_error(n_);
    for (Index p = 0; p < series.width; ++p) {
        label[p] = found[p];
        slack[p] = 0;
        const double square = largest_square(products[clusters_ * most_columns + p], n_);
        if (std::isnan(square)) continue;
        const double length = std::sqrt(square);
        const double margin = 4.001 * relative * length * largest + double_error(square + largest * largest, n_);
        const double lead = second[p] - least[p] - margin;
        // a - b = (a^2 - b^2) / (a + b), and a + b is at most 2 (|x - o| + |c - o|).
        if (lead > 0) slack[p] = static_cast<float>(0.999 * lead / (2 * (length + largest)));
        else label[p] = exactly(series.x + p, series.pitch, distances);
    }
}

template <class T>
std::int32_t Nearest::exactly(const T* series, Index pitch, double* distance) const {
    std::fill_n(distance, clusters_, 0.0);
    for (Index t = 0; t < n_; ++t) {
        const auto x = static_cast<double>(series[t * pitch]);
        const double* centre = by_time_.data() + t * clusters_;
        for (Index k = 0; k < clusters_; ++k) distance[k] += (x - centre[k]) * (x - centre[k]);
    }
    return static_cast<std::int32_t>(std::min_element(distance, distance + clusters_) - distance);
}

template <class T>
void Nearest::squared_distances(const Columns<T>& series, const std::int32_t* label, double* distance) const {
    loops<T>().squared_distances(series, n_, by_time_.data(), clusters_, label, distance);
}

Moves::Moves(std::span<Change> all) : changes(static_cast<Index>(all.size())) {
    std::int32_t end = 0;
    const auto append = [&](std::int32_t Change::*cluster, bool leaves) {
        std::sort(all.begin(), all.end(), [&](const Change& a, const Change& b) { return a.*cluster < b.*cluster; });
        const Index first = count;
        for (const Change& change : all) {
            if (change.*cluster < 0) continue;
            columns[end++] = static_cast<std::uint8_t>(change.column);
            if (count == first || piece[count - 1].cluster != change.*cluster)
                piece[count++] = {change.*cluster, end, leaves};
            piece[count - 1].end = end;
        }
    };
    append(&Change::to, false);
    append(&Change::from, true);
}

template <class T>
void move_changes(const Columns<T>& series, Index n, const FixedPoint& fixed, std::span<Change> changes, Index clusters,
                  std::int64_t* sums) {
    loops<T>().move_changes(series, n, fixed, Moves(changes), clusters, sums);
}

#define LEVIN_INSTANTIATE(T)                                                                         \
    template void Nearest::operator()(const Columns<T>&, std::int32_t*, float*, std::byte*) const;   \
    template void Nearest::squared_distances(const Columns<T>&, const std::int32_t*, double*) const; \
    template void move_changes(const Columns<T>&, Index, const FixedPoint&, std::span<Change>, Index, std::int64_t*);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
