/// Data types of array elements, named as Zarr v3 names them.
#pragma once
#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace levin {

enum class DType : std::uint8_t {
    boolean,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    float32,
    float64,
    complex64,
    complex128
};

/// IEEE 754 binary16, for storage only: arithmetic happens in float32. Rounds to nearest even; NaN stays NaN.
struct Float16 {
    std::uint16_t bits = 0;
    Float16() = default;
    explicit Float16(float value);
    explicit operator float() const;
    friend bool operator==(Float16 a, Float16 b) { return static_cast<float>(a) == static_cast<float>(b); }
};

/// Bytes per element.
std::size_t size_of(DType dtype);
/// Bytes of the unit whose byte order matters: half of size_of for complex types.
std::size_t word_size(DType dtype);
/// "uint16", "bool", "complex64", ...
std::string_view name_of(DType dtype);
/// The inverse of name_of; empty for an unknown name.
std::optional<DType> dtype_from_name(std::string_view name);
/// dtype_from_name for an option's value: UsageError lists the known names.
DType parse_dtype(std::string_view name);

bool is_integer(DType dtype);   // bool is not an integer
bool is_floating(DType dtype);  // float16, float32, float64
bool is_complex(DType dtype);

/// The type in which kernels compute: float32 for bool, integers up to 16 bits, float16 and float32; float64 for wider
/// ones; complex types stay what they are.
DType compute_dtype(DType dtype);

template <class T>
constexpr DType dtype_of() {
    using U = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<U, bool>) return DType::boolean;
    else if constexpr (std::is_same_v<U, std::int8_t>) return DType::int8;
    else if constexpr (std::is_same_v<U, std::int16_t>) return DType::int16;
    else if constexpr (std::is_same_v<U, std::int32_t>) return DType::int32;
    else if constexpr (std::is_same_v<U, std::int64_t>) return DType::int64;
    else if constexpr (std::is_same_v<U, std::uint8_t>) return DType::uint8;
    else if constexpr (std::is_same_v<U, std::uint16_t>) return DType::uint16;
    else if constexpr (std::is_same_v<U, std::uint32_t>) return DType::uint32;
    else if constexpr (std::is_same_v<U, std::uint64_t>) return DType::uint64;
    else if constexpr (std::is_same_v<U, Float16>) return DType::float16;
    else if constexpr (std::is_same_v<U, float>) return DType::float32;
    else if constexpr (std::is_same_v<U, double>) return DType::float64;
    else if constexpr (std::is_same_v<U, std::complex<float>>) return DType::complex64;
    else {
        static_assert(std::is_same_v<U, std::complex<double>>, "not an element type");
        return DType::complex128;
    }
}

/// Calls `visit.template operator()<T>()` with the C++ type of `dtype`: visit_dtype(d, [&]<class T>() { ... }).
template <class Visitor>
decltype(auto) visit_dtype(DType dtype, Visitor&& visit) {
    switch (dtype) {
        case DType::boolean:
            return visit.template operator()<bool>();
        case DType::int8:
            return visit.template operator()<std::int8_t>();
        case DType::int16:
            return visit.template operator()<std::int16_t>();
        case DType::int32:
            return visit.template operator()<std::int32_t>();
        case DType::int64:
            return visit.template operator()<std::int64_t>();
        case DType::uint8:
            return visit.template operator()<std::uint8_t>();
        case DType::uint16:
            return visit.template operator()<std::uint16_t>();
        case DType::uint32:
            return visit.template operator()<std::uint32_t>();
        case DType::uint64:
            return visit.template operator()<std::uint64_t>();
        case DType::float16:
            return visit.template operator()<Float16>();
        case DType::float32:
            return visit.template operator()<float>();
        case DType::float64:
            return visit.template operator()<double>();
        case DType::complex64:
            return visit.template operator()<std::complex<float>>();
        case DType::complex128:
            break;
    }
    return visit.template operator()<std::complex<double>>();
}

}  // namespace levin
