#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "levin/core/dtype.hpp"

using levin::Float16;

namespace {

/// binary16 by its definition: sign, 5 exponent bits with bias 15, 10 fraction bits.
double by_definition(unsigned bits) {
    const double sign = bits & 0x8000u ? -1 : 1;
    const int exponent = static_cast<int>(bits >> 10 & 31u), fraction = static_cast<int>(bits & 1023u);
    if (exponent == 31) return fraction ? std::nan("") : sign * std::numeric_limits<double>::infinity();
    return exponent ? sign * std::ldexp(1024 + fraction, exponent - 25) : sign * std::ldexp(fraction, -24);
}

Float16 from_bits(unsigned bits) {
    Float16 half;
    half.bits = static_cast<std::uint16_t>(bits);
    return half;
}

}  // namespace

TEST_CASE("float16: all 65536 values widen to what the format defines and come back") {
    int wrong = 0;
    for (unsigned bits = 0; bits < 65536; ++bits) {
        const auto wide = static_cast<float>(from_bits(bits));
        const double expected = by_definition(bits);
        if (std::isnan(expected)) {
            wrong += !std::isnan(wide) || !std::isnan(static_cast<float>(Float16(wide)));
        } else {
            wrong += static_cast<double>(wide) != expected || std::signbit(wide) != std::signbit(expected);
            wrong += Float16(wide).bits != bits;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("float16: the middle of two neighbours rounds to the even one, its sides to the nearer") {
    int wrong = 0;
    for (unsigned bits = 0; bits + 1 < 0x7c00; ++bits) {
        const double low = by_definition(bits), high = by_definition(bits + 1);
        const auto middle = static_cast<float>((low + high) / 2);
        wrong += Float16(middle).bits != (bits % 2 ? bits + 1 : bits);
        wrong += Float16(std::nextafter(middle, 0.0f)).bits != bits;
        wrong += Float16(std::nextafter(middle, 1e9f)).bits != bits + 1;
        wrong += Float16(-middle).bits != (0x8000u | (bits % 2 ? bits + 1 : bits));
    }
    CHECK(wrong == 0);
}

TEST_CASE("float16: known bit patterns of NumPy's float16") {
    // numpy.float16(x).view('uint16')
    CHECK(Float16(1.0f).bits == 0x3c00);
    CHECK(Float16(-2.0f).bits == 0xc000);
    CHECK(Float16(0.1f).bits == 0x2e66);
    CHECK(Float16(65504.0f).bits == 0x7bff);
    CHECK(Float16(65519.996f).bits == 0x7bff);
    CHECK(Float16(65520.0f).bits == 0x7c00);
    CHECK(Float16(6e-8f).bits == 0x0001);
    CHECK(Float16(2.9802322e-8f).bits == 0x0000);
    CHECK(Float16(std::numeric_limits<float>::infinity()).bits == 0x7c00);
    CHECK(Float16(-0.0f).bits == 0x8000);
    CHECK(Float16(-0.0f) == Float16(0.0f));
    CHECK_FALSE(Float16(std::nanf("")) == Float16(std::nanf("")));
}
