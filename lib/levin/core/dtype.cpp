#include "levin/core/dtype.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <cmath>

#include "levin/core/error.hpp"

namespace levin {
namespace {

constexpr std::array<std::string_view, 14> names{"bool",    "int8",    "int16",     "int32",     "int64",
                                                 "uint8",   "uint16",  "uint32",    "uint64",    "float16",
                                                 "float32", "float64", "complex64", "complex128"};

}  // namespace

Float16::Float16(float value) {
    const auto x = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (x >> 16) & 0x8000u, magnitude = x & 0x7fffffffu;
    std::uint32_t half = 0;
    if (magnitude > 0x7f800000u) {
        half = 0x7e00u | ((magnitude >> 13) & 0x1ffu);  // NaN keeps its upper payload
    } else if (magnitude >= 0x477ff000u) {
        half = 0x7c00u;  // 65520 and more round to infinity
    } else if (magnitude >= 0x38800000u) {
        const std::uint32_t rebiased = magnitude - 0x38000000u;
        half = (rebiased + 0x0fffu + ((rebiased >> 13) & 1u)) >> 13;
    } else {
        // Subnormal: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits of the mantissa.
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        half = std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u;
    }
    bits = static_cast<std::uint16_t>(sign | half);
}

Float16::operator float() const {
    const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = (bits >> 10) & 0x1fu, mantissa = bits & 0x3ffu;
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 31 ? 0x7f800000u : (exponent + 112) << 23;
    return std::bit_cast<float>(sign | wide | (mantissa << 13));
}

std::size_t size_of(DType dtype) {
    return visit_dtype(dtype, []<class T>() { return sizeof(T); });
}

std::size_t word_size(DType dtype) { return is_complex(dtype) ? size_of(dtype) / 2 : size_of(dtype); }

std::string_view name_of(DType dtype) { return names[static_cast<std::size_t>(dtype)]; }

std::optional<DType> dtype_from_name(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<DType>(i);
    return std::nullopt;
}

DType parse_dtype(std::string_view name) {
    if (const auto dtype = dtype_from_name(name)) return *dtype;
    throw UsageError(fmt::format("unknown data type '{}': expected one of {}", name, fmt::join(names, ", ")));
}

bool is_integer(DType dtype) { return dtype >= DType::int8 && dtype <= DType::uint64; }
bool is_floating(DType dtype) { return dtype >= DType::float16 && dtype <= DType::float64; }
bool is_complex(DType dtype) { return dtype >= DType::complex64; }

DType compute_dtype(DType dtype) {
    if (is_complex(dtype)) return dtype;
    return dtype == DType::float32 || size_of(dtype) <= 2 ? DType::float32 : DType::float64;
}

}  // namespace levin
