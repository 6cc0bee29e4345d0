/// Percentiles by selection.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "levin/core/dims.hpp"
#include "levin/core/view.hpp"

namespace levin::kernels {

/// Scratch that percentiles() needs for n samples of type `in` of each of `pixels`; bounded however many there are.
std::size_t percentiles_scratch_bytes(DType in, Index n, Index pixels);

/// The percentiles `q` (each 0 to 100, any order) of n samples for each of p pixels; NaN is skipped, NaN out where no
/// sample is left. NumPy's linear interpolation: with h = q/100 (n-1), k = floor(h), the samples in order s: s[k] +
/// (h-k)(s[k+1] - s[k]), computed in float64 in NumPy's order of operations (numpy.lib.function_base._lerp), s[k]
/// itself where h = k or s[k] = s[k+1] (NumPy gives NaN beside infinities); never -0. The median is q = 50. `block`:
/// shape (n, p), any real type, any strides. `out`: shape (q.size(), p), compute_dtype of the block's, any strides.
/// `scratch` grows to percentiles_scratch_bytes. Cost O(n) per pixel and q: passes over many pixels side by side up to
/// 32 bits, fastest where neighbouring pixels are contiguous; introselect for 64 bits and for few pixels, which for 8
/// bits are counted.
void percentiles(const ConstView& block, std::span<const double> q, const View& out, Buffer& scratch);

/// The same numbers, bit for bit, from samples that come in blocks, several times over: memory does not grow with n.
/// Radix selection: a pass counts the values of the next 16 bits of the samples that share the bits found so far.
class PassPercentiles {
  public:
    PassPercentiles(DType in, Index pixels, std::span<const double> q);
    /// How often all samples must come: 1 for 8 and 16 bits, 2 for 32 (and float16), 4 for 64.
    static Index passes(DType in);
    static std::size_t state_bytes(DType in, Index pixels, std::size_t percentiles);

    /// Adds n samples to each pixel. `block`: shape (n, pixels), type `in`, any strides, fastest where the samples of a
    /// pixel lie side by side. Cost O(n).
    void add(const ConstView& block);
    /// After all samples of a pass.
    void end_pass();
    /// After the last pass. `out`: shape (percentiles, pixels), compute_dtype of `in`, any strides.
    void finish(const View& out) const;

  private:
    /// A rank that is looked for: the bits found of its value, its rank among the samples that share them.
    struct Target {
        std::uint64_t prefix = 0;
        Index rank = 0;
    };
    std::span<Target> targets(Index pixel);
    std::uint64_t* counts(Index pixel, std::size_t target);
    void place_targets(Index pixel);

    DType in_;
    Index pixels_, pass_ = 0;
    int bits_, digit_;  ///< of a sample; of a pass
    std::vector<double> q_, fractions_;
    std::vector<Target> targets_;  ///< pixels x percentiles x {below, above}
    std::vector<std::uint64_t> counts_;
    std::vector<Index> samples_;
};

}  // namespace levin::kernels
