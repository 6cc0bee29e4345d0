#include "levin/core/dtype.hpp"

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin;

namespace {
constexpr int dtype_count = 14;
}

TEST_CASE("dtype: every name leads back to its dtype, every dtype to its C++ type") {
    for (int i = 0; i < dtype_count; ++i) {
        const auto dtype = static_cast<DType>(i);
        CHECK(dtype_from_name(name_of(dtype)) == dtype);
        CHECK(parse_dtype(name_of(dtype)) == dtype);
        CHECK(visit_dtype(dtype, []<class T>() { return dtype_of<T>(); }) == dtype);
        CHECK(visit_dtype(dtype, []<class T>() { return sizeof(T); }) == size_of(dtype));
    }
    CHECK(name_of(DType::boolean) == "bool");
    CHECK(name_of(DType::complex64) == "complex64");
}

TEST_CASE("dtype: an unknown name is a usage error that lists the known ones") {
    CHECK_FALSE(dtype_from_name("uint12"));
    CHECK_THROWS_AS(parse_dtype("uint12"), UsageError);
    try {
        parse_dtype("uint12");
    } catch (const UsageError& error) {
        CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("uint16"));
    }
}

TEST_CASE("dtype: sizes and words") {
    CHECK(size_of(DType::float16) == 2);
    CHECK(size_of(DType::complex128) == 16);
    CHECK(word_size(DType::complex128) == 8);
    CHECK(word_size(DType::complex64) == 4);
    CHECK(word_size(DType::uint32) == 4);
}

TEST_CASE("dtype: kinds") {
    CHECK_FALSE(is_integer(DType::boolean));
    CHECK(is_integer(DType::int8));
    CHECK(is_integer(DType::uint64));
    CHECK_FALSE(is_integer(DType::float16));
    CHECK(is_floating(DType::float16));
    CHECK(is_floating(DType::float64));
    CHECK_FALSE(is_floating(DType::complex64));
    CHECK(is_complex(DType::complex64));
    CHECK_FALSE(is_complex(DType::float64));
}

TEST_CASE("dtype: narrow types are computed in float32, wide ones in float64, complex ones as they are") {
    for (const auto dtype : {DType::boolean, DType::int8, DType::uint16, DType::float16, DType::float32})
        CHECK(compute_dtype(dtype) == DType::float32);
    for (const auto dtype : {DType::int32, DType::uint32, DType::int64, DType::uint64, DType::float64})
        CHECK(compute_dtype(dtype) == DType::float64);
    CHECK(compute_dtype(DType::complex64) == DType::complex64);
    CHECK(compute_dtype(DType::complex128) == DType::complex128);
}
