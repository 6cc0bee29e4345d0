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

/// visit_dtype for what sample_dtype makes of real types.
template <class Visitor>
decltype(auto) visit_sample_dtype(DType dtype, Visitor&& visit) {
    switch (dtype) {
        case DType::int8:
            return visit.template operator()<std::int8_t>();
        case DType::uint8:
            return visit.template operator()<std::uint8_t>();
        case DType::int16:
            return visit.template operator()<std::int16_t>();
        case DType::uint16:
            return visit.template operator()<std::uint16_t>();
        case DType::float32:
            return visit.template operator()<float>();
        default:
            return visit.template operator()<double>();
    }
}

}  // namespace levin::kernels
