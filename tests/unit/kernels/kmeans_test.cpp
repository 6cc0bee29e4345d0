#include "levin/kernels/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/kernels/kmeans_sketch.hpp"
#include "levin/kernels/random.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

/// Series (n, pixels) in memory, brought in blocks of any width by several threads, last block first. Behind each row
/// of a block lies what is not its own.
template <class T>
class TestBlocks final : public SeriesBlocks<T> {
  public:
    TestBlocks(std::vector<T> series, Index n, Index width = 1 << 20, int threads = 1)
        : series_(std::move(series)), n_(n), width_(width), threads_(threads) {}
    Index samples() const override { return n_; }
    Index pixels() const override { return static_cast<Index>(series_.size()) / n_; }
    int threads() const override { return threads_; }
    void for_each(const std::function<void(const SeriesBlock<T>&)>& visit) const override {
        std::vector<std::thread> team;
        for (int thread = 0; thread < threads_; ++thread)
            team.emplace_back([&, thread] {
                for (Index b = ceil_div(pixels(), width_) - 1 - thread; b >= 0; b -= threads_) {
                    const Index first = b * width_, count = std::min(width_, pixels() - first);
                    const Index pitch = count + 3;
                    std::vector<T> block(static_cast<std::size_t>(n_ * pitch), std::numeric_limits<T>::max());
                    std::vector<Index> numbers;
                    for (Index p = 0; p < count; ++p) {
                        numbers.push_back(first + p);
                        for (Index t = 0; t < n_; ++t)
                            block[static_cast<std::size_t>(t * pitch + p)] =
                                series_[static_cast<std::size_t>(t * pixels() + first + p)];
                    }
                    visit({block.data(), count, pitch, numbers.data(), thread});
                }
            });
        for (std::thread& thread : team) thread.join();
    }

  private:
    std::vector<T> series_;
    Index n_, width_;
    int threads_;
};

struct Outcome {
    KMeansResult result;
    std::vector<std::int32_t> labels;
    std::vector<float> distance;
};

template <class T>
Outcome cluster(const SeriesBlocks<T>& data, const KMeansOptions& options, const std::vector<double>& init = {}) {
    const auto pixels = static_cast<std::size_t>(data.pixels());
    Outcome outcome{{}, std::vector<std::int32_t>(pixels), std::vector<float>(pixels)};
    outcome.result = kmeans(data, options, init, outcome.labels, outcome.distance);
    return outcome;
}

KMeansOptions clusters_of(Index clusters, KMeansInit init = KMeansInit::kmeans_plus_plus) {
    KMeansOptions options;
    options.clusters = clusters;
    options.init = init;
    options.seed = 1;
    return options;
}

/// `pixels` series around `groups` different waves.
std::vector<double> waves(Index n, Index pixels, Index groups, double noise) {
    const Random random(9);
    std::vector<double> values;
    for (Index t = 0; t < n; ++t)
        for (Index p = 0; p < pixels; ++p) {
            const auto x = static_cast<double>(t * (1 + p % groups)) / static_cast<double>(n);
            const double e = random.normal_pair(static_cast<std::uint64_t>(t * pixels + p))[0];
            values.push_back(static_cast<float>(20 + 3 * std::sin(6.28 * x) + noise * e));
        }
    return values;
}

/// The series of some pixels as centroids (k, n).
std::vector<double> rows_of(const std::vector<double>& series, Index n, const std::vector<Index>& pixels) {
    std::vector<double> rows;
    const Index count = static_cast<Index>(series.size()) / n;
    for (const Index p : pixels)
        for (Index t = 0; t < n; ++t) rows.push_back(series[static_cast<std::size_t>(t * count + p)]);
    return rows;
}

void compare_with_sklearn(const std::vector<double>& series, Index n, const std::vector<Index>& pixels, double tol,
                          Index max_iter) {
    std::string code = "kmeans(a, a.T[[";
    for (const Index p : pixels) code += std::to_string(p) + ",";
    code += "]], " + std::to_string(max_iter) + ", " + std::to_string(tol) + ")";
    const auto reference = python("kmeans", "sklearn", {code}, series, n);
    if (reference.empty()) return;
    KMeansOptions options = clusters_of(static_cast<Index>(pixels.size()), KMeansInit::given);
    options.tol = tol;
    options.max_iter = max_iter;
    const auto init = rows_of(series, n, pixels);
    std::vector<Outcome> outcomes{cluster(TestBlocks<float>(as<float>(series), n), options, init),
                                  cluster(TestBlocks<double>(series, n), options, init)};
    const auto add_if_exact = [&]<class T>(T) {
        const auto exact = [](double x) {
            return x >= std::numeric_limits<T>::min() && x <= std::numeric_limits<T>::max() && x == std::floor(x);
        };
        if (std::all_of(series.begin(), series.end(), exact))
            outcomes.push_back(cluster(TestBlocks<T>(as<T>(series), n), options, init));
    };
    add_if_exact(std::uint8_t{});
    add_if_exact(std::uint16_t{});
    add_if_exact(std::int16_t{});
    for (const Outcome& ours : outcomes) {
        const std::size_t count = ours.labels.size();
        std::size_t different = 0;
        for (std::size_t p = 0; p < count; ++p) different += ours.labels[p] != static_cast<int>(reference[0][p]);
        CHECK(different == 0);
        CHECK(ours.result.inertia == Approx(reference[0][count]).epsilon(1e-6));
        CHECK(static_cast<double>(ours.result.iterations) == reference[0][count + 1]);
        const std::vector<double> centroids(reference[0].begin() + static_cast<std::ptrdiff_t>(count) + 2,
                                            reference[0].end());
        CHECK(difference(ours.result.centroids, centroids) < 1e-8);
    }
}

}  // namespace

TEST_CASE("kmeans: labels, inertia and iterations equal scikit-learn's from the same centroids") {
    const auto overlapping = waves(40, 2000, 4, 3);
    compare_with_sklearn(overlapping, 40, {0, 1, 2, 3, 4}, 1e-4, 300);
    compare_with_sklearn(overlapping, 40, {10, 11, 12, 13, 14, 15, 16, 17, 18}, 0, 300);
    compare_with_sklearn(overlapping, 40, {0, 4, 8}, 1e-4, 3);
    compare_with_sklearn(waves(240, 500, 5, 0.5), 240, {0, 5, 10, 15, 20, 1, 2}, 1e-4, 300);
    compare_with_sklearn(overlapping, 40, {7}, 1e-4, 300);
}

TEST_CASE("kmeans: labels equal scikit-learn's on counts, read as integers") {
    auto counts = waves(90, 700, 5, 4);
    for (double& x : counts) x = std::round(200 * x);
    compare_with_sklearn(counts, 90, {0, 1, 2, 3, 4, 5, 6}, 1e-4, 300);
    for (double& x : counts) x -= 4000;  // of either sign
    compare_with_sklearn(counts, 90, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0, 20);
}

TEST_CASE("kmeans: a sketch of the series changes nothing, to the bit") {
    constexpr Index n = 120, pixels = 1500;
    auto series = as<float>(waves(n, pixels, 6, 6));
    for (const Index p : {3, 700, 1499}) series[static_cast<std::size_t>(7 * pixels + p)] = NAN;
    REQUIRE(clustering::Sketch::worthwhile(pixels, n, 7));
    for (const SeriesScale scale : {SeriesScale::none, SeriesScale::zscore})
        for (const Index iterations : {1, 2, 5, 100}) {
            KMeansOptions options = clusters_of(7, KMeansInit::random);
            options.scale = scale;
            options.tol = 0;
            options.max_iter = iterations;
            const Outcome with = cluster(TestBlocks<float>(series, n, 300, 2), options);
            options.sketch = false;
            const Outcome without = cluster(TestBlocks<float>(series, n), options);
            CHECK(with.labels == without.labels);
            CHECK(same_bits(with.distance, without.distance));
            CHECK(same_bits(with.result.centroids, without.result.centroids));
            CHECK(with.result.iterations == without.result.iterations);
        }
}

TEST_CASE("kmeans: integers give to the bit what the same numbers in float32 give") {
    auto counts = waves(30, 1000, 4, 2);
    for (double& x : counts) x = std::clamp(std::round(x), 0.0, 255.0);
    for (const SeriesScale scale : {SeriesScale::none, SeriesScale::center, SeriesScale::zscore}) {
        KMeansOptions options = clusters_of(6);
        options.scale = scale;
        const Outcome expected = cluster(TestBlocks<float>(as<float>(counts), 30), options);
        const auto check = [&]<class T>(T) {
            const Outcome found = cluster(TestBlocks<T>(as<T>(counts), 30, 77, 2), options);
            CHECK(found.labels == expected.labels);
            CHECK(same_bits(found.distance, expected.distance));
            CHECK(same_bits(found.result.centroids, expected.result.centroids));
            CHECK(found.result.iterations == expected.result.iterations);
        };
        check(std::uint8_t{});
        check(std::uint16_t{});
        check(std::int16_t{});
    }
}

TEST_CASE("kmeans: labels equal scikit-learn's on the zebrafish recording") {
    std::ifstream file(std::string(LEVIN_SHARED_DATA) + "/fish_series.bin", std::ios::binary);
    if (!file) {
        std::printf("skipped: kmeans: no shared data\n");
        return;
    }
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::size_t pixels = bytes.size() / 246;
    std::vector<double> series(240 * pixels);
    for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t t = 0; t < 240; ++t)
            series[t * pixels + p] = static_cast<unsigned char>(bytes[p * 246 + 6 + t]);
    compare_with_sklearn(series, 240, {0, 3000, 6000, 9000, 12000}, 1e-4, 300);
}

TEST_CASE("kmeans: an empty cluster takes the farthest pixel, as scikit-learn's") {
    auto series = waves(20, 300, 3, 0.5);
    for (Index t = 0; t < 20; ++t) series[static_cast<std::size_t>(t * 300 + 123)] = static_cast<double>(120 + t);
    // Two equal centroids: the second is empty after the first assignment.
    compare_with_sklearn(series, 20, {5, 5, 7}, 1e-4, 300);
}

TEST_CASE("kmeans: the result does not depend on blocks, threads and neighbours, to the bit") {
    const auto series = as<float>(waves(30, 1000, 4, 2));
    for (const SeriesScale scale : {SeriesScale::none, SeriesScale::zscore})
        for (const Index sample : {0, 100}) {
            KMeansOptions options = clusters_of(6);
            options.scale = scale;
            options.sample = sample;
            const Outcome one = cluster(TestBlocks<float>(series, 30), options);
            for (const Index width : {1, 7, 16, 333})
                for (const int threads : {1, 3}) {
                    const Outcome other = cluster(TestBlocks<float>(series, 30, width, threads), options);
                    CHECK(other.labels == one.labels);
                    CHECK(same_bits(other.distance, one.distance));
                    CHECK(same_bits(other.result.centroids, one.result.centroids));
                    CHECK(other.result.inertia == one.result.inertia);
                    CHECK(other.result.iterations == one.result.iterations);
                }
        }
}

TEST_CASE("kmeans: every seeding finds well separated groups") {
    const auto series = as<float>(waves(60, 400, 4, 0.2));
    for (const Index sample : {0, 50}) {
        KMeansOptions options = clusters_of(4);
        options.sample = sample;
        for (options.seed = 0; options.seed < 10; ++options.seed) {
            const Outcome outcome = cluster(TestBlocks<float>(series, 60), options);
            CHECK(outcome.result.converged);
            CHECK(outcome.result.sizes == std::vector<Index>(4, 100));
            for (std::size_t p = 4; p < 400; ++p) CHECK(outcome.labels[p] == outcome.labels[p % 4]);
        }
    }
    CHECK(cluster(TestBlocks<float>(series, 60), clusters_of(4, KMeansInit::random)).result.valid == 400);
}

TEST_CASE("kmeans: distance is to the own centroid, inertia the sum of its squares, and predict repeats both") {
    const auto series = as<float>(waves(30, 100, 4, 2));
    const TestBlocks<float> data(series, 30);
    const Outcome outcome = cluster(data, clusters_of(5));
    double inertia = 0;
    for (std::size_t p = 0; p < 100; ++p) {
        double nearest = HUGE_VAL;
        for (std::size_t k = 0; k < 5; ++k) {
            double sum = 0;
            for (std::size_t t = 0; t < 30; ++t) {
                const double d = static_cast<double>(series[t * 100 + p]) - outcome.result.centroids[k * 30 + t];
                sum += d * d;
            }
            nearest = std::min(nearest, sum);
        }
        CHECK(outcome.distance[p] == Approx(std::sqrt(nearest)));
        inertia += nearest;
    }
    CHECK(outcome.result.inertia == Approx(inertia));
    std::vector<std::int32_t> labels(100);
    std::vector<float> distance(100);
    const auto predicted = kmeans_predict(data, SeriesScale::none, 5, outcome.result.centroids, labels, distance);
    CHECK(labels == outcome.labels);
    CHECK(same_bits(distance, outcome.distance));
    CHECK(predicted.inertia == outcome.result.inertia);
}

TEST_CASE("kmeans: a series with NaN or an infinity has label -1 and changes nothing else") {
    const auto series = as<float>(waves(30, 60, 3, 1));
    auto holed = series;
    holed[5 * 60 + 17] = std::numeric_limits<float>::quiet_NaN();
    holed[59] = std::numeric_limits<float>::infinity();
    auto without = columns(series, 60, 0, 17), rest = columns(series, 60, 18, 41);
    std::vector<float> joined;
    for (std::size_t t = 0; t < 30; ++t) {
        joined.insert(joined.end(), without.begin() + static_cast<std::ptrdiff_t>(t) * 17,
                      without.begin() + static_cast<std::ptrdiff_t>(t + 1) * 17);
        joined.insert(joined.end(), rest.begin() + static_cast<std::ptrdiff_t>(t) * 41,
                      rest.begin() + static_cast<std::ptrdiff_t>(t + 1) * 41);
    }
    const auto init = rows_of({series.begin(), series.end()}, 30, {0, 1, 2});
    const KMeansOptions options = clusters_of(3, KMeansInit::given);
    const Outcome a = cluster(TestBlocks<float>(holed, 30), options, init);
    const Outcome b = cluster(TestBlocks<float>(joined, 30), options, init);
    CHECK(a.labels[17] == -1);
    CHECK(a.labels[59] == -1);
    CHECK(std::isnan(a.distance[17]));
    CHECK(a.result.valid == 58);
    CHECK(same_bits(a.result.centroids, b.result.centroids));
    CHECK(a.result.inertia == b.result.inertia);
}

TEST_CASE("kmeans: zscore of a constant series is 0") {
    std::vector<float> series;
    for (int t = 0; t < 8; ++t) series.insert(series.end(), {0.1F, static_cast<float>(t), static_cast<float>(2 * t)});
    KMeansOptions options = clusters_of(2);
    options.scale = SeriesScale::zscore;
    const Outcome outcome = cluster(TestBlocks<float>(series, 8), options);
    CHECK(outcome.labels[1] == outcome.labels[2]);
    CHECK(outcome.labels[0] != outcome.labels[1]);
    CHECK(outcome.distance[0] == 0);
}

TEST_CASE("kmeans: equal series and ties are settled by the lowest label") {
    const Outcome outcome = cluster(TestBlocks<float>(std::vector<float>(5 * 40, 3), 5), clusters_of(3));
    CHECK(outcome.labels == std::vector<std::int32_t>(40, 0));
    CHECK(outcome.result.inertia == 0);
}

TEST_CASE("kmeans: requests that cannot be met are refused") {
    const TestBlocks<float> data(std::vector<float>(5 * 4, 1), 5);
    CHECK_THROWS_AS(cluster(data, clusters_of(5)), Error);
    CHECK_THROWS_AS(cluster(data, clusters_of(0)), UsageError);
    CHECK_THROWS_AS(cluster(data, clusters_of(2, KMeansInit::given), {1, 2, 3}), UsageError);
    CHECK_THROWS_AS(cluster(TestBlocks<float>(std::vector<float>(20, 1e31F), 5), clusters_of(2)), Error);
    KMeansOptions options = clusters_of(2);
    options.max_iter = 0;
    CHECK_THROWS_AS(cluster(data, options), UsageError);
    options = clusters_of(2);
    options.tol = -1;
    CHECK_THROWS_AS(cluster(data, options), UsageError);
    CHECK_THROWS_AS(parse_series_scale("unit"), UsageError);
}
