// Uniform filter: a mean along one axis after the other.
//
// Missing samples (NaN): the values with 0 in their place and the weights with 0 in their place go through the same
// passes and are divided by one another, but only where the window's weight differs from that of a whole window. So the
// bits of a result do not depend on a NaN elsewhere in its block. A NaN as border constant makes the outside missing in
// this sense.
#include <cmath>

#include "levin/kernels/filter_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/filter_uniform.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/filter_passes.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

struct UniformPass {
    std::size_t axis;
    Index before, after;
};

template <class T>
class UniformFilter : public FilterKernel {
  public:
    UniformFilter(const FilterOptions& options, const Halo& window)
        : window_(window), nan_propagate_(options.nan_propagate) {
        T weight = 1;
        for (std::size_t axis = 0; axis < window.before.size(); ++axis) {
            if (extent(window, axis) == 1) continue;
            passes_.push_back({axis, window.before[axis], window.after[axis]});
            weight = weight_after(passes_.back(), weight);
            weights_.push_back(weight);
        }
        whole_ = weight;
        if (options.border.mode != BorderMode::constant) {
            weights_.clear();
            return;
        }
        const bool missing = std::isnan(options.border.value) && !nan_propagate_;
        values_.assign(passes_.size(), missing ? T{0} : static_cast<T>(options.border.value));
        if (missing) weights_.assign(passes_.size(), T{0});
    }

    std::size_t scratch_bytes(const Dims& padded_shape) const override {
        return 2 * aligned_bytes(product(padded_shape), sizeof(T)) +
               aligned_bytes(product(inner_shape(padded_shape, window_)), sizeof(T)) + fold_bytes(padded_shape);
    }

    void apply(const std::byte* in_bytes, const Dims& shape, const Halo& outside, std::byte* out_bytes,
               std::byte* scratch) const override {
        const auto* in = reinterpret_cast<const T*>(in_bytes);
        auto* out = reinterpret_cast<T*>(out_bytes);
        const Index count = product(shape), count_out = product(inner_shape(shape, window_));
        const std::size_t bytes = aligned_bytes(count, sizeof(T));
        auto *a = reinterpret_cast<T*>(scratch), *b = reinterpret_cast<T*>(scratch + bytes);
        auto* weight = reinterpret_cast<T*>(scratch + 2 * bytes);
        std::byte* fold = scratch + 2 * bytes + aligned_bytes(count_out, sizeof(T));
        const auto run = [fold](const UniformPass& pass, const T* from, const AxisShape& s, T* to) {
            run_pass(pass, from, s, to, fold);
        };
        const auto filter = [&](const T* from, const std::vector<T>& beyond, T* to) {
            run_passes<T, UniformPass>(passes_, from, shape, outside, beyond, a, b, to, run);
        };
        if (nan_propagate_ || !any_nan(in, count)) return filter(in, values_, out);

        std::transform(in, in + count, a, [](T x) { return x == x ? x : T{0}; });
        filter(a, values_, out);
        std::transform(in, in + count, a, [](T x) { return x == x ? T{1} : T{0}; });
        filter(a, weights_, weight);
        for (Index i = 0; i < count_out; ++i)
            out[i] = weight[i] == whole_ ? out[i] : out[i] / weight[i];  // 0 / 0: none left
    }

  private:
    static void run_pass(const UniformPass& pass, const T* in, const AxisShape& shape, T* out, std::byte* fold) {
        const Index size = pass.before + 1 + pass.after;
        const auto n = static_cast<double>(size);
        WindowFold<double>::run<false>(
            in, shape, size, out, fold, [](auto, auto a, auto b) { return hn::Add(a, b); },
            [n](double sum) { return static_cast<T>(sum / n); });
    }

    /// What the pass makes of a window that holds `weight` everywhere, by the arithmetic of the pass.
    static T weight_after(const UniformPass& pass, T weight) {
        const AxisShape line{1, pass.before + 1 + pass.after, 1};
        const std::vector<T> ones(static_cast<std::size_t>(line.n), weight);
        Buffer fold(WindowFold<double>::scratch_bytes(line));
        T result;
        run_pass(pass, ones.data(), line, &result, fold.data());
        return result;
    }

    std::size_t fold_bytes(Dims shape) const {
        std::size_t most = 0;
        for (const UniformPass& pass : passes_) {
            most = std::max(most, WindowFold<double>::scratch_bytes(along(shape, pass.axis)));
            shape[pass.axis] -= pass.before + pass.after;
        }
        return most;
    }

    Halo window_;
    bool nan_propagate_;
    std::vector<UniformPass> passes_;
    std::vector<T> values_,
        weights_;  // what stands beyond the array after each pass; empty unless the border is constant
    T whole_;      // the weight of a window without NaN
};

FilterKernelPtr make_uniform_here(DType type, const FilterOptions& options, const Halo& window) {
    if (type == DType::float32) return std::make_shared<UniformFilter<float>>(options, window);
    return std::make_shared<UniformFilter<double>>(options, window);
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

FilterKernelPtr make_uniform(DType type, const FilterOptions& options, const Halo& window) {
    HWY_EXPORT(make_uniform_here);
    return HWY_DYNAMIC_DISPATCH(make_uniform_here)(type, options, window);
}

}  // namespace levin::kernels::detail
#endif
