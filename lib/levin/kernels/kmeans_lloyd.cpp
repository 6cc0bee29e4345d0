#include "levin/kernels/kmeans_lloyd.hpp"

#include <functional>

namespace levin::kernels::clustering {
namespace {

template <class T>
void add_to(std::vector<T>& sums, const std::vector<T>& others) {
    std::transform(sums.begin(), sums.end(), others.begin(), sums.begin(), std::plus<>());
}

/// Variance of `count` integers from their exact sums.
double variance(std::int64_t sum, Int128 squares, Index count) {
    const Int128 centre = sum / count;  // an integer near the mean: the squares about it are exact, too
    const Int128 about = squares - centre * (2 * static_cast<Int128>(sum) - centre * count);
    const double rest =
        static_cast<double>(sum - static_cast<std::int64_t>(centre) * count) / static_cast<double>(count);
    return static_cast<double>(about) / static_cast<double>(count) - rest * rest;
}

/// Makes clusters of one pixel out of the empty ones; returns whether any pixel moved.
bool relocate(Sums& sums, const FixedPoint& fixed, const Lloyd::Farthest& farthest, const Lloyd::SeriesOf& series_of) {
    const std::size_t clusters = sums.counts.size(), n = sums.values.size() / clusters;
    std::vector<std::size_t> empty;
    for (std::size_t k = 0; k < clusters; ++k)
        if (sums.counts[k] == 0) empty.push_back(k);
    if (empty.empty()) return false;
    const std::vector<FarPixel> moved = farthest(static_cast<Index>(empty.size()));
    std::vector<Index> numbers;
    for (const FarPixel& pixel : moved) numbers.push_back(pixel.number);
    const std::vector<double> series = series_of(numbers);
    for (std::size_t i = 0; i < moved.size(); ++i) {
        const auto from = static_cast<std::size_t>(moved[i].label);
        for (std::size_t t = 0; t < n; ++t) {
            const std::int64_t value = fixed(series[i * n + t]);
            sums.values[t * clusters + from] -= value;
            sums.values[t * clusters + empty[i]] = value;
        }
        --sums.counts[from];
        sums.counts[empty[i]] = 1;
    }
    return !moved.empty();
}

double squared_movement(const std::vector<double>& from, const std::vector<double>& to) {
    double sum = 0;
    for (std::size_t i = 0; i < from.size(); ++i) sum += (to[i] - from[i]) * (to[i] - from[i]);
    return sum;
}

}  // namespace

void Survey::add(const Survey& other) {
    valid += other.valid;
    largest = std::max(largest, other.largest);
}

void Moments::add(const Moments& other) {
    add_to(sums, other.sums);
    add_to(squares, other.squares);
}

double Moments::mean_variance(const Survey& all) const {
    double total = 0;
    for (std::size_t t = 0; t < sums.size(); ++t) total += variance(sums[t], squares[t], all.valid);
    const double scale = of(all).scale();
    return total / static_cast<double>(sums.size()) / scale / scale;
}

void Sums::add(const Sums& other) {
    changed += other.changed;
    add_to(counts, other.counts);
    add_to(values, other.values);
}

void Lloyd::update(Sums sums, const FixedPoint& fixed, const Farthest& farthest, const SeriesOf& series_of) {
    ++iterations;
    const bool relocated = relocate(sums, fixed, farthest, series_of);
    const std::size_t clusters = sums.counts.size(), n = sums.values.size() / clusters;
    std::vector<double> next = centroids;
    for (std::size_t k = 0; k < clusters; ++k)
        for (std::size_t t = 0; t < n && sums.counts[k] > 0; ++t)
            next[k * n + t] = static_cast<double>(sums.values[t * clusters + k]) /
                              (static_cast<double>(sums.counts[k]) * fixed.scale());
    const bool same_labels = sums.changed == 0 && iterations > 1;
    settled = same_labels && !relocated;
    converged = same_labels || squared_movement(centroids, next) <= tolerance;
    centroids = std::move(next);
}

}  // namespace levin::kernels::clustering
