/// The inner loops of the Gaussian filter: rows taken in, and lines of rows weighed. Read once for each instruction
/// set, as Highway's own headers are.
#if defined(LEVIN_FILTER_GAUSSIAN_ROWS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef LEVIN_FILTER_GAUSSIAN_ROWS_HPP
#undef LEVIN_FILTER_GAUSSIAN_ROWS_HPP
#else
#define LEVIN_FILTER_GAUSSIAN_ROWS_HPP
#endif
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "levin/kernels/filter_gaussian.hpp"
#include "levin/kernels/filter_passes.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

/// With float32 sums of positive terms the relative error of a pass is below (radius + 3) 2^-24: 2e-6 at this radius,
/// so that three passes keep to the 1e-5 of SEMANTICS.md. Wider windows add up in float64.
constexpr Index largest_float_radius = 32;

/// V vectors of a pass, their sums in registers; rows[radius + k] points at the samples at distance k.
template <int V, class D, class T>
HWY_INLINE void weigh_at(D d, const T* const* rows, Index i, const std::vector<double>& weights, T* out) {
    using Acc = hn::TFromD<D>;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    const auto radius = static_cast<Index>(weights.size()) - 1;
    const auto weight = [&](Index k) { return hn::Set(d, static_cast<Acc>(weights[static_cast<std::size_t>(k)])); };
    hn::Vec<D> sum[V];
    for (int v = 0; v < V; ++v) sum[v] = hn::Mul(load_as(d, rows[radius] + i + v * lanes), weight(0));
    for (Index k = radius; k > 0; --k) {
        const auto w = weight(k);
        const T *before = rows[radius - k] + i, *after = rows[radius + k] + i;
        for (int v = 0; v < V; ++v) {
            const auto both = hn::Add(load_as(d, before + v * lanes), load_as(d, after + v * lanes));
            sum[v] = hn::Add(sum[v], hn::Mul(both, w));
        }
    }
    for (int v = 0; v < V; ++v) store_as(d, sum[v], out + i + v * lanes);
}

/// The lines of a pass: line l of the output is made of rows[l] to rows[l + 2 * radius].
template <class T>
struct Lines {
    const T* const* rows;
    Index lines, count;  // elements of a line
    T* out;
    Index pitch;  // elements from one line of the output to the next
};

/// out[i] = w[0] x[i] + sum over k of w[k] (x[i-k] + x[i+k]), farthest first: scipy.ndimage.correlate1d's order. An
/// output depends on its own samples in a fixed order, and no multiplication and addition are fused. A few columns of
/// all lines come first, then the next ones: neighbouring lines find their samples in the first cache.
template <class Acc, class T>
void weigh(const Lines<T>& l, const std::vector<double>& weights) {
    const hn::ScalableTag<Acc> d;
    const hn::CappedTag<Acc, 1> one;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    Index i = 0;
    for (; i + 4 * lanes <= l.count; i += 4 * lanes)
        for (Index k = 0; k < l.lines; ++k) weigh_at<4>(d, l.rows + k, i, weights, l.out + k * l.pitch);
    for (; i + lanes <= l.count; i += lanes)
        for (Index k = 0; k < l.lines; ++k) weigh_at<1>(d, l.rows + k, i, weights, l.out + k * l.pitch);
    if (i < l.count && l.count >= lanes) i = l.count - lanes;  // a vector that gives some elements the same bits again
    for (Index k = 0; k < l.lines && i < l.count; ++k)
        if (l.count >= lanes) weigh_at<1>(d, l.rows + k, i, weights, l.out + k * l.pitch);
        else
            for (Index rest = i; rest < l.count; ++rest)
                weigh_at<1>(one, l.rows + k, rest, weights, l.out + k * l.pitch);
}

template <class T>
void run_pass(const GaussianPass& pass, const Lines<T>& lines) {
    if (pass.radius <= largest_float_radius) weigh<T>(lines, pass.weights);
    else weigh<double>(lines, pass.weights);
}

enum class Take { as_is, without_nan, weights };

/// Samples in the type of the sums, with 0 for a NaN; or the weights of samples. True when one was NaN. The samples
/// that come `next` elements later are asked for: rows are far apart, and the processor does not guess. An address
/// beyond the block does no harm.
template <class In, class T>
bool take_row(const std::byte* samples, Index count, Take what, Index next, T* to) {
    const auto* from = reinterpret_cast<const In*>(samples);
    for (Index i = 0; i < count; i += 64 / static_cast<Index>(sizeof(In))) hwy::Prefetch(from + next + i);
    if constexpr (std::is_floating_point_v<In>) {
        const auto take = [&](auto d, Index i) {
            const auto x = hn::LoadU(d, from + i);
            const auto missing = hn::IsNaN(x);
            if (what == Take::weights) hn::StoreU(hn::IfThenZeroElse(missing, hn::Set(d, T{1})), d, to + i);
            else hn::StoreU(what == Take::as_is ? x : hn::IfThenZeroElse(missing, x), d, to + i);
            return hn::VecFromMask(d, missing);
        };
        const hn::ScalableTag<T> d;
        const auto lanes = static_cast<Index>(hn::Lanes(d));
        auto missing = hn::Zero(d);
        Index i = 0;
        for (; i + lanes <= count; i += lanes) missing = hn::Or(missing, take(d, i));
        bool any = !hn::AllFalse(d, hn::MaskFromVec(missing));
        const hn::CappedTag<T, 1> one;
        for (; i < count; ++i) any |= !hn::AllFalse(one, hn::MaskFromVec(take(one, i)));
        return any;
    } else {
        for (Index i = 0; i < count; ++i) to[i] = static_cast<T>(from[i]);
        return false;
    }
}

/// The samples of a block, whatever their type.
template <class T>
struct RowSource {
    Index size;  ///< bytes of a sample
    bool may_be_nan;
    bool (*take)(const std::byte* samples, Index count, Take what, Index next, T* to);

    template <class In>
    static RowSource of() {
        return {sizeof(In), std::is_floating_point_v<In>, take_row<In, T>};
    }
};

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // read for this instruction set
