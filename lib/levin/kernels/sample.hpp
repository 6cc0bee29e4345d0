/// The types in which kernels read the samples of series: a stored integer of up to 16 bits needs no copy as float32.
#pragma once
#include <type_traits>

#include "levin/core/dtype.hpp"

namespace levin::kernels {

/// 8- and 16-bit integers as they are stored, everything else as compute_dtype says.
inline DType sample_dtype(DType stored) {
    return is_integer(stored) && size_of(stored) <= 2 ? stored : compute_dtype(stored);
}

/// The C++ type of compute_dtype for a sample of type T.
template <class T>
using Computed = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// visit_dtype for one of the types named; the last of them stands for all that are not.
template <class T, class... More, class Visitor>
decltype(auto) visit_one_of(DType dtype, Visitor&& visit) {
    if constexpr (sizeof...(More) > 0)
        if (dtype != dtype_of<T>()) return visit_one_of<More...>(dtype, visit);
    return visit.template operator()<T>();
}

/// visit_dtype for what sample_dtype makes of real types.
template <class Visitor>
decltype(auto) visit_sample_dtype(DType dtype, Visitor&& visit) {
    return visit_one_of<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, float, double>(dtype, visit);
}

}  // namespace levin::kernels
