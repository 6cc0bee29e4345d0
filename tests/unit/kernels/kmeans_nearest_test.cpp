// The fast ways of k-means (float32 with a bound, blocks passed over, sums that follow changes) against plain loops.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "catch.hpp"
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/kmeans_sketch.hpp"

using namespace levin;
using namespace levin::kernels;
using clustering::Nearest;
using clustering::Sketch;

namespace {

/// Labels by distances in double summed in the order of time; ties to the lowest.
template <class T>
std::vector<std::int32_t> plain_labels(const std::vector<T>& series, const std::vector<double>& centroids, Index n,
                                       Index pixels, Index clusters) {
    std::vector<std::int32_t> labels;
    for (Index p = 0; p < pixels; ++p) {
        double best = std::numeric_limits<double>::infinity();
        std::int32_t label = 0;
        for (Index k = 0; k < clusters; ++k) {
            double sum = 0;
            for (Index t = 0; t < n; ++t) {
                const double d = static_cast<double>(series[static_cast<std::size_t>(t * pixels + p)]) -
                                 centroids[static_cast<std::size_t>(k * n + t)];
                sum += d * d;
            }
            if (sum < best) best = sum, label = static_cast<std::int32_t>(k);
        }
        labels.push_back(label);
    }
    return labels;
}

template <class T>
void agrees_with_plain(const std::vector<T>& series, const std::vector<double>& centroids, Index n, Index clusters) {
    const auto pixels = static_cast<Index>(series.size()) / n;
    const auto expected = plain_labels(series, centroids, n, pixels, clusters);
    const Nearest nearest(centroids, n, clusters);
    Buffer scratch(Nearest::scratch_bytes(clusters));
    std::vector<std::int32_t> found(static_cast<std::size_t>(pixels));
    std::vector<float> slack(found.size());
    for (Index first = 0; first < pixels; first += Nearest::most_columns)
        nearest(clustering::Columns<T>{series.data() + first, pixels, std::min(Nearest::most_columns, pixels - first)},
                found.data() + first, slack.data() + first, scratch.data());
    CHECK(found == expected);
}

/// Series about `level`, the centroids close to one another and some of them equal.
template <class T>
void agrees_at(double level, double noise, double apart, Index clusters = 13) {
    constexpr Index n = 103, pixels = 300;
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    std::vector<double> centroids;
    for (Index i = 0; i < clusters * n; ++i) centroids.push_back(level + apart * normal(random));
    if (clusters > 7) std::copy_n(centroids.begin() + 2 * n, n, centroids.begin() + 7 * n);
    const auto least = static_cast<double>(std::numeric_limits<T>::lowest());
    const auto most = static_cast<double>(std::numeric_limits<T>::max());
    std::vector<T> series;
    for (Index i = 0; i < n * pixels; ++i)
        series.push_back(static_cast<T>(std::clamp(std::round(level + noise * normal(random)), least, most)));
    agrees_with_plain(series, centroids, n, clusters);
}

/// A sketch taken for some centroids, asked about others `moved` from them: how many labels of `pixels` it tells, all
/// of them those of plain sums.
template <class T>
Index told_by_sketch(double level, double noise, double apart, double moved, Index clusters = 9) {
    constexpr Index n = 160, pixels = 700;
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    std::vector<double> centroids, later;
    for (Index i = 0; i < clusters * n; ++i) {
        centroids.push_back(level + apart * normal(random));
        later.push_back(centroids.back() + moved * normal(random));
    }
    std::vector<T> series;
    for (Index t = 0; t < n; ++t)
        for (Index p = 0; p < pixels; ++p)
            series.push_back(
                static_cast<T>(centroids[static_cast<std::size_t>(p % clusters * n + t)] + noise * normal(random)));
    Sketch sketch(pixels, n, clusters);
    Buffer scratch(Nearest::scratch_bytes(clusters));
    std::vector<Index> numbers(pixels);
    std::iota(numbers.begin(), numbers.end(), Index{0});
    sketch.choose(centroids);
    for (Index first = 0; first < pixels; first += Nearest::most_columns)
        sketch.take(
            clustering::Columns<T>{series.data() + first, pixels, std::min(Nearest::most_columns, pixels - first)},
            numbers.data() + first, scratch.data());
    Index told = 0, wrong = 0;
    for (const auto& asked : {centroids, later}) {
        sketch.aim(asked);
        const auto expected = plain_labels(series, asked, n, pixels, clusters);
        told = 0;
        for (std::size_t p = 0; p < numbers.size(); ++p) {
            std::int32_t label = 0;
            sketch.labels({numbers.data() + p, 1}, &label);
            told += label >= 0;
            wrong += label >= 0 && label != expected[p];
        }
    }
    CHECK(wrong == 0);
    return told;
}

}  // namespace

TEST_CASE("sketch: what it tells of a series is what a look at it tells") {
    CHECK(told_by_sketch<float>(0, 1, 1, 0.01) > 600);
    CHECK(told_by_sketch<std::uint16_t>(1000, 32, 20, 0.1) > 600);
    CHECK(told_by_sketch<std::uint8_t>(100, 10, 5, 0.01) > 600);
    CHECK(told_by_sketch<std::int16_t>(-3000, 100, 100, 1) > 600);
    CHECK(told_by_sketch<double>(1e6, 10, 10, 0.01) > 600);
    CHECK(told_by_sketch<float>(1000, 32, 0.01, 10) < 100);
    told_by_sketch<float>(1000, 32, 1, 1);
    told_by_sketch<float>(1000, 32, 0.3, 0.1);
    told_by_sketch<float>(1000, 1, 1e-6, 1e-6);
    told_by_sketch<float>(1e6, 1000, 0, 1e-3);  // all centroids equal
    told_by_sketch<float>(1e30, 1e28, 1e28, 1e26);
    told_by_sketch<float>(0, 1e-30, 1e-30, 1e-31);
    told_by_sketch<float>(0, 1e-23, 1e-8, 1e-9);
    for (const Index clusters : {2, 3, 10}) told_by_sketch<std::uint16_t>(1000, 32, 3, 0.5, clusters);
}

TEST_CASE("nearest centroid: float32 with a bound gives the labels of plain sums in double") {
    agrees_at<float>(0, 1, 1);
    agrees_at<float>(1000, 32, 1);
    agrees_at<float>(1000, 1, 1e-6);  // float32 alone cannot tell
    agrees_at<double>(1e6, 1, 1e-4);
    agrees_at<float>(1e6, 1000, 0);      // all centroids equal
    agrees_at<float>(1e30, 1e28, 1e28);  // squares overflow float32
    agrees_at<double>(0, 1e-30, 1e-30);  // and underflow: the series are 0
}

TEST_CASE("nearest centroid: integers are read as they are") {
    agrees_at<std::uint8_t>(100, 10, 1);
    agrees_at<std::uint8_t>(100, 1000, 1);  // 0 and 255 nearly everywhere
    agrees_at<std::uint16_t>(1000, 32, 1);
    agrees_at<std::uint16_t>(1000, 1e6, 1e-3);
    agrees_at<std::int16_t>(-300, 30, 1e-5);
    agrees_at<std::int16_t>(0, 1e6, 1e4);
}

TEST_CASE("nearest centroid: any number of clusters") {
    for (Index clusters = 1; clusters <= 32; ++clusters) agrees_at<std::uint16_t>(1000, 32, 1, clusters);
}

TEST_CASE("nearest centroid: exact ties go to the lowest label") {
    const std::vector<float> series{1, 1, 0, 2, 5, -3};  // (2, 3)
    agrees_with_plain(series, {0, 2, 2, 2, 1, 2}, 2, 3);
}

TEST_CASE("k-means: blocks that were passed over have the labels that a look at them gives") {
    constexpr Index n = 40, pixels = 5000, clusters = 6;
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> series;
    for (Index t = 0; t < n; ++t)  // pixels of a group side by side: whole blocks come to rest early
        for (Index p = 0; p < pixels; ++p)
            series.push_back(static_cast<float>((p / 700 * (t + 3)) % 11) +
                             (p % 700 < 350 ? 0.1f : 1.5f) * normal(random));
    const SeriesInMemory<float> blocks(series, n);
    std::vector<std::int32_t> labels(pixels), again(pixels);
    std::vector<float> distance(pixels), distance_again(pixels);
    for (const Index iterations : {Index{2}, Index{3}, Index{7}, Index{100}}) {
        KMeansOptions options;
        options.clusters = clusters;
        options.init = KMeansInit::random;
        options.seed = 3;
        options.max_iter = iterations;
        options.tol = 0;
        const auto result = kmeans<float>(blocks, options, {}, labels, distance);
        kmeans_predict<float>(blocks, SeriesScale::none, clusters, result.centroids, again, distance_again);
        CHECK(labels == again);
        CHECK(distance == distance_again);
        CHECK(labels == plain_labels(series, result.centroids, n, pixels, clusters));
        std::vector<double> sums(static_cast<std::size_t>(n * clusters));
        for (Index t = 0; t < n && result.converged; ++t)  // sums that followed the changes
            for (Index p = 0; p < pixels; ++p)
                sums[static_cast<std::size_t>(labels[static_cast<std::size_t>(p)] * n + t)] +=
                    static_cast<double>(series[static_cast<std::size_t>(t * pixels + p)]);
        for (std::size_t i = 0; i < sums.size() && result.converged; ++i)
            CHECK(std::abs(result.centroids[i] - sums[i] / static_cast<double>(result.sizes[i / n])) < 1e-9);
    }
}
