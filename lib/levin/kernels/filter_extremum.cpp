// Minimum and maximum filters: separable, and the extreme of extremes needs no care at borders.
#include "levin/core/error.hpp"
#include "levin/kernels/filter_kernel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "levin/kernels/filter_extremum.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// After foreach_target.h, so that it is read for every target.
#include "levin/kernels/filter_passes.hpp"

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {
namespace {

/// The lesser (greater) of two samples; a NaN gives way to the other, or wins over it.
template <bool maximum, bool nan_wins>
struct Extreme {
    template <class D>
    hn::Vec<D> operator()(D, hn::Vec<D> a, hn::Vec<D> b) const {
        if constexpr (std::is_floating_point_v<hn::TFromD<D>>) {
            const auto first = maximum ? hn::Gt(a, b) : hn::Lt(a, b);
            return hn::IfThenElse(hn::Or(first, hn::IsNaN(nan_wins ? a : b)), a, b);
        } else {
            return maximum ? hn::Max(a, b) : hn::Min(a, b);
        }
    }
};

struct ExtremumPass {
    std::size_t axis;
    Index before, after;
};

template <class T, bool maximum, bool nan_wins>
class ExtremumFilter : public FilterKernel {
  public:
    explicit ExtremumFilter(const Halo& window) {
        for (std::size_t axis = 0; axis < window.before.size(); ++axis)
            if (extent(window, axis) > 1) passes_.push_back({axis, window.before[axis], window.after[axis]});
    }

    std::size_t scratch_bytes(const Dims& padded_shape) const override {
        std::size_t most = 0;
        Dims shape = padded_shape;
        for (const ExtremumPass& pass : passes_) {
            most = std::max(most, WindowFold<T>::scratch_bytes(along(shape, pass.axis)));
            shape[pass.axis] -= pass.before + pass.after;
        }
        return 2 * aligned_bytes(product(padded_shape), sizeof(T)) + most;
    }

    void apply(const std::byte* in, const Dims& shape, const Halo& outside, std::byte* out,
               std::byte* scratch) const override {
        const std::size_t bytes = aligned_bytes(product(shape), sizeof(T));
        auto *a = reinterpret_cast<T*>(scratch), *b = reinterpret_cast<T*>(scratch + bytes);
        std::byte* fold = scratch + 2 * bytes;
        run_passes<T, ExtremumPass>(
            passes_, reinterpret_cast<const T*>(in), shape, outside, {}, a, b, reinterpret_cast<T*>(out),
            [fold](const ExtremumPass& pass, const T* from, const AxisShape& s, T* to) {
                WindowFold<T>::template run<true>(from, s, pass.before + 1 + pass.after, to, fold,
                                                  Extreme<maximum, nan_wins>{}, std::identity());
            });
    }

  private:
    std::vector<ExtremumPass> passes_;
};

FilterKernelPtr make_extremum_here(DType type, const Halo& window, bool maximum, bool nan_propagate) {
    return visit_dtype(type, [&]<class T>() -> FilterKernelPtr {
        if constexpr (std::is_same_v<T, bool> || !std::is_arithmetic_v<T>) {
            throw Error("extremum filter: type " + std::string(name_of(type)) + " has no kernel of its own");
        } else {
            const bool nan_wins = std::is_floating_point_v<T> && nan_propagate;
            if constexpr (std::is_floating_point_v<T>)
                if (nan_wins)
                    return maximum ? FilterKernelPtr(std::make_shared<ExtremumFilter<T, true, true>>(window))
                                   : FilterKernelPtr(std::make_shared<ExtremumFilter<T, false, true>>(window));
            return maximum ? FilterKernelPtr(std::make_shared<ExtremumFilter<T, true, false>>(window))
                           : FilterKernelPtr(std::make_shared<ExtremumFilter<T, false, false>>(window));
        }
    });
}

}  // namespace
}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace levin::kernels::detail {

FilterKernelPtr make_extremum(DType type, const Halo& window, bool maximum, bool nan_propagate) {
    HWY_EXPORT(make_extremum_here);
    return HWY_DYNAMIC_DISPATCH(make_extremum_here)(type, window, maximum, nan_propagate);
}

}  // namespace levin::kernels::detail
#endif
