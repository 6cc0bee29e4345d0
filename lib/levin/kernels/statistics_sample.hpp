/// Samples as they are stored and as they are computed with, for the implementation of statistics and percentiles only.
#pragma once
#include <cstdint>
#include <type_traits>

#include "levin/core/view.hpp"

namespace levin::kernels::detail {

/// The type that stored samples are compared and added as: float16 as float, bool as its byte.
template <class T>
struct SampleOf {
    using type = T;
};
template <>
struct SampleOf<Float16> {
    using type = float;
};
template <>
struct SampleOf<bool> {
    using type = std::uint8_t;
};
template <class T>
using Sample = typename SampleOf<T>::type;

/// visit_dtype for all but complex types, for which nothing is called.
template <class Visitor>
void visit_real(DType dtype, Visitor&& visit) {
    visit_dtype(dtype, [&]<class T>() {
        if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, Float16>) visit.template operator()<T>();
    });
}

/// out[row, column] = value, for float32 or float64 `out`.
inline void store_real(const View& out, Index row, Index column, double value) {
    std::byte* to = out.data + row * out.strides[0] + column * out.strides[1];
    if (out.dtype == DType::float32) *reinterpret_cast<float*>(to) = static_cast<float>(value);
    else *reinterpret_cast<double*>(to) = value;
}

}  // namespace levin::kernels::detail
