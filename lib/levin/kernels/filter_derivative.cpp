// Laplace and Sobel filters: differences of neighbours.
//
// A NaN sample makes every result of its window NaN, so those results alone are looked at again: their window, with the
// mean of its other samples in place of each NaN, is a small block of one output element that goes through the filter
// anew.
#include <array>
#include <cmath>
#include <limits>

#include "levin/kernels/filter_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/filter_derivative.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/filter_passes.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

struct SobelPass {
    std::size_t axis;
    bool derivative;
    static constexpr Index before = 1, after = 1;
};

template <class T>
class DerivativeFilter : public FilterKernel {
  public:
    DerivativeFilter(const FilterOptions& options, const Halo& window)
        : window_(window), nan_propagate_(options.nan_propagate) {
        // A NaN as border constant makes the outside missing samples, not something to continue with.
        if (options.border.mode == BorderMode::constant && (nan_propagate_ || !std::isnan(options.border.value)))
            beyond_.assign(window.before.size(), static_cast<T>(options.border.value));
        for (std::size_t axis = 0; axis < window.before.size(); ++axis)
            if (extent(window, axis) > 1) axes_.push_back(axis);
        if (options.kind == FilterKind::laplace) return;
        for (const std::size_t axis : axes_) {
            if (options.sobel_axis.value_or(axis) != axis) continue;
            std::vector<SobelPass> passes{{axis, true}};
            for (const std::size_t other : axes_)
                if (other != axis) passes.push_back({other, false});
            gradient_.push_back(std::move(passes));
        }
    }

    std::size_t scratch_bytes(const Dims& padded_shape) const override {
        // The window of a NaN is a block of its own, with scratch of its own.
        const Dims window = window_shape(window_);
        return passes_bytes(padded_shape) + aligned_bytes(product(window), sizeof(T)) + passes_bytes(window);
    }

    void apply(const std::byte* in_bytes, const Dims& shape, const Halo& outside, std::byte* out_bytes,
               std::byte* scratch) const override {
        const auto* in = reinterpret_cast<const T*>(in_bytes);
        auto* out = reinterpret_cast<T*>(out_bytes);
        evaluate(in, shape, outside, out, scratch);
        if (!nan_propagate_ && any_nan(in, product(shape)))
            fill_in(in, shape, outside, out, scratch + passes_bytes(shape));
    }

  private:
    std::size_t passes_bytes(const Dims& shape) const {
        return gradient_.empty() ? 0 : 3 * aligned_bytes(product(shape), sizeof(T));
    }

    void evaluate(const T* in, const Dims& shape, const Halo& outside, T* out, std::byte* scratch) const {
        if (gradient_.empty()) return laplace(in, shape, out);
        sobel(in, shape, outside, out, scratch);
    }

    void laplace(const T* in, const Dims& shape, T* out) const {
        const WindowRuns runs(shape, window_);
        runs.for_each([&](Index from, Index to) {
            const T* x = in + from;
            T* y = out + to;
            for (std::size_t a = 0; a < axes_.size(); ++a) {
                const Index stride = runs.stride(axes_[a]);
                const T *before = x - stride, *after = x + stride;
                if (a == 0)
                    for (Index i = 0; i < runs.length(); ++i) y[i] = x[i] * T{-2} + (before[i] + after[i]);
                else
                    for (Index i = 0; i < runs.length(); ++i) y[i] += x[i] * T{-2} + (before[i] + after[i]);
            }
        });
    }

    void sobel(const T* in, const Dims& shape, const Halo& outside, T* out, std::byte* scratch) const {
        const Index count = product(inner_shape(shape, window_));
        const std::size_t bytes = aligned_bytes(product(shape), sizeof(T));
        auto *a = reinterpret_cast<T*>(scratch), *b = reinterpret_cast<T*>(scratch + bytes);
        auto* component = reinterpret_cast<T*>(scratch + 2 * bytes);
        const auto run = [](const SobelPass& pass, const T* from, const AxisShape& s, T* to) {
            constexpr std::array<double, 2> derivative{0, -1}, smoothing{2, 1};
            if (pass.derivative) correlate<T, false>(from, s, derivative, to);
            else correlate<T, true>(from, s, smoothing, to);
        };
        for (std::size_t g = 0; g < gradient_.size(); ++g) {
            T* to = g == 0 ? out : component;
            run_passes<T, SobelPass>(gradient_[g], in, shape, outside, beyond_, a, b, to, run);
            if (gradient_.size() == 1) return;
            if (g == 0)
                for (Index i = 0; i < count; ++i) out[i] *= out[i];
            else
                for (Index i = 0; i < count; ++i) out[i] += component[i] * component[i];
        }
        for (Index i = 0; i < count; ++i) out[i] = std::sqrt(out[i]);
    }

    /// Gives every NaN of `out` whose window holds a NaN and other samples its value.
    void fill_in(const T* in, const Dims& shape, const Halo& outside, T* out, std::byte* scratch) const {
        const Dims window = window_shape(window_), inner = inner_shape(shape, window_);
        const Dims strides = c_strides(shape, 1);
        auto* samples = reinterpret_cast<T*>(scratch);
        scratch += aligned_bytes(product(window), sizeof(T));
        Dims at(shape.size(), 0);
        for (Index i = 0; i < product(inner); ++i) {
            if (out[i] != out[i] && gather(in, strides, at, window, samples)) {
                Halo around = outside;
                for (std::size_t axis = 0; axis < at.size(); ++axis) {
                    around.before[axis] = std::clamp<Index>(outside.before[axis] - at[axis], 0, window[axis]);
                    around.after[axis] =
                        std::clamp<Index>(outside.after[axis] - (inner[axis] - 1 - at[axis]), 0, window[axis]);
                }
                evaluate(samples, window, around, out + i, scratch);
            }
            for (std::size_t axis = at.size(); axis-- > 0;) {
                if (++at[axis] < inner[axis]) break;
                at[axis] = 0;
            }
        }
    }

    /// Copies the window at `at`, NaN replaced by the mean of the samples that count. False when no sample is a NaN or
    /// all are.
    bool gather(const T* in, const Dims& strides, const Dims& at, const Dims& window, T* samples) const {
        const Index total = product(window);
        double sum = 0;
        Index counted = 0, missing = 0;
        for (Index i = 0; i < total; ++i) {
            Index offset = 0, off_centre = 0, rest = i;
            for (std::size_t axis = at.size(); axis-- > 0; rest /= window[axis]) {
                const Index d = rest % window[axis];
                offset += (at[axis] + d) * strides[axis];
                off_centre += d != window_.before[axis];
            }
            samples[i] = in[offset];
            if (gradient_.empty() && off_centre > 1) continue;  // laplace: not on the cross
            if (samples[i] == samples[i]) {
                sum += static_cast<double>(samples[i]);
                ++counted;
            } else {
                ++missing;
            }
        }
        if (counted == 0 || missing == 0) return false;
        const auto mean = static_cast<T>(sum / static_cast<double>(counted));
        std::replace_if(
            samples, samples + total, [](T x) { return x != x; }, mean);
        return true;
    }

    Halo window_;
    bool nan_propagate_;
    std::vector<std::size_t> axes_;                 // filtered ones
    std::vector<std::vector<SobelPass>> gradient_;  // the passes of each component; empty for laplace
    std::vector<T> beyond_;                         // the border constant for each pass, if there is one
};

FilterKernelPtr make_derivative_here(DType type, const FilterOptions& options, const Halo& window) {
    if (type == DType::float32) return std::make_shared<DerivativeFilter<float>>(options, window);
    return std::make_shared<DerivativeFilter<double>>(options, window);
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

FilterKernelPtr make_derivative(DType type, const FilterOptions& options, const Halo& window) {
    HWY_EXPORT(make_derivative_here);
    return HWY_DYNAMIC_DISPATCH(make_derivative_here)(type, options, window);
}

}  // namespace levin::kernels::detail
#endif
