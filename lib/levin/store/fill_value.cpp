#include "levin/store/fill_value.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

[[noreturn]] void refuse(const Json& value, DType dtype) {
    throw Error(fmt::format("fill_value: {} is no value of {}", shown(value), name_of(dtype)));
}

template <class T>
void store(T value, std::byte* out) {
    std::memcpy(out, &value, sizeof value);
}

template <class T>
T integer(const Json& value, DType dtype, int zarr_format) {
    if (value.is_number_integer()) {
        const bool negative = !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
        if (negative && std::is_signed_v<T> &&
            value.get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<T>::lowest()))
            return static_cast<T>(value.get<std::int64_t>());
        if (!negative && value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<T>::max()})
            return static_cast<T>(value.get<std::uint64_t>());
    }
    if (zarr_format == 2 && value.is_number_float()) {
        const double number = value.get<double>();
        // 2^digits is the first value above the range, and exact as a double.
        const double above = std::ldexp(1.0, std::numeric_limits<T>::digits);
        if (number == std::trunc(number) && number < above && number >= (std::is_signed_v<T> ? -above : 0.0))
            return static_cast<T>(number);
    }
    refuse(value, dtype);
}

/// "0x7fc00000": the bits of a float of sizeof(Bits) bytes.
template <class Bits>
bool parse_bits(const std::string& text, Bits& bits) {
    if (text.size() != 2 + 2 * sizeof(Bits) || text.substr(0, 2) != "0x") return false;
    const char* end = text.data() + text.size();
    return std::from_chars(text.data() + 2, end, bits, 16).ptr == end;
}

/// Writes a floating value: T is Float16, float or double, Bits the unsigned type of its size.
template <class T, class Bits>
void floating(const Json& value, DType dtype, std::byte* out) {
    if (value.is_number()) {
        const double number = value.get<double>();
        const T result = static_cast<T>(static_cast<std::conditional_t<sizeof(T) == 8, double, float>>(number));
        const auto back = static_cast<std::conditional_t<sizeof(T) == 8, double, float>>(result);
        if (std::isinf(back)) refuse(value, dtype);
        return store(result, out);
    }
    if (!value.is_string()) refuse(value, dtype);
    const std::string text = value.get<std::string>();
    using Wide = std::conditional_t<sizeof(T) == 8, double, float>;
    Bits bits = 0;
    if (text == "NaN") store(static_cast<T>(std::numeric_limits<Wide>::quiet_NaN()), out);
    else if (text == "Infinity") store(static_cast<T>(std::numeric_limits<Wide>::infinity()), out);
    else if (text == "-Infinity") store(static_cast<T>(-std::numeric_limits<Wide>::infinity()), out);
    else if (parse_bits(text, bits)) store(bits, out);
    else refuse(value, dtype);
}

void parse_word(const Json& value, DType dtype, std::byte* out) {
    if (dtype == DType::float16) floating<Float16, std::uint16_t>(value, dtype, out);
    else if (size_of(dtype) / (is_complex(dtype) ? 2 : 1) == 4) floating<float, std::uint32_t>(value, dtype, out);
    else floating<double, std::uint64_t>(value, dtype, out);
}

}  // namespace

std::vector<std::byte> parse_fill_value(const Json& value, DType dtype, int zarr_format) {
    std::vector<std::byte> bytes(size_of(dtype));
    if (value.is_null() && zarr_format == 2) return bytes;
    if (is_complex(dtype)) {
        if (value.is_array() && value.size() == 2) {
            parse_word(value[0], dtype, bytes.data());
            parse_word(value[1], dtype, bytes.data() + word_size(dtype));
        } else if (zarr_format == 2 && !value.is_array()) {
            parse_word(value, dtype, bytes.data());  // 0, as some writers put it for 0+0i
        } else refuse(value, dtype);
    } else if (is_floating(dtype)) {
        parse_word(value, dtype, bytes.data());
    } else {
        visit_dtype(dtype, [&]<class T>() {
            if constexpr (std::is_same_v<T, bool>) {
                if (value.is_boolean()) store(value.get<bool>(), bytes.data());
                else if (zarr_format == 2 && value.is_number() && (value == 0 || value == 1))
                    store(value == 1, bytes.data());
                else refuse(value, dtype);
            } else if constexpr (std::is_integral_v<T>) {
                store(integer<T>(value, dtype, zarr_format), bytes.data());
            }
        });
    }
    return bytes;
}

std::string fill_value_text(double value, DType dtype) {
    Json json = value;
    if (std::isnan(value)) json = "NaN";
    else if (std::isinf(value)) json = value > 0 ? "Infinity" : "-Infinity";
    if (is_complex(dtype)) json = Json::array({json, 0.0});
    else if (dtype == DType::boolean && (value == 0 || value == 1)) json = value == 1;
    else if (is_integer(dtype) && std::trunc(value) == value && std::abs(value) < 0x1p63)
        json = static_cast<std::int64_t>(value);
    try {
        parse_fill_value(json, dtype, 3);
    } catch (const Error& error) {
        throw UsageError(error.what());
    }
    return json.dump();
}

}  // namespace levin::store
