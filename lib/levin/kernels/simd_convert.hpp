/// Vectors of double or float from and to samples of either type, and of double from 8- and 16-bit integers. Read once
/// for each instruction set, after hwy/foreach_target.h, as Highway's own headers are.
#if defined(LEVIN_SIMD_CONVERT_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef LEVIN_SIMD_CONVERT_HPP
#undef LEVIN_SIMD_CONVERT_HPP
#else
#define LEVIN_SIMD_CONVERT_HPP
#endif
#include <hwy/highway.h>

#include <cstdint>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace levin::kernels::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D, class T>
HWY_INLINE hn::Vec<D> load_as(D d, const T* from) {
    const hn::Rebind<T, D> narrow;
    if constexpr (std::is_same_v<T, hn::TFromD<D>>) return hn::LoadU(d, from);
    else if constexpr (std::is_integral_v<T>)
        return hn::PromoteTo(d, hn::PromoteTo(hn::Rebind<std::int32_t, D>(), hn::LoadU(narrow, from)));
    else return hn::PromoteTo(d, hn::LoadU(narrow, from));
}

template <class D, class T>
HWY_INLINE void store_as(D d, hn::Vec<D> v, T* to) {
    if constexpr (std::is_same_v<T, hn::TFromD<D>>) {
        hn::StoreU(v, d, to);
    } else {
#if HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SCALAR
        // Highway's emulation makes the largest float of an infinity.
        hn::TFromD<D> wide[hn::MaxLanes(D())];
        hn::StoreU(v, d, wide);
        for (const auto x : wide) *to++ = static_cast<T>(x);
#else
        hn::StoreU(hn::DemoteTo(hn::Rebind<T, D>(), v), hn::Rebind<T, D>(), to);
#endif
    }
}

}  // namespace levin::kernels::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // read for this instruction set
