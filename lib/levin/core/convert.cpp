// Conversion between element types. One loop for every pair of types; each writes the nearest value that the target can
// hold and reports whether all values fitted, so the loop has no early exit and the compiler can vectorise it. A misfit
// is looked for a second time, in the run where it is known to be, only to name it.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/core/strided.hpp"

namespace levin {
namespace {

template <class T>
constexpr bool is_complex_type = false;
template <class T>
constexpr bool is_complex_type<std::complex<T>> = true;
template <class T>
constexpr bool is_float_type = std::is_floating_point_v<T> || std::is_same_v<T, Float16>;

/// Rounded to odd: rounding the result once more, to fewer digits, gives what rounding `value` directly would give.
float to_float_odd(double value) {
    const auto nearest = static_cast<float>(value);
    auto bits = std::bit_cast<std::uint32_t>(nearest);
    if (std::isnan(value) || static_cast<double>(nearest) == value || bits % 2 == 1) return nearest;
    if (std::abs(static_cast<double>(nearest)) > std::abs(value)) --bits;
    else ++bits;
    return std::bit_cast<float>(bits);
}

/// Nearest integer, ties to even, for |value| <= 2^51: the sum has no digits left for a fraction. Inlines everywhere,
/// unlike std::nearbyint, which is a library call without SSE4.1.
double round_small(double value) {
    constexpr double magic = 0x1.8p52;
    return (value + magic) - magic;
}

/// Sets `out` to the float nearest to `value`. A finite value beyond the largest finite one does not fit.
template <class T>
bool to_floating(double value, T& out) {
    if constexpr (std::is_same_v<T, double>) {
        out = value;
        return true;
    } else {
        // 2^n - half a unit in the last place: from there on IEEE rounding gives infinity.
        constexpr double limit = std::is_same_v<T, float> ? 0x1.ffffffp127 : 65520.0;
        constexpr float largest = std::is_same_v<T, float> ? std::numeric_limits<float>::max() : 65504.0f;
        const bool fits = !(std::abs(value) >= limit) || std::isinf(value);
        const double bounded = fits ? value : std::copysign(static_cast<double>(largest), value);
        if constexpr (std::is_same_v<T, float>) out = static_cast<float>(bounded);
        else out = Float16(to_float_odd(bounded));
        return fits;
    }
}

/// Sets `out` to the integer nearest to `value`, ties to even; 0 for NaN, which does not fit.
template <class T>
bool to_integer(double value, T& out) {
    constexpr T lowest = std::numeric_limits<T>::min(), highest = std::numeric_limits<T>::max();
    if constexpr (sizeof(T) <= 4) {
        // `highest` is odd and `lowest` even, so the tie above rounds out of the range and the one below into it.
        const bool fits = value >= lowest - 0.5 && value < highest + 0.5;
        const double nearest = std::isnan(value) ? 0.0
                               : value < lowest  ? lowest
                               : value > highest ? highest
                                                 : round_small(value);
        out = static_cast<T>(static_cast<std::int64_t>(nearest));
        return fits;
    } else {
        constexpr double low = static_cast<double>(lowest), end = std::is_signed_v<T> ? 0x1p63 : 0x1p64;
        const double nearest = std::nearbyint(value);
        if (nearest >= low && nearest < end) {
            out = static_cast<T>(nearest);
            return true;
        }
        out = std::isnan(value) ? T{0} : value < 0 ? lowest : highest;
        return false;
    }
}

template <class S, class T>
bool convert_value(S value, T& out) {
    if constexpr (is_complex_type<S> && is_complex_type<T>) {
        typename T::value_type real, imaginary;
        const bool real_fits = to_floating(value.real(), real), imaginary_fits = to_floating(value.imag(), imaginary);
        out = T(real, imaginary);
        return real_fits && imaginary_fits;
    } else if constexpr (std::is_same_v<T, bool>) {
        if constexpr (std::is_same_v<S, Float16>) out = (value.bits & 0x7fffu) != 0;
        else out = value != S{};
        return true;
    } else if constexpr (is_complex_type<S>) {
        return false;  // refused before any loop runs
    } else if constexpr (is_complex_type<T>) {
        typename T::value_type real;
        const bool fits = convert_value(value, real);
        out = T(real, 0);
        return fits;
    } else if constexpr (std::is_same_v<S, Float16>) {
        return convert_value(static_cast<float>(value), out);
    } else if constexpr (std::is_same_v<S, bool>) {
        out = static_cast<T>(static_cast<std::conditional_t<is_float_type<T>, float, T>>(value));
        return true;
    } else if constexpr (std::is_integral_v<S> && std::is_integral_v<T>) {
        const bool low = std::cmp_less(value, std::numeric_limits<T>::min());
        const bool high = std::cmp_greater(value, std::numeric_limits<T>::max());
        out = low ? std::numeric_limits<T>::min() : high ? std::numeric_limits<T>::max() : static_cast<T>(value);
        return !low && !high;
    } else if constexpr (std::is_integral_v<T>) {
        return to_integer(static_cast<double>(value), out);
    } else if constexpr (std::is_same_v<T, float> && std::is_integral_v<S>) {
        out = static_cast<float>(value);  // not by way of double: that would round twice
        return true;
    } else {
        // Integers of 64 bits round on their way to double, but those are far beyond float16's range.
        return to_floating(static_cast<double>(value), out);
    }
}

template <class S, class T>
bool convert_strided(const std::byte* from, Index from_step, std::byte* to, Index to_step, Index count) {
    bool fits = true;
    for (Index i = 0; i < count; ++i) {
        S value;
        T out{};
        std::memcpy(&value, from + i * from_step, sizeof value);
        fits &= convert_value(value, out);
        std::memcpy(to + i * to_step, &out, sizeof out);
    }
    return fits;
}

template <class S, class T>
bool convert_run(const std::byte* from, std::byte* to, const StridedLoop& loop) {
    constexpr Index from_step = sizeof(S), to_step = sizeof(T);
    if (loop.from == from_step && loop.to == to_step)
        return convert_strided<S, T>(from, from_step, to, to_step, loop.count);
    return convert_strided<S, T>(from, loop.from, to, loop.to, loop.count);
}

std::string text(double value) { return fmt::format("{}", value); }
std::string text(float value) { return fmt::format("{}", value); }
std::string text(Float16 value) { return text(static_cast<float>(value)); }
template <class T>
std::string text(std::complex<T> value) {
    return text(value.real()) + "+" + text(value.imag()) + "i";
}
template <class T>
requires std::is_integral_v<T> std::string text(T value) { return fmt::format("{}", +value); }

std::string range_of(DType dtype) {
    return visit_dtype(dtype, []<class T>() -> std::string {
        if constexpr (std::is_integral_v<T>)
            return text(std::numeric_limits<T>::min()) + " to " + text(std::numeric_limits<T>::max());
        else if constexpr (std::is_same_v<T, Float16>) return "-65504 to 65504";
        else return "finite values of " + text(std::numeric_limits<float>::max()) + " at most";
    });
}

/// Names the first value of a run in which one is known not to fit.
template <class S>
[[noreturn]] void refuse(const std::byte* from, const StridedLoop& loop, DType target) {
    for (Index i = 0;; ++i) {
        S value;
        std::memcpy(&value, from + i * loop.from, sizeof value);
        const bool fits = visit_dtype(target, [&]<class T>() {
            T out{};
            return convert_value(value, out);
        });
        if (!fits)
            throw Error(fmt::format("the value {} does not fit {} ({}); choose another --dtype or --clip", text(value),
                                    name_of(target), range_of(target)));
    }
}

template <class S, class T>
void convert_loops(const ConstView& from, const View& to, OutOfRange policy) {
    const auto loops = paired_loops(from, to);
    for_each_start(loops.data(), loops.size() - 1, from.data, to.data, [&](const std::byte* a, std::byte* b) {
        if (!convert_run<S, T>(a, b, loops.back()) && policy == OutOfRange::refuse)
            refuse<S>(a, loops.back(), to.dtype);
    });
}

}  // namespace

void convert(const ConstView& from, const View& to, OutOfRange policy) {
    if (from.dtype == to.dtype) return copy(from, to);
    require_same_shape(from, to, "convert");
    if (is_complex(from.dtype) && !is_complex(to.dtype) && to.dtype != DType::boolean)
        throw Error(fmt::format("cannot convert {} to {}: the imaginary part would be lost", name_of(from.dtype),
                                name_of(to.dtype)));
    if (to.count() == 0) return;
    visit_dtype(from.dtype, [&]<class S>() {
        visit_dtype(to.dtype, [&]<class T>() {
            if constexpr (!std::is_same_v<S, T>) convert_loops<S, T>(from, to, policy);
        });
    });
}

}  // namespace levin
