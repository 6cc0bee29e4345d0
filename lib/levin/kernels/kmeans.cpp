#include "levin/kernels/kmeans.hpp"

#include <fmt/format.h>

#include <cmath>

#include "levin/core/error.hpp"
#include "levin/kernels/kmeans_run.hpp"

namespace levin::kernels {
namespace {

using clustering::Run;
using clustering::Sketch;

constexpr std::uint32_t init_stream = 0, sample_stream = 1;  // of random numbers; kmeans_seed.cpp has the others

template <class T>
void check(const SeriesBlocks<T>& data, Index clusters, std::span<const double> centroids, bool given,
           std::span<std::int32_t> labels, std::span<float> distance) {
    if (clusters < 1 || clusters > std::int32_t{0x7ffffffe})
        throw UsageError(fmt::format("the number of clusters is at least 1, not {}", clusters));
    if (data.samples() < 1) throw UsageError("k-means needs series of at least one sample");
    const auto size = static_cast<std::size_t>(clusters * data.samples());
    if (given && centroids.size() != size)
        throw UsageError(fmt::format("{} clusters of {} samples need {} centroid values, not {}", clusters,
                                     data.samples(), size, centroids.size()));
    if (given)
        for (const double value : centroids)
            if (!(std::abs(value) <= 1e30)) throw Error(fmt::format("a centroid has the value {}", value));
    const auto pixels = static_cast<std::size_t>(data.pixels());
    if (labels.size() != pixels || distance.size() != pixels)
        throw UsageError(
            fmt::format("labels and distances of {} and {} pixels for {}", labels.size(), distance.size(), pixels));
}

template <class T>
std::vector<double> first_centroids(const SeriesBlocks<T>& data, const KMeansOptions& options,
                                    std::span<const double> init, Run<T>& run) {
    switch (options.init) {
        case KMeansInit::given:
            return {init.begin(), init.end()};
        case KMeansInit::random:
            return run.series_of(run.draw(options.clusters, options.seed, init_stream));
        case KMeansInit::kmeans_plus_plus:
            break;
    }
    if (options.sample == 0 || options.sample >= run.valid()) return run.plus_plus(options.seed);
    const std::vector<Index> chosen = run.draw(options.sample, options.seed, sample_stream);
    std::vector<T> series(chosen.size() * static_cast<std::size_t>(data.samples()));
    data.read(chosen, series.data());
    const SeriesInMemory<T> memory(series, data.samples());
    std::vector<std::int32_t> labels(chosen.size());
    std::vector<float> distance(chosen.size());
    Run<T> sample(memory, options.scale, options.clusters, labels, distance);
    sample.survey();
    return sample.plus_plus(options.seed);
}

double squared_movement(const std::vector<double>& from, const std::vector<double>& to) {
    double sum = 0;
    for (std::size_t i = 0; i < from.size(); ++i) sum += (to[i] - from[i]) * (to[i] - from[i]);
    return sum;
}

}  // namespace

SeriesScale parse_series_scale(std::string_view text) {
    if (text == "none") return SeriesScale::none;
    if (text == "center") return SeriesScale::center;
    if (text == "zscore") return SeriesScale::zscore;
    throw UsageError(fmt::format("unknown scale '{}' of series; known are none, center and zscore", text));
}

template <class T>
void SeriesBlocks<T>::read(std::span<const Index> numbers, T* out) const {
    std::vector<std::pair<Index, std::size_t>> wanted(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) wanted[i] = {numbers[i], i};
    std::sort(wanted.begin(), wanted.end());
    for_each([&](const SeriesBlock<T>& block) {
        for (Index w = 0; w < block.pixels; ++w)
            for (auto it = std::lower_bound(wanted.begin(), wanted.end(), std::pair{block.numbers[w], std::size_t{0}});
                 it != wanted.end() && it->first == block.numbers[w]; ++it)
                for (Index t = 0; t < samples(); ++t)
                    out[static_cast<std::size_t>(t) * numbers.size() + it->second] = block.series[t * block.pitch + w];
    });
}

template <class T>
KMeansResult kmeans(const SeriesBlocks<T>& data, const KMeansOptions& options, std::span<const double> init,
                    std::span<std::int32_t> labels, std::span<float> distance) {
    check(data, options.clusters, init, options.init == KMeansInit::given, labels, distance);
    if (options.max_iter < 1)
        throw UsageError(fmt::format("the number of iterations is at least 1, not {}", options.max_iter));
    if (!(options.tol >= 0) || std::isinf(options.tol))
        throw UsageError(fmt::format("tol is a number of at least 0, not {}", options.tol));
    if (options.sample != 0 && options.sample < options.clusters)
        throw UsageError(
            fmt::format("a sample of {} pixels cannot seed {} clusters", options.sample, options.clusters));
    Run<T> run(data, options.scale, options.clusters, labels, distance);
    run.survey();
    if (run.valid() < options.clusters)
        throw Error(fmt::format("{} clusters of {} valid series (those without NaN, inside the mask)", options.clusters,
                                run.valid()));
    if (options.sketch) run.keep_sketch();
    const double tolerance = options.tol == 0 ? 0 : options.tol * run.mean_variance();

    KMeansResult result;
    result.centroids = first_centroids(data, options, init, run);
    bool settled = false;  // labels and distances belong to the centroids
    while (!settled && !result.converged && result.iterations < options.max_iter) {
        ++result.iterations;
        const Index changed = run.assign(result.centroids);
        bool relocated = false;
        std::vector<double> centroids = run.new_centroids(result.centroids, relocated);
        const double movement = squared_movement(result.centroids, centroids);
        result.centroids = std::move(centroids);
        const bool same_labels = changed == 0 && result.iterations > 1;
        settled = same_labels && !relocated;
        result.converged = same_labels || movement <= tolerance;
    }
    if (settled) run.measure(result.centroids);
    else run.assign_and_measure(result.centroids);
    run.finish(result);
    return result;
}

template <class T>
KMeansResult kmeans_predict(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters,
                            std::span<const double> centroids, std::span<std::int32_t> labels,
                            std::span<float> distance) {
    check(data, clusters, centroids, true, labels, distance);
    Run<T> run(data, scale, clusters, labels, distance);
    run.survey();
    KMeansResult result;
    result.centroids.assign(centroids.begin(), centroids.end());
    run.assign_and_measure(result.centroids);
    run.finish(result);
    return result;
}

std::size_t kmeans_scratch_bytes(Index pixels, Index samples, const KMeansOptions& options, int threads,
                                 std::size_t element_size) {
    const auto n = static_cast<std::size_t>(samples), clusters = static_cast<std::size_t>(options.clusters);
    const bool sketch = options.sketch && Sketch::worthwhile(pixels, samples, options.clusters);
    const std::size_t columns =
        static_cast<std::size_t>(clustering::tile_width) + (sketch ? clustering::most_picked : 0);
    const std::size_t worker = n * clusters * sizeof(std::int64_t)  // sums
                               + clustering::Nearest::scratch_bytes(options.clusters) + n * columns * element_size +
                               n * 24;  // moments
    // Centroids old, new and given; series picked, raw and in double; the sample with its labels, distances and
    // numbers.
    return static_cast<std::size_t>(threads) * worker +
           n * clusters * (4 * sizeof(double) + sizeof(double) + element_size + sizeof(std::int64_t)) +
           clustering::Nearest::bytes(samples, options.clusters) +
           (sketch ? Sketch::bytes(pixels, samples, options.clusters) : 0) +
           static_cast<std::size_t>(options.sample) * (n * element_size + 32);
}

#define LEVIN_INSTANTIATE(T)                                                                                  \
    template class SeriesBlocks<T>;                                                                           \
    template KMeansResult kmeans(const SeriesBlocks<T>&, const KMeansOptions&, std::span<const double>,       \
                                 std::span<std::int32_t>, std::span<float>);                                  \
    template KMeansResult kmeans_predict(const SeriesBlocks<T>&, SeriesScale, Index, std::span<const double>, \
                                         std::span<std::int32_t>, std::span<float>);
LEVIN_SERIES_TYPES(LEVIN_INSTANTIATE)
#undef LEVIN_INSTANTIATE

}  // namespace levin::kernels
