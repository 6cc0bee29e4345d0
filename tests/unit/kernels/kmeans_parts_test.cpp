// k-means in rounds over parts against k-means in one piece: the same to the bit.
#include "levin/kernels/kmeans_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin;
using namespace levin::kernels;

namespace {

constexpr Index n = 23, pixels = 5000;  // so many that the fixed point of all is not that of a part

/// Waves in noise about `level`, a few pixels to a group.
template <class T>
std::vector<T> waves(double level, double noise) {
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    std::vector<T> series;
    for (Index t = 0; t < n; ++t)
        for (Index p = 0; p < pixels; ++p)
            series.push_back(
                static_cast<T>(level * (1 + 0.2 * std::sin(0.3 * static_cast<double>(t * (1 + p / 40 % 5)))) +
                               noise * normal(random)));
    return series;
}

/// The pixels of each part, ascending: some interleaved, one of none, one of a few that lie far apart.
std::vector<std::vector<Index>> cut(Index parts) {
    std::vector<std::vector<Index>> owners(static_cast<std::size_t>(parts));
    for (Index p = 0; p < pixels; ++p) {
        const Index part = parts == 1 ? 0 : p % 97 == 0 ? parts - 1 : p / 64 % std::max<Index>(1, parts - 2);
        owners[static_cast<std::size_t>(part)].push_back(p);
    }
    return owners;
}

struct Outcome {
    KMeansResult result;
    std::vector<std::int32_t> labels = std::vector<std::int32_t>(pixels);
    std::vector<float> distance = std::vector<float>(pixels);
};

template <class T>
struct Share {
    std::vector<Index> numbers;
    std::vector<T> series;
    std::vector<std::int32_t> labels;
};

template <class T>
Outcome in_rounds(const std::vector<T>& series, const KMeansOptions& options, const std::vector<double>& init,
                  Index parts, Words state) {
    const SeriesInMemory<T> all(series, n);
    std::vector<Share<T>> shares;
    for (const std::vector<Index>& numbers : cut(parts)) {
        Share<T> share{numbers, {}, std::vector<std::int32_t>(numbers.size())};
        for (Index t = 0; t < n; ++t)
            for (const Index p : numbers) share.series.push_back(series[static_cast<std::size_t>(t * pixels + p)]);
        shares.push_back(share);
    }
    Outcome outcome;
    for (int round = 0; round < 400; ++round) {
        std::vector<Words> records;
        for (Share<T>& share : shares) {
            if (share.numbers.empty()) {  // whoever has nothing to look at says nothing
                records.emplace_back(static_cast<std::size_t>(kmeans_record_size(options, n, state)));
                continue;
            }
            std::vector<float> distance(share.numbers.size(), -1.0f);
            records.push_back(kmeans_part<T>(
                SeriesInMemory<T>(share.series, n), options, state,
                [&](Index i) { return share.numbers[static_cast<std::size_t>(i)]; }, share.labels, distance));
            CHECK(static_cast<Index>(records.back().size()) == kmeans_record_size(options, n, state));
            for (std::size_t i = 0; i < share.numbers.size(); ++i) {
                outcome.labels[static_cast<std::size_t>(share.numbers[i])] = share.labels[i];
                outcome.distance[static_cast<std::size_t>(share.numbers[i])] = distance[i];
            }
        }
        if (kmeans_state(state).task == KMeansTask::finish) {
            outcome.result = kmeans_result(options, state, outcome.labels, outcome.distance);
            return outcome;
        }
        std::vector<std::int32_t> labels = outcome.labels;
        std::vector<float> scratch(pixels);
        state = kmeans_merge<T>(
            all, options, state, static_cast<Index>(records.size()),
            [&](Index part) { return records[static_cast<std::size_t>(part)]; }, init, labels, scratch);
    }
    FAIL("it does not end");
    return outcome;
}

void check_same(const Outcome& found, const Outcome& expected) {
    CHECK(found.labels == expected.labels);
    for (std::size_t p = 0; p < found.distance.size(); ++p)
        if (!(found.distance[p] == expected.distance[p] ||
              (std::isnan(found.distance[p]) && std::isnan(expected.distance[p]))))
            FAIL("pixel " << p << ": distance " << found.distance[p] << ", expected " << expected.distance[p]);
    CHECK(found.result.centroids == expected.result.centroids);
    CHECK(found.result.sizes == expected.result.sizes);
    CHECK(found.result.inertia == expected.result.inertia);
    CHECK(found.result.iterations == expected.result.iterations);
    CHECK(found.result.converged == expected.result.converged);
    CHECK(found.result.valid == expected.result.valid);
}

template <class T>
KMeansResult same_in_parts(const std::vector<T>& series, const KMeansOptions& options,
                           const std::vector<double>& init = {}) {
    Outcome alone;
    alone.result = kmeans<T>(SeriesInMemory<T>(series, n), options, init, alone.labels, alone.distance);
    for (const Index parts : {1, 3, 7}) check_same(in_rounds(series, options, init, parts, {}), alone);
    return alone.result;
}

KMeansOptions options_of(KMeansInit init, double tol = 1e-4) {
    KMeansOptions options;
    options.clusters = 5;
    options.init = init;
    options.seed = 2;
    options.tol = tol;
    return options;
}

/// Series of some pixels as centroids; the last one far from everything.
std::vector<double> centroids_with_an_empty_one(const std::vector<float>& series) {
    std::vector<double> centroids;
    for (const Index p : {3, 50, 51, 400})
        for (Index t = 0; t < n; ++t)
            centroids.push_back(static_cast<double>(series[static_cast<std::size_t>(t * pixels + p)]));
    centroids.insert(centroids.end(), n, 1e6);
    return centroids;
}

}  // namespace

TEST_CASE("k-means in parts: every way to begin") {
    const auto series = waves<float>(100, 7);
    same_in_parts(series, options_of(KMeansInit::random));
    same_in_parts(series, options_of(KMeansInit::kmeans_plus_plus));
    KMeansOptions sampled = options_of(KMeansInit::kmeans_plus_plus);
    sampled.sample = 70;
    same_in_parts(series, sampled);
}

TEST_CASE("k-means in parts: missing data, scales and types") {
    auto series = waves<float>(100, 7);
    for (std::size_t i = 5; i < series.size(); i += 1013)
        series[i] = i % 2 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
    for (const auto scale : {SeriesScale::none, SeriesScale::center, SeriesScale::zscore}) {
        KMeansOptions options = options_of(KMeansInit::random);
        options.scale = scale;
        CHECK(same_in_parts(series, options).valid < pixels);
        same_in_parts(waves<std::uint16_t>(1000, 70), options);
        same_in_parts(waves<std::int16_t>(-1000, 70), options);
        same_in_parts(waves<std::uint8_t>(100, 7), options);
        same_in_parts(waves<double>(1e-3, 1e-4), options);
    }
}

TEST_CASE("k-means in parts: the ways to end") {
    const auto series = waves<float>(100, 30);
    KMeansOptions options = options_of(KMeansInit::random, 0);
    CHECK(same_in_parts(series, options).converged);
    for (const Index most : {1, 2, 3}) {
        options.max_iter = most;
        const KMeansResult result = same_in_parts(series, options);
        CHECK_FALSE(result.converged);
        CHECK(result.iterations == most);
    }
    const KMeansResult loose = same_in_parts(series, options_of(KMeansInit::random, 0.05));
    const KMeansResult strict = same_in_parts(series, options_of(KMeansInit::random, 0));
    CHECK(loose.converged);
    CHECK(loose.iterations < strict.iterations);
}

TEST_CASE("k-means in parts: empty clusters take the farthest pixels of all parts") {
    const auto series = waves<float>(100, 7);
    const auto init = centroids_with_an_empty_one(series);
    const KMeansResult result = same_in_parts(series, options_of(KMeansInit::given), init);
    CHECK(*std::min_element(result.sizes.begin(), result.sizes.end()) > 0);
    // All equal: nothing is far, so clusters stay empty.
    same_in_parts(std::vector<float>(static_cast<std::size_t>(n * pixels), 5.0f), options_of(KMeansInit::given), init);
    // Four empty ones, and all pixels equally far, but each in a direction of its own: the first are taken, of which
    // pixel 0 lies in the last part.
    std::vector<double> level(static_cast<std::size_t>(5 * n), 100);
    std::fill_n(level.begin() + 4 * n, n, 1e6);
    std::vector<float> spikes;
    for (Index t = 0; t < n; ++t)
        for (Index p = 0; p < pixels; ++p) spikes.push_back(t == p % n ? 110.0f : 100.0f);
    same_in_parts(spikes, options_of(KMeansInit::given), level);
}

TEST_CASE("k-means in parts: --predict is one round") {
    const auto series = waves<float>(100, 7);
    const auto centroids = centroids_with_an_empty_one(series);
    const KMeansOptions options = options_of(KMeansInit::given);
    Outcome alone;
    alone.result = kmeans_predict<float>(SeriesInMemory<float>(series, n), options.scale, options.clusters, centroids,
                                         alone.labels, alone.distance);
    for (const Index parts : {1, 4})
        check_same(in_rounds(series, options, {}, parts, kmeans_predict_state(centroids)), alone);
}

TEST_CASE("k-means in parts: what cannot be is refused as in one piece") {
    KMeansOptions options = options_of(KMeansInit::random);
    const std::vector<float> nothing(static_cast<std::size_t>(n * pixels), std::numeric_limits<float>::quiet_NaN());
    CHECK_THROWS_AS(in_rounds(nothing, options, {}, 3, {}), Error);
    options.max_iter = 0;
    CHECK_THROWS_AS(in_rounds(waves<float>(1, 1), options, {}, 3, {}), UsageError);
    options.max_iter = 1;
    CHECK_THROWS_AS(in_rounds(waves<float>(1, 1), options_of(KMeansInit::given), {1, 2}, 3, {}), UsageError);
}
