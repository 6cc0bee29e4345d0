/// Separable filters as passes along single axes, each of which looks at the block as (outer, n, inner). All elements
/// of one `outer` index lie side by side, and their samples at distance k lie k * inner further on, so every loop is
/// over contiguous memory whatever the axis. Read once for each instruction set, as Highway's own headers are.
#if defined(LEVIN_FILTER_PASSES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef LEVIN_FILTER_PASSES_HPP
#undef LEVIN_FILTER_PASSES_HPP
#else
#define LEVIN_FILTER_PASSES_HPP
#endif
#include <hwy/highway.h>

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

#include "levin/kernels/filter_kernel.hpp"
#include "levin/kernels/simd_convert.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {

/// V vectors of a correlation from element `i` on, their sums in registers; returns where it stopped.
template <int V, bool symmetric, class D, class T>
Index correlate_from(D d, const T* x, Index i, Index count, Index step, std::span<const double> weights, T* y) {
    using Acc = hn::TFromD<D>;
    const auto lanes = static_cast<Index>(hn::Lanes(d));
    const auto radius = static_cast<Index>(weights.size()) - 1;
    for (; i + V * lanes <= count; i += V * lanes) {
        hn::Vec<D> sum[V];
        const auto middle = hn::Set(d, static_cast<Acc>(weights[0]));
        for (int v = 0; v < V; ++v) sum[v] = hn::Mul(load_as(d, x + i + v * lanes), middle);
        for (Index k = radius; k > 0; --k) {
            const auto w = hn::Set(d, static_cast<Acc>(weights[static_cast<std::size_t>(k)]));
            const T *before = x + i - k * step, *after = x + i + k * step;
            for (int v = 0; v < V; ++v) {
                const auto a = load_as(d, before + v * lanes), b = load_as(d, after + v * lanes);
                sum[v] = hn::Add(sum[v], hn::Mul(symmetric ? hn::Add(a, b) : hn::Sub(a, b), w));
            }
        }
        for (int v = 0; v < V; ++v) store_as(d, sum[v], y + i + v * lanes);
    }
    return i;
}

/// y[i] = w[0] x[i] + sum over k of w[k] (x[i-k] +- x[i+k]), farthest first: scipy.ndimage.correlate1d's order.
/// Antisymmetric takes the difference. An output depends on its own samples in a fixed order, and no multiplication and
/// addition are fused.
template <class Acc, bool symmetric, class T>
void correlate(const T* in, const AxisShape& shape, std::span<const double> weights, T* out) {
    const auto radius = static_cast<Index>(weights.size()) - 1;
    const Index length = (shape.n - 2 * radius) * shape.inner;
    for (Index o = 0; o < shape.outer; ++o) {
        const T* x = in + (o * shape.n + radius) * shape.inner;
        T* y = out + o * length;
        Index i = correlate_from<4, symmetric>(hn::ScalableTag<Acc>(), x, 0, length, shape.inner, weights, y);
        i = correlate_from<1, symmetric>(hn::ScalableTag<Acc>(), x, i, length, shape.inner, weights, y);
        correlate_from<1, symmetric>(hn::CappedTag<Acc, 1>(), x, i, length, shape.inner, weights, y);
    }
}

/// to[i] = combine(d, a[i], b[i]), vector by vector; `to` may be `a`.
template <class T, class Combine>
void combine_rows(const T* a, const T* b, Index count, Combine combine, T* to) {
    const auto run = [&](auto d, Index i) {
        const auto step = static_cast<Index>(hn::Lanes(d));
        for (; i + step <= count; i += step)
            hn::StoreU(combine(d, hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, to + i);
        return i;
    };
    run(hn::CappedTag<T, 1>(), run(hn::ScalableTag<T>(), 0));
}

/// Combines each window of `size` samples in O(log size): the results of windows of 1, 2, 4, ... samples are built from
/// each other, and every window is put together from those by the bits of its size. Unlike a running sum, a result
/// depends on the samples of its own window alone, and unlike van Herk's minimum every step is one loop over contiguous
/// memory. Idempotent operations may cover a sample twice and need the last power of two only. combine(d, a, b) takes
/// vectors.
template <class Acc>
class WindowFold {
  public:
    /// Elements of the bundle that is worked on at a time; the scratch holds three.
    static Index bundle(const AxisShape& shape) { return group(shape) * shape.n; }
    static std::size_t scratch_bytes(const AxisShape& shape) { return 3 * aligned_bytes(bundle(shape), sizeof(Acc)); }

    /// finish(Acc) -> T makes the output; std::identity, where that is all, copies.
    template <bool idempotent, class T, class Combine, class Finish>
    static void run(const T* in, const AxisShape& shape, Index size, T* out, std::byte* scratch, Combine combine,
                    Finish finish) {
        const std::size_t bytes = aligned_bytes(bundle(shape), sizeof(Acc));
        Acc* const buffer[3] = {reinterpret_cast<Acc*>(scratch), reinterpret_cast<Acc*>(scratch + bytes),
                                reinterpret_cast<Acc*>(scratch + 2 * bytes)};
        const Index n = shape.n, inner = shape.inner, n_out = n - size + 1;
        if (inner == 1) {  // several lines at once; windows that run over a line's end are left behind
            for (Index line = 0; line < shape.outer; line += group(shape)) {
                const Index lines = std::min(group(shape), shape.outer - line);
                std::copy_n(in + line * n, lines * n, buffer[0]);
                const Acc* folded = fold<idempotent>(buffer, lines * n, 1, size, combine);
                for (Index i = 0; i < lines; ++i) finished(folded + i * n, n_out, finish, out + (line + i) * n_out);
            }
            return;
        }
        for (Index o = 0; o < shape.outer; ++o) {
            for (Index column = 0; column < inner; column += group(shape)) {
                const Index width = std::min(group(shape), inner - column);
                for (Index i = 0; i < n; ++i)
                    std::copy_n(in + (o * n + i) * inner + column, width, buffer[0] + i * width);
                const Acc* folded = fold<idempotent>(buffer, n * width, width, size, combine);
                for (Index i = 0; i < n_out; ++i)
                    finished(folded + i * width, width, finish, out + (o * n_out + i) * inner + column);
            }
        }
    }

  private:
    template <class T, class Finish>
    static void finished(const Acc* from, Index count, Finish finish, T* out) {
        if constexpr (std::is_same_v<Finish, std::identity>) std::copy_n(from, count, out);
        else std::transform(from, from + count, out, finish);
    }

    /// Lines or columns per bundle: three bundles should fit the second cache.
    static Index group(const AxisShape& shape) {
        constexpr Index elements = 32768 / sizeof(Acc);
        const Index least = shape.inner == 1 ? 1 : 16;
        return std::min(std::max(elements / shape.n, least), shape.inner == 1 ? shape.outer : shape.inner);
    }

    /// Windows of `size` samples that lie `unit` apart, of the `count` elements in buffer[0].
    template <bool idempotent, class Combine>
    static const Acc* fold(Acc* const buffer[3], Index count, Index unit, Index size, Combine combine) {
        Acc *power = buffer[0], *next = buffer[1], *result = nullptr;  // power[i]: window of `width` from i
        Index done = 0;                                                // samples that `result` covers
        for (Index width = 1;; width *= 2) {
            if (!idempotent && (size & width) != 0) {
                const Index windows = count - (done + width - 1) * unit;
                if (!result) {
                    if (width == size) return power;
                    result = buffer[2];
                    std::copy_n(power, count - (width - 1) * unit, result);
                } else {
                    combine_rows(result, power + done * unit, windows, combine, result);
                }
                done += width;
                if (done == size) return result;
            }
            if (idempotent && 2 * width > size) break;
            const Index windows = count - (2 * width - 1) * unit;
            combine_rows(power, power + width * unit, windows, combine, next);
            std::swap(power, next);
        }
        Index width = 1;
        while (2 * width <= size) width *= 2;
        if (width == size) return power;
        const Index windows = count - (size - 1) * unit;
        combine_rows(power, power + (size - width) * unit, windows, combine, next);
        return next;
    }
};

/// Overwrites what lies outside the array along `axis`.
template <class T>
void fill_outside(T* data, const Dims& shape, std::size_t axis, const Halo& outside, T value) {
    const AxisShape s = along(shape, axis);
    for (Index o = 0; o < s.outer; ++o) {
        T* block = data + o * s.n * s.inner;
        std::fill_n(block, outside.before[axis] * s.inner, value);
        std::fill_n(block + (s.n - outside.after[axis]) * s.inner, outside.after[axis] * s.inner, value);
    }
}

/// The passes of a separable filter in order. Each shortens its axis by its halo; only the last writes `out`, the
/// others write `a` and `b` in turn, `a` first unless `in` is `a`. With border mode constant, SciPy continues every
/// result anew with the constant beyond the array: beyond[i] stands there after pass i. Empty in other modes.
template <class T, class Pass, class Run>
void run_passes(std::span<const Pass> passes, const T* in, Dims shape, const Halo& outside, std::span<const T> beyond,
                T* a, T* b, T* out, Run run) {
    for (std::size_t i = 0; i < passes.size(); ++i) {
        const Pass& pass = passes[i];
        T* to = i + 1 == passes.size() ? out : in == a ? b : a;
        run(pass, in, along(shape, pass.axis), to);
        shape[pass.axis] -= pass.before + pass.after;
        for (std::size_t j = i + 1; j < passes.size() && !beyond.empty(); ++j)
            fill_outside(to, shape, passes[j].axis, outside, beyond[i]);
        in = to;
    }
}

}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // read for this instruction set
