/// Window filters on N-d blocks: median, Gaussian, mean, minimum, maximum, Laplace, Sobel. Numbers are those of
/// scipy.ndimage; where NaN is concerned they are those of SEMANTICS.md ("Windows and borders").
///
/// Who does what: the engine cuts the array into blocks and hands over each block *padded* by filter_halo(), continued
/// beyond the array's edges as the border mode says; the filter returns the inner block. An output element depends on
/// its window alone, so its bits are the same in every block.
///
/// With w the weights and the sums over the window:
///   median    element of rank n//2 of the n samples in order
///   gaussian  sum w x, separable, w = exp(-k^2 / 2 sigma^2) normalised, |k| <= int(truncate sigma + 0.5)
///   uniform   mean, separable
///   laplace   sum over the filtered axes of x[-1] - 2 x[0] + x[+1]
///   sobel     g_a = derivative (-1, 0, 1) along axis a, smoothing (1, 2, 1) along the other *filtered* axes, as
///             scipy.ndimage.sobel; the result is g_a of `sobel_axis`, or of the only filtered axis (signed),
///             else the gradient's magnitude sqrt(sum g_a^2)
///
/// NaN samples are left out of the window; the result is NaN only where the whole window is NaN. For gaussian and
/// uniform the remaining weights are normalised. For laplace and sobel, whose weights add up to 0, a missing sample
/// stands at the mean of the window's others (laplace: of its cross). With `nan_propagate` any NaN in the window gives
/// NaN. Infinities flow through the sums; unlike SciPy's running sum, uniform's is confined to the windows that hold
/// one.
#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "levin/core/border.hpp"
#include "levin/core/dims.hpp"
#include "levin/core/view.hpp"

namespace levin::kernels {

enum class FilterKind { median, gaussian, uniform, min, max, laplace, sobel };
std::string_view name_of(FilterKind kind);
/// The inverse of name_of. UsageError lists the names.
FilterKind parse_filter_kind(std::string_view name);

struct FilterOptions {
    FilterKind kind = FilterKind::median;
    /// Window size per array axis for all kinds but gaussian; 0 or 1 leaves the axis alone. A window of size s covers
    /// [i - s//2, i - s//2 + s - 1]. laplace and sobel have size 3 on their filtered axes, no other.
    std::vector<Index> size;
    /// Standard deviation in samples per array axis, for gaussian only; 0 leaves the axis alone.
    std::vector<double> sigma;
    Border border;
    bool nan_propagate = false;
    double truncate = 4;                    ///< gaussian: the window ends at this many sigma
    std::optional<std::size_t> sobel_axis;  ///< sobel: one signed derivative instead of the magnitude
};

/// Elements before and after a block, per axis.
struct Halo {
    Dims before, after;
    friend bool operator==(const Halo&, const Halo&) = default;
};

/// The exact support of the filter on an array of `rank` axes. UsageError for options that do not fit the kind or the
/// rank.
Halo filter_halo(const FilterOptions& options, std::size_t rank);
/// What the padded blocks must hold for an array of `stored`: the same for median, min and max, and for gaussian of
/// integers of up to 16 bits that can hold the border's constant, else compute_dtype. UsageError for complex types.
DType filter_input_dtype(const FilterOptions& options, DType stored);
/// What the filtered array holds unless the user says otherwise: the same for median, min and max, else float32.
DType filter_output_dtype(FilterKind kind, DType stored);

namespace detail {
class FilterKernel;
}

/// A filter made ready. Immutable: one serves all threads, each with its own scratch.
class Filter {
  public:
    /// `stored` is the array's type; blocks then come as filter_input_dtype. UsageError as filter_halo, and for a
    /// border constant that an integer type of median, min or max cannot hold.
    Filter(const FilterOptions& options, DType stored, std::size_t rank);
    DType input_dtype() const { return input_; }
    const Halo& halo() const { return halo_; }
    /// The most scratch that one call needs for a padded block of this shape.
    std::size_t scratch_bytes(const Dims& padded_shape) const;
    /// `padded`: contiguous, input_dtype, shape of `out` plus the halo on every axis.
    /// `out`: any strides and any type that core's convert reaches from input_dtype; fastest when contiguous of
    /// input_dtype, or of its compute_dtype for all but median, min and max. `outside`: how many leading and trailing
    /// elements of `padded` lie outside the array, per axis. Needed because SciPy's separable filters continue each
    /// pass's result anew with the constant of border mode `constant`. `scratch` grows to scratch_bytes on first use;
    /// after that nothing is allocated but shape vectors. Cost per output element: gaussian O(sum of radii); uniform,
    /// min, max O(sum of log sizes); median of n samples O(n log^2 n / lanes) in
    /// small windows (81 samples of 8 or 16 bits, 512 of others); beyond them, of 8 and 16 bits, O(n / product of the
    /// last two filtered sizes) where the last axis is filtered and the block holds at most 4096 different values, else
    /// O(n / size of the last filtered axis), and O(n) of others. O(n) for elements whose window holds a NaN, for
    /// gaussian and uniform twice the cost of a block.
    void operator()(const ConstView& padded, const View& out, const Halo& outside, Buffer& scratch,
                    OutOfRange policy = OutOfRange::refuse) const;

  private:
    DType input_, working_;  ///< they differ for float16 alone
    DType result_;           ///< what the kernel makes
    Halo halo_;
    std::shared_ptr<const detail::FilterKernel> kernel_;  ///< null when no axis is filtered
};

}  // namespace levin::kernels
