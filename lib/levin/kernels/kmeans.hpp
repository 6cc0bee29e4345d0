/// k-means clusters of series that stream past block by block: Lloyd's iteration on squared Euclidean distance.
///
/// The result is the same to the bit however the pixels are cut into blocks, ordered, or spread over threads: a pixel's
/// distances are summed in the order of time in double, and sums over pixels are exact (fixed-point integers) or run in
/// storage order.
#pragma once
#include <functional>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "levin/core/view.hpp"

namespace levin::kernels {

/// Some pixels' series. T is a type that k-means reads as it is: uint8, uint16, int16, float or double. Computation and
/// scaled series are double for double and float for the others.
template <class T>
struct SeriesBlock {
    const T* series = nullptr;  ///< (samples, pixels)
    Index pixels = 0;
    Index pitch = 0;                 ///< elements from one sample's row to the next's, at least `pixels`
    const Index* numbers = nullptr;  ///< of each pixel: its place in storage order, 0 .. pixel count - 1
    int thread = 0;                  ///< who brings it, in [0, threads())
};

/// All pixels' series, as often as asked. The engine implements it; pixels outside a mask come as NaN.
template <class T>
class SeriesBlocks {
  public:
    virtual ~SeriesBlocks() = default;
    virtual Index samples() const = 0;
    virtual Index pixels() const = 0;
    virtual int threads() const = 0;
    /// Calls visit for blocks that hold each pixel once, in any order, from up to threads() threads at a time.
    virtual void for_each(const std::function<void(const SeriesBlock<T>&)>& visit) const = 0;
    /// Copies the series of `numbers` to out, shape (samples, numbers.size()). This one goes through all blocks;
    /// override it where a pixel can be read alone.
    virtual void read(std::span<const Index> numbers, T* out) const;
};

/// Series in memory, (samples, pixels), as one block.
template <class T>
class SeriesInMemory final : public SeriesBlocks<T> {
  public:
    /// `series` outlives this.
    SeriesInMemory(std::span<const T> series, Index samples)
        : series_(series), samples_(samples), numbers_(series.size() / static_cast<std::size_t>(samples)) {
        std::iota(numbers_.begin(), numbers_.end(), Index{0});
    }
    Index samples() const override { return samples_; }
    Index pixels() const override { return static_cast<Index>(numbers_.size()); }
    int threads() const override { return 1; }
    void for_each(const std::function<void(const SeriesBlock<T>&)>& visit) const override {
        visit({series_.data(), pixels(), pixels(), numbers_.data(), 0});
    }

  private:
    std::span<const T> series_;
    Index samples_;
    std::vector<Index> numbers_;
};

enum class KMeansInit { kmeans_plus_plus, random, given };
/// What is done to each series before it is clustered. zscore divides by the population standard deviation; a constant
/// series gives 0.
enum class SeriesScale { none, center, zscore };
/// "none", "center", "zscore"; UsageError otherwise.
SeriesScale parse_series_scale(std::string_view text);

struct KMeansOptions {
    Index clusters = 0;
    KMeansInit init = KMeansInit::kmeans_plus_plus;
    std::uint64_t seed = 0;
    Index max_iter = 300;
    double tol = 1e-4;  ///< scikit-learn's: relative to the mean over time of the variance over pixels
    SeriesScale scale = SeriesScale::none;
    Index sample = 0;  ///< k-means++ looks at this many randomly chosen pixels instead of all; 0: all
    /// May hold clusters + 1 floats per pixel, by which most labels are told without another look at the series. The
    /// result is the same.
    bool sketch = true;
};

struct KMeansResult {
    std::vector<double> centroids;  ///< (clusters, samples), of scaled series
    std::vector<Index> sizes;       ///< pixels of each cluster
    double inertia = 0;             ///< sum of squared distances to the own centroid
    Index iterations = 0;
    bool converged = false;  ///< false: stopped by max_iter
    Index valid = 0;         ///< pixels that took part
};

/// Clusters all pixels. `labels` and `distance` have data.pixels() elements in storage order and receive the cluster
/// and the Euclidean distance to its centroid; a series with NaN or an infinity gets -1 and NaN and takes no part. Ties
/// go to the lowest label.
///
/// Follows scikit-learn's KMeans(algorithm="lloyd", n_init=1): stops when no label changes or when the squared
/// movements of the centroids sum to at most tol * mean variance; an empty cluster takes the pixel farthest from its
/// centroid (ties: first in storage order). `init` (clusters, samples) is used with KMeansInit::given. k-means++ is the
/// greedy one (best of 2 + int(ln K) candidates, as scikit-learn) with levin's own generator: the seed gives other
/// choices than scikit-learn's.
///
/// Error when there are fewer valid pixels than clusters or values beyond 1e30; UsageError for options out of range, or
/// an `init` of the wrong size. Cost O(pixels * samples * clusters) per pass; passes: 2, plus 2 per cluster for
/// k-means++ without `sample`, plus one per iteration.
template <class T>
KMeansResult kmeans(const SeriesBlocks<T>& data, const KMeansOptions& options, std::span<const double> init,
                    std::span<std::int32_t> labels, std::span<float> distance);

/// Only assigns: labels and distances to given centroids (clusters, samples) of series scaled in the same way.
template <class T>
KMeansResult kmeans_predict(const SeriesBlocks<T>& data, SeriesScale scale, Index clusters,
                            std::span<const double> centroids, std::span<std::int32_t> labels,
                            std::span<float> distance);

/// Bytes that kmeans holds besides labels and distance, for `threads` threads.
std::size_t kmeans_scratch_bytes(Index pixels, Index samples, const KMeansOptions& options, int threads,
                                 std::size_t element_size);

}  // namespace levin::kernels
