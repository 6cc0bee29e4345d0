// With y = x - o and directions q_j, p_j is the product y q_j as float32 has it, and z = y - sum p_j q_j. For a
// centroid, c' = c - o = sum a_j q_j + r with a_j = c' q_j. Then, for any p_j,
//
//     y c' = sum p_j a_j + z c',   |z c'| <= |a| |(z q_j)_j| + |z| |r|.
//
// Let g be the relative error of a product (kmeans_nearest.cpp), m the number of directions, and d the largest row sum
// of | q_i q_j - (i = j) |. Then |(z q_j)_j| <= e |y| and |z|^2 <= (1 + 2 e) |y|^2 - |p|^2 with e = 1.1 (g sqrt(m) +
// d), as long as both terms are below 0.01; the tenth covers their products and what rounding in double does.
#include "levin/kernels/kmeans_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "levin/kernels/kmeans_loops.hpp"

namespace levin::kernels::clustering {
namespace {

double product(const double* a, const double* b, Index n) {
    double sum = 0;
    for (Index t = 0; t < n; ++t) sum += a[t] * b[t];
    return sum;
}

/// Rows of `vectors`, (count, n), made orthonormal (Gram and Schmidt, twice, the longest rest first); those that depend
/// on others are left out. Returns how many there are.
Index orthonormalize(std::vector<double>& vectors, Index count, Index n) {
    const auto row = [&](Index i) { return vectors.data() + i * n; };
    double longest = 0;
    for (Index i = 0; i < count; ++i) {
        Index next = i;
        double most = -1;
        for (Index k = i; k < count; ++k) {
            const double square = product(row(k), row(k), n);
            if (square > most) most = square, next = k;
        }
        longest = std::max(longest, most);
        if (!(most > 1e-12 * longest)) return i;
        std::swap_ranges(row(i), row(i) + n, row(next));
        const double factor = 1 / std::sqrt(most);
        for (Index t = 0; t < n; ++t) row(i)[t] *= factor;
        for (int again = 0; again < 2; ++again)
            for (Index k = i + 1; k < count; ++k) {
                const double part = product(row(i), row(k), n);
                for (Index t = 0; t < n; ++t) row(k)[t] -= part * row(i)[t];
            }
    }
    return count;
}

float rounded_up(double value) { return static_cast<float>(value * 1.000001); }

}  // namespace

std::size_t Sketch::bytes(Index pixels, Index n, Index clusters) {
    return static_cast<std::size_t>(pixels * (clusters + 1) + n * (clusters + 1)) * sizeof(float) +
           static_cast<std::size_t>(2 * n * clusters) * sizeof(double);
}

Sketch::Sketch(Index pixels, Index n, Index clusters)
    : n_(n), clusters_(clusters), kept_(static_cast<std::size_t>(pixels * (clusters + 1))) {}

void Sketch::choose(std::span<const double> centroids) {
    origin_ = mean_of(centroids, n_, clusters_);
    std::vector<double> vectors(centroids.begin(), centroids.end());
    for (std::size_t i = 0; i < vectors.size(); ++i)
        vectors[i] -= static_cast<double>(origin_[i % static_cast<std::size_t>(n_)]);
    // They sum to 0: one less than there are centroids.
    rank_ = std::min(orthonormalize(vectors, clusters_, n_), clusters_ - 1);
    directions_.resize(static_cast<std::size_t>(n_ * rank_));
    for (Index j = 0; j < rank_; ++j)
        for (Index t = 0; t < n_; ++t) {
            auto& value = vectors[static_cast<std::size_t>(j * n_ + t)];
            const auto single = static_cast<float>(value);
            directions_[static_cast<std::size_t>(t * rank_ + j)] = single;
            value = static_cast<double>(single);
        }
    double skew = 0;
    for (Index i = 0; i < rank_; ++i) {
        double sum = 0;
        for (Index j = 0; j < rank_; ++j)
            sum += std::abs(product(vectors.data() + i * n_, vectors.data() + j * n_, n_) - (i == j));
        skew = std::max(skew, sum);
    }
    const double of_products = Nearest::product_error(n_) * std::sqrt(static_cast<double>(rank_));
    aim_.error =
        of_products < 0.01 && skew < 0.01 ? 1.1 * (of_products + skew) : std::numeric_limits<double>::infinity();
}

template <class T>
void Sketch::take(const Columns<T>& series, const Index* numbers, std::byte* scratch) {
    constexpr Index width = Nearest::most_columns;
    auto* y = reinterpret_cast<float*>(scratch);
    float* products = y + Nearest::group * Nearest::strip;
    loops<T>().products(series, n_, origin_.data(), directions_.data(), rank_, products, y);
    for (Index w = 0; w < series.width; ++w) {
        float* kept = kept_.data() + numbers[w] * stride();
        double along = 0;
        for (Index j = 0; j < rank_; ++j) {
            kept[j] = products[j * width + w];
            along += static_cast<double>(kept[j]) * static_cast<double>(kept[j]);
        }
        const double square = Nearest::largest_square(products[rank_ * width + w], n_);
        kept[rank_] = rounded_up(std::sqrt(square));
        kept[rank_ + 1] = rounded_up(std::sqrt(std::max(square * (1 + 2 * aim_.error) - along, 0.0)));
    }
}

void Sketch::aim(std::span<const double> centroids) {
    const auto clusters = static_cast<std::size_t>(clusters_), rank = static_cast<std::size_t>(rank_);
    aim_.coordinates.assign(clusters * rank, 0.0);
    for (auto* lengths : {&aim_.squares, &aim_.along, &aim_.aside}) lengths->assign(clusters, 0.0);
    std::vector<double> rest(static_cast<std::size_t>(n_));
    for (std::size_t k = 0; k < clusters; ++k) {
        double* coordinates = aim_.coordinates.data() + k * rank;
        for (std::size_t t = 0; t < rest.size(); ++t) {
            rest[t] = centroids[k * rest.size() + t] - static_cast<double>(origin_[t]);
            for (std::size_t j = 0; j < rank; ++j)
                coordinates[j] += rest[t] * static_cast<double>(directions_[t * rank + j]);
        }
        aim_.squares[k] = product(rest.data(), rest.data(), n_);
        for (std::size_t t = 0; t < rest.size(); ++t)
            for (std::size_t j = 0; j < rank; ++j)
                rest[t] -= coordinates[j] * static_cast<double>(directions_[t * rank + j]);
        aim_.along[k] = std::sqrt(product(coordinates, coordinates, rank_)) * 1.000001;
        aim_.aside[k] = std::sqrt(product(rest.data(), rest.data(), n_)) * 1.000001 + 1e-9 * std::sqrt(aim_.squares[k]);
    }
    aim_.largest = *std::max_element(aim_.squares.begin(), aim_.squares.end());
    aim_.n = n_, aim_.clusters = clusters_, aim_.rank = rank_;
}

void Sketch::labels(std::span<const Index> numbers, std::int32_t* label) const {
    constexpr Index width = Nearest::most_columns;
    alignas(64) float sketches[(most_clusters + 1) * width];
    std::int32_t found[width];
    std::fill_n(sketches, (rank_ + 2) * width, 0.0f);
    for (std::size_t w = 0; w < numbers.size(); ++w) {
        const float* kept = kept_.data() + numbers[w] * stride();
        for (Index j = 0; j < rank_ + 2; ++j) sketches[j * width + static_cast<Index>(w)] = kept[j];
    }
    loops<float>().labels(sketches, aim_, found);
    std::copy_n(found, numbers.size(), label);
}

bool Sketch::is_stale(std::span<const std::int32_t> labels) const {
    constexpr Index looks = 4096, tolerable = 24;  // a look at one series in a block costs as much as some ten of all
    const auto pixels = static_cast<Index>(labels.size());
    Index doubts = 0, seen = 0;
    std::vector<Index> numbers;
    const auto look = [&] {
        std::int32_t found[Nearest::most_columns];
        this->labels(numbers, found);
        doubts += std::count(found, found + numbers.size(), -1);
        seen += static_cast<Index>(numbers.size());
        numbers.clear();
    };
    for (Index p = 0; p < pixels; p += ceil_div(pixels, looks)) {
        if (labels[static_cast<std::size_t>(p)] >= 0) numbers.push_back(p);
        if (numbers.size() == Nearest::most_columns) look();
    }
    look();
    return doubts * tolerable > seen;
}

#define LEVIN_INSTANTIATE(T) template void Sketch::take(const Columns<T>&, const Index*, std::byte*);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
