#include "levin/kernels/kmeans.hpp"

#include <fmt/format.h>

#include <cmath>

#include "levin/core/error.hpp"
#include "levin/kernels/kmeans_run.hpp"

namespace levin::kernels {
namespace {

using namespace clustering;

template <class T>
void check(const SeriesBlocks<T>& data, std::span<std::int32_t> labels, std::span<float> distance) {
    if (data.samples() < 1) throw UsageError("k-means needs series of at least one sample");
    const auto pixels = static_cast<std::size_t>(data.pixels());
    if (labels.size() != pixels || distance.size() != pixels)
        throw UsageError(
            fmt::format("labels and distances of {} and {} pixels for {}", labels.size(), distance.size(), pixels));
}

void check_clusters(Index clusters) {
    if (clusters < 1 || clusters > std::int32_t{0x7ffffffe})
        throw UsageError(fmt::format("the number of clusters is at least 1, not {}", clusters));
}

}  // namespace

void clustering::check_centroids(std::span<const double> centroids, Index clusters, Index samples) {
    const auto size = static_cast<std::size_t>(clusters * samples);
    if (centroids.size() != size)
        throw UsageError(fmt::format("{} clusters of {} samples need {} centroid values, not {}", clusters, samples,
                                     size, centroids.size()));
    for (const double value : centroids)
        if (!(std::abs(value) <= 1e30)) throw Error(fmt::format("a centroid has the value {}", value));
}

void clustering::check_options(const KMeansOptions& options) {
    check_clusters(options.clusters);
    if (options.max_iter < 1)
        throw UsageError(fmt::format("the number of iterations is at least 1, not {}", options.max_iter));
    if (!(options.tol >= 0) || std::isinf(options.tol))
        throw UsageError(fmt::format("tol is a number of at least 0, not {}", options.tol));
    if (options.sample != 0 && options.sample < options.clusters)
        throw UsageError(
            fmt::format("a sample of {} pixels cannot seed {} clusters", options.sample, options.clusters));
}

void clustering::check_valid(const KMeansOptions& options, const Survey& all) {
    if (all.valid < options.clusters)
        throw Error(fmt::format("{} clusters of {} valid series (those without NaN, inside the mask)", options.clusters,
                                all.valid));
}

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
    check_options(options);
    check(data, labels, distance);
    if (options.init == KMeansInit::given) check_centroids(init, options.clusters, data.samples());
    Run<T> run(data, options.scale, options.clusters, labels, distance);
    const Survey all = run.survey();
    check_valid(options, all);
    if (options.sketch) run.keep_sketch();
    Lloyd lloyd;
    lloyd.max_iter = options.max_iter;
    if (options.tol > 0) lloyd.tolerance = options.tol * run.moments().mean_variance(all);
    lloyd.centroids = run.first_centroids(options, init);
    while (lloyd.goes_on())
        lloyd.update(
            run.assign(lloyd.centroids), run.fixed_point(options.scale, all),
            [&](Index count) { return run.farthest(count, lloyd.centroids); },
            [&](std::span<const Index> numbers) { return run.series_of(numbers); });
    if (lloyd.settled) run.measure(lloyd.centroids);
    else run.assign_and_measure(lloyd.centroids);
    KMeansResult result{std::move(lloyd.centroids), {}, 0, lloyd.iterations, lloyd.converged, 0};
    sum_up(labels, distance, options.clusters, result);
    return result;
}

template <class T>
KMeansResult kmeans_predict(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters,
                            std::span<const double> centroids, std::span<std::int32_t> labels,
                            std::span<float> distance) {
    check_clusters(clusters);
    check(data, labels, distance);
    check_centroids(centroids, clusters, data.samples());
    Run<T> run(data, scale, clusters, labels, distance);
    run.survey();
    KMeansResult result;
    result.centroids.assign(centroids.begin(), centroids.end());
    run.assign_and_measure(result.centroids);
    sum_up(labels, distance, clusters, result);
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
