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
    error_ = of_products < 0.01 && skew < 0.01 ? 1.1 * (of_products + skew) : std::numeric_limits<double>::infinity();
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
        kept[rank_ + 1] = rounded_up(std::sqrt(std::max(square * (1 + 2 * error_) - along, 0.0)));
    }
}

void Sketch::aim(std::span<const double> centroids) {
    coordinates_.assign(static_cast<std::size_t>(rank_ * clusters_), 0.0);
    for (auto* lengths : {&squares_, &along_, &aside_}) lengths->assign(static_cast<std::size_t>(clusters_), 0.0);
    std::vector<double> coordinates(static_cast<std::size_t>(rank_));
    for (Index k = 0; k < clusters_; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const double* centre = centroids.data() + k * n_;
        std::fill(coordinates.begin(), coordinates.end(), 0.0);
        for (Index t = 0; t < n_; ++t) {
            const double c = centre[t] - static_cast<double>(origin_[static_cast<std::size_t>(t)]);
            squares_[at] += c * c;
            const float* directions = directions_.data() + t * rank_;
            for (Index j = 0; j < rank_; ++j)
                coordinates[static_cast<std::size_t>(j)] += c * static_cast<double>(directions[j]);
        }
        double rest = 0;
        for (Index t = 0; t < n_; ++t) {
            double c = centre[t] - static_cast<double>(origin_[static_cast<std::size_t>(t)]);
            const float* directions = directions_.data() + t * rank_;
            for (Index j = 0; j < rank_; ++j)
                c -= coordinates[static_cast<std::size_t>(j)] * static_cast<double>(directions[j]);
            rest += c * c;
        }
        for (Index j = 0; j < rank_; ++j) {
            const double a = coordinates[static_cast<std::size_t>(j)];
            coordinates_[static_cast<std::size_t>(j * clusters_ + k)] = a;
            along_[at] += a * a;
        }
        along_[at] = std::sqrt(along_[at]) * 1.000001;
        aside_[at] = std::sqrt(rest) * 1.000001 + 1e-9 * std::sqrt(squares_[at]);
    }
    largest_ = *std::max_element(squares_.begin(), squares_.end());
}

std::int32_t Sketch::label(Index pixel) const {
    const float* kept = kept_.data() + pixel * stride();
    double score[most_clusters], least[most_clusters];
    std::copy_n(squares_.data(), clusters_, score);
    for (Index j = 0; j < rank_; ++j) {
        const double factor = -2 * static_cast<double>(kept[j]);
        const double* coordinates = coordinates_.data() + j * clusters_;
        for (Index k = 0; k < clusters_; ++k) score[k] += factor * coordinates[k];
    }
    const auto length = static_cast<double>(kept[rank_]), rest = static_cast<double>(kept[rank_ + 1]);
    const double along = 2 * error_ * length, aside = 2 * rest;
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (!(along < infinite && aside < infinite)) return -1;
    for (Index k = 0; k < clusters_; ++k)
        least[k] = score[k] - along * along_[static_cast<std::size_t>(k)] - aside * aside_[static_cast<std::size_t>(k)];
    const auto best = std::min_element(score, score + clusters_) - score;
    const double most = 2 * score[best] - least[best];
    least[best] = infinite;
    const double second = *std::min_element(least, least + clusters_);
    return second - most > Nearest::double_error(length * length + largest_, n_) ? static_cast<std::int32_t>(best) : -1;
}

bool Sketch::is_stale(std::span<const std::int32_t> labels) const {
    constexpr Index looks = 4096, tolerable = 24;  // a look at one series in a block costs as much as some ten of all
    const auto pixels = static_cast<Index>(labels.size());
    Index doubts = 0, seen = 0;
    for (Index p = 0; p < pixels; p += ceil_div(pixels, looks)) {
        if (labels[static_cast<std::size_t>(p)] < 0) continue;
        ++seen;
        doubts += label(p) < 0;
    }
    return doubts * tolerable > seen;
}

#define LEVIN_INSTANTIATE(T) template void Sketch::take(const Columns<T>&, const Index*, std::byte*);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels::clustering
