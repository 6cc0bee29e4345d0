/// Statistics over samples, for many pixels side by side. SEMANTICS.md, "Statistics": NaN is skipped; of no samples (or
/// only NaN) the answer is NaN, the count 0, argmax and argmin -1.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "levin/core/dims.hpp"
#include "levin/core/view.hpp"

namespace levin::kernels {

enum class StatisticKind { max, min, sum, mean, std, var, median, percentile, range, argmax, argmin, count, snr };

struct Statistic {
    StatisticKind kind = StatisticKind::mean;
    double q = 50;  ///< percentile only, 0 to 100
    friend bool operator==(const Statistic&, const Statistic&) = default;
};

/// "mean", "percentile:25". UsageError lists the names.
Statistic parse_statistic(std::string_view text);
/// "mean,std,percentile:5". UsageError for an unknown, a repeated or no name.
std::vector<Statistic> parse_statistics(std::string_view text);
/// The inverse of parse_statistic.
std::string to_string(const Statistic& statistic);
/// True for median and percentile, which need all samples of a pixel at once: see select.hpp. The others stream.
bool is_selection(const Statistic& statistic);

/// The type of the result for samples of type `in`; UsageError for complex samples.
///   max, min                             the same
///   range                                unsigned of the same width for integers (exact), uint8 for bool, else
///   compute_dtype sum                                  float64: exact for integers as long as it stays below 2^53 mean
///   std var snr median percentile   compute_dtype: float32 for integers up to 16 bits, bool, float16 and float32,
///                                        else float64
///   argmax argmin count                  int32
DType output_dtype(const Statistic& statistic, DType in);

/// Streaming statistics (all but median and percentile) of `pixels` pixels in one pass; state only for those asked.
///
/// Every pixel takes its samples in the order in which they are added, with one arithmetic whatever the strides, so the
/// bits of a result depend neither on how the samples are split into calls nor on which pixels share a call.
///   sum, mean       float64 sum, mean = sum / n
///   var, std        float64 sums of d and d^2, d = x - (first sample that is not NaN): with a sample of the data as
///                   the shift the cancellation is that of deviations, not of the mean (Chan, Golub, LeVeque 1983).
///                   (sum d^2 - (sum d)^2 / n) / (n - ddof), NaN when n <= ddof
///   snr             mean / std; infinite for a constant series other than 0
///   argmax, argmin  position of the first extreme in order of addition
/// Two calls may run at once on disjoint ranges of pixels.
class Accumulator {
  public:
    /// UsageError for a selection statistic or complex samples.
    /// n - ddof divides the sum of squares in var, std and snr.
    Accumulator(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof = 0);
    Accumulator(Accumulator&&) noexcept;
    Accumulator& operator=(Accumulator&&) noexcept;
    ~Accumulator();
    /// Bytes of state that the constructor allocates.
    static std::size_t state_bytes(std::span<const Statistic> statistics, DType in, Index pixels);
    /// Adds n samples to each of the pixels [first, first + p). `block`: shape (n, p), type `in`, any strides:
    /// time-major (p contiguous) is fastest, rows of samples (n contiguous) go through a small transposition.
    void add(const ConstView& block, Index first = 0);
    /// Writes one value per pixel. `out`: shape (pixels), type output_dtype, any stride. The statistic must be one of
    /// those asked for (std serves var and the like). Error for max, min or range of no samples of an integer type,
    /// which has no NaN, and for argmax, argmin or count beyond int32.
    void finish(const Statistic& statistic, const View& out) const;

    /// Adds what `later`, made with the same arguments, has accumulated of the samples that follow: those of a pixel
    /// give what they would give if they had been added here, but that floating-point sums are added as sums. Appended
    /// to nothing it is a copy, to the bit.
    void append(const Accumulator& later);
    /// Forgets all samples.
    void reset();
    /// What is kept of every pixel, for saving and restoring it: `pixels` elements each, in a fixed order.
    struct Quantity {
        const char* name;
        DType dtype;
        std::byte* data;
    };
    std::vector<Quantity> quantities();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// An Accumulator for samples in blocks of `length`, the last one perhaps shorter: each block is accumulated on its own
/// and appended to those before it. Whoever accumulates the blocks elsewhere, and appends them in the same order, gets
/// the same bits.
class BlockAccumulator {
  public:
    /// As Accumulator's; with `samples` up to `length` there is one block and no second state.
    BlockAccumulator(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof, Index length,
                     Index samples);
    static std::size_t state_bytes(std::span<const Statistic> statistics, DType in, Index pixels, Index length,
                                   Index samples);
    /// As Accumulator's, for all pixels.
    void add(const ConstView& block);
    /// Appends the last block; nothing can be added after it.
    Accumulator& result();

  private:
    Accumulator block_, total_;
    Index length_, filled_ = 0;
    bool single_;
};

}  // namespace levin::kernels
