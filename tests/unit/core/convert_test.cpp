#include <cmath>
#include <complex>
#include <limits>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/core/view.hpp"

using namespace levin;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class T, class S>
T clipped(S value) {
    T out{};
    convert(contiguous(&value, dtype_of<S>(), {}), contiguous(&out, dtype_of<T>(), {}), OutOfRange::clip);
    return out;
}

template <class T, class S>
bool fits(S value) {
    T out{};
    try {
        convert(contiguous(&value, dtype_of<S>(), {}), contiguous(&out, dtype_of<T>(), {}));
        return true;
    } catch (const UsageError&) {
        FAIL("a value that does not fit is no usage error");
    } catch (const Error&) {
    }
    return false;
}

template <class T>
constexpr T lowest = std::numeric_limits<T>::min();
template <class T>
constexpr T highest = std::numeric_limits<T>::max();
const double not_a_number = std::nan(""), infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("convert: floats round to the nearest integer, ties to even") {
    const double from[] = {0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999, 126.5, -127.5};
    const std::int8_t expected[] = {0, 2, 2, 0, -2, 2, 126, -128};
    std::int8_t to[8];
    convert(contiguous(from, DType::float64, {8}), contiguous(to, DType::int8, {8}));
    for (int i = 0; i < 8; ++i) CHECK(to[i] == expected[i]);
    CHECK(clipped<std::int64_t>(4503599627370496.5 / 2) == 2251799813685248);
    CHECK(clipped<std::uint64_t>(2251799813685249.5) == 2251799813685250);
}

TEST_CASE("convert: the edges of every integer type as a float sees them") {
    CHECK(fits<std::uint8_t>(-0.5));
    CHECK_FALSE(fits<std::uint8_t>(-0.51));
    CHECK(fits<std::uint8_t>(255.49));
    CHECK_FALSE(fits<std::uint8_t>(255.5));
    CHECK(fits<std::int8_t>(-128.5));
    CHECK_FALSE(fits<std::int8_t>(-128.51));
    CHECK_FALSE(fits<std::int8_t>(127.5));
    CHECK(fits<std::int32_t>(2147483647.0));
    CHECK_FALSE(fits<std::int32_t>(2147483648.0f));
    CHECK(fits<std::int64_t>(-0x1p63));
    CHECK(fits<std::int64_t>(std::nextafter(0x1p63, 0)));
    CHECK_FALSE(fits<std::int64_t>(0x1p63));
    CHECK(fits<std::uint64_t>(std::nextafter(0x1p64, 0)));
    CHECK_FALSE(fits<std::uint64_t>(0x1p64));
    CHECK_FALSE(fits<std::uint64_t>(-1.0));
    CHECK(fits<std::uint64_t>(-0.5));
    CHECK(clipped<std::int64_t>(0x1p63) == highest<std::int64_t>);
    CHECK(clipped<std::uint64_t>(infinity) == highest<std::uint64_t>);
    CHECK(clipped<std::int64_t>(-infinity) == lowest<std::int64_t>);
    CHECK(clipped<std::uint8_t>(1e300) == 255);
    CHECK(clipped<std::int16_t>(-1e300) == -32768);
    CHECK(clipped<std::int64_t>(std::nextafter(0x1p63, 0)) == 9223372036854774784);
}

TEST_CASE("convert: NaN and infinity do not fit an integer; NaN clips to 0") {
    CHECK_FALSE(fits<std::int32_t>(not_a_number));
    CHECK_FALSE(fits<std::int64_t>(not_a_number));
    CHECK_FALSE(fits<std::uint16_t>(std::numeric_limits<float>::infinity()));
    CHECK(clipped<std::uint8_t>(not_a_number) == 0);
    CHECK(clipped<std::int64_t>(not_a_number) == 0);
    CHECK(std::isnan(clipped<float>(not_a_number)));
    CHECK(std::isinf(clipped<float>(infinity)));
    CHECK(fits<float>(infinity));
    CHECK(std::isnan(static_cast<float>(clipped<Float16>(not_a_number))));
}

TEST_CASE("convert: integers never wrap") {
    CHECK_FALSE(fits<std::uint8_t>(std::int64_t{-1}));
    CHECK_FALSE(fits<std::uint64_t>(std::int8_t{-1}));
    CHECK_FALSE(fits<std::int64_t>(highest<std::uint64_t>));
    CHECK(fits<std::uint64_t>(highest<std::int64_t>));
    CHECK(clipped<std::uint64_t>(lowest<std::int64_t>) == 0);
    CHECK(clipped<std::int64_t>(highest<std::uint64_t>) == highest<std::int64_t>);
    CHECK(clipped<std::int8_t>(std::uint16_t{300}) == 127);
    CHECK(clipped<std::uint16_t>(std::uint8_t{200}) == 200);
}

TEST_CASE("convert: integers round to floats once") {
    CHECK(clipped<float>(std::int32_t{16777217}) == 16777216.0f);
    CHECK(clipped<double>(highest<std::uint64_t>) == 0x1p64);
    // A way through double would round 2^60 + 2^36 + 1 down to the tie, then to even.
    const std::int64_t above_tie = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;
    CHECK(clipped<float>(above_tie) == 0x1.000002p60f);
    CHECK(static_cast<float>(clipped<Float16>(std::int32_t{2049})) == 2048.0f);
    CHECK(static_cast<float>(clipped<Float16>(std::int32_t{2051})) == 2052.0f);
}

TEST_CASE("convert: float64 to float16 rounds once") {
    // 1 + 2^-11 is a tie (to 1); the smallest step above it is lost in float32, so two roundings would give 1.
    CHECK(clipped<Float16>(1 + 0x1p-11).bits == 0x3c00);
    CHECK(clipped<Float16>(std::nextafter(1 + 0x1p-11, 2)).bits == 0x3c01);
    CHECK(clipped<Float16>(std::nextafter(1 + 3 * 0x1p-11, 1)).bits == 0x3c01);
    CHECK(clipped<Float16>(-std::nextafter(1 + 0x1p-11, 2)).bits == 0xbc01);
    CHECK(clipped<Float16>(1e-300).bits == 0);
}

TEST_CASE("convert: a finite value too large for the floating type does not fit and clips to the largest") {
    CHECK_FALSE(fits<float>(1e39));
    CHECK(fits<float>(3.4028235677973362e38));  // rounds down to the largest float
    CHECK(clipped<float>(-1e39) == -std::numeric_limits<float>::max());
    CHECK_FALSE(fits<Float16>(65520.0f));
    CHECK(fits<Float16>(65519.0f));
    CHECK(clipped<Float16>(std::int32_t{-100000}).bits == 0xfbff);
    CHECK_FALSE(fits<Float16>(std::uint32_t{65520}));
}

TEST_CASE("convert: bool is 0 or not, and 0 or 1") {
    CHECK(clipped<bool>(not_a_number));
    CHECK(clipped<bool>(0.1f));
    CHECK_FALSE(clipped<bool>(-0.0));
    CHECK_FALSE(clipped<bool>(Float16(-0.0f)));
    CHECK(clipped<bool>(std::complex<float>(0, 1)));
    CHECK(clipped<std::int64_t>(true) == 1);
    CHECK(static_cast<float>(clipped<Float16>(true)) == 1.0f);
    CHECK(clipped<std::complex<double>>(true) == std::complex<double>(1, 0));
}

TEST_CASE("convert: real becomes complex with imaginary part 0, complex never real") {
    CHECK(clipped<std::complex<float>>(2.5) == std::complex<float>(2.5f, 0));
    CHECK(clipped<std::complex<float>>(std::complex<double>(1, -2)) == std::complex<float>(1, -2));
    CHECK_FALSE(fits<std::complex<float>>(std::complex<double>(0, 1e300)));
    CHECK_FALSE(fits<float>(std::complex<float>(1, 0)));
    CHECK_THROWS_WITH(clipped<double>(std::complex<float>(1, 0)), ContainsSubstring("imaginary"));
}

TEST_CASE("convert: the refused value, the type and its range are named") {
    const std::int16_t from[] = {1, 2, 300, 400};
    std::uint8_t to[4];
    CHECK_THROWS_WITH(convert(contiguous(from, DType::int16, {2, 2}), contiguous(to, DType::uint8, {2, 2})),
                      ContainsSubstring("300") && ContainsSubstring("uint8 (0 to 255)") && ContainsSubstring("--clip"));
}

TEST_CASE("convert: strided and transposed views, every pair of types") {
    for (int s = 0; s < 14; ++s)
        for (int t = 0; t < 14; ++t) {
            const auto from_type = static_cast<DType>(s), to_type = static_cast<DType>(t);
            if (is_complex(from_type) && !is_complex(to_type) && to_type != DType::boolean) continue;
            std::uint8_t small[6] = {0, 1, 2, 3, 4, 5};
            OwnedArray from(from_type, {2, 3}), to(to_type, {3, 2});
            convert(contiguous(small, DType::uint8, {2, 3}), from.view);
            convert(permuted(from.view, {1, 0}), to.view);
            std::complex<double> wide[6];
            convert(to.view, contiguous(wide, DType::complex128, {3, 2}));
            const bool truth = from_type == DType::boolean || to_type == DType::boolean;
            for (int y = 0; y < 2; ++y)
                for (int x = 0; x < 3; ++x) {
                    const int value = y * 3 + x;
                    CHECK(wide[x * 2 + y] == std::complex<double>(truth ? value != 0 : value, 0));
                }
        }
}
