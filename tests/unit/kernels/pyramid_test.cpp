// Against a naive loop over blocks, and rows in one call against the same in pieces.
#include "levin/kernels/pyramid.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "catch.hpp"
#include "levin/core/view.hpp"

namespace {

using namespace levin;
using kernels::Downsample;

template <class T>
std::vector<T> downsampled(Downsample method, const std::vector<std::vector<T>>& rows, Index factor) {
    std::vector<const std::byte*> pointers;
    for (const auto& row : rows) pointers.push_back(reinterpret_cast<const std::byte*>(row.data()));
    const auto length = static_cast<Index>(rows.front().size());
    std::vector<T> out(static_cast<std::size_t>(ceil_div(length, factor)));
    kernels::downsample_rows(method, dtype_of<T>(), pointers, length, factor, reinterpret_cast<std::byte*>(out.data()));
    return out;
}

/// The samples of block j in C order.
template <class T>
std::vector<T> block(const std::vector<std::vector<T>>& rows, Index factor, std::size_t j) {
    std::vector<T> samples;
    const auto step = static_cast<std::size_t>(factor);
    for (const auto& row : rows)
        for (std::size_t i = j * step; i < std::min(row.size(), (j + 1) * step); ++i) samples.push_back(row[i]);
    return samples;
}

/// Ties to even, in whole numbers that hold every sum of these tests.
template <class T>
T naive_mean(const std::vector<T>& samples) {
    long double sum = 0;  // 64 bits of mantissa: exact for sums of a few values
    for (const T value : samples) sum += static_cast<long double>(value);
    return static_cast<T>(std::nearbyint(sum / static_cast<long double>(samples.size())));
}

template <class T>
T naive_mode(const std::vector<T>& samples) {
    std::map<T, int> counts;
    for (const T value : samples) ++counts[value];
    T best = counts.begin()->first;
    for (const auto& [value, count] : counts)
        if (count > counts[best]) best = value;
    return best;
}

template <class T>
std::vector<std::vector<T>> random_rows(std::size_t rows, std::size_t length, std::int64_t low, std::int64_t high) {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> values(low, high);
    std::vector<std::vector<T>> result(rows, std::vector<T>(length));
    for (auto& row : result)
        for (T& value : row) value = static_cast<T>(values(random));
    return result;
}

template <class T>
void check_integers(std::int64_t low, std::int64_t high) {
    for (const std::size_t rows : {1u, 2u, 3u, 4u, 8u})
        for (const Index factor : {1, 2, 3, 4, 16})
            for (const std::size_t length : {1u, 2u, 37u, 2051u}) {
                const auto data = random_rows<T>(rows, length, low, high);
                const auto mean = downsampled(Downsample::mean, data, factor);
                const auto mode = downsampled(Downsample::mode, data, factor);
                const auto nearest = downsampled(Downsample::nearest, data, factor);
                for (std::size_t j = 0; j < mean.size(); ++j) {
                    const auto samples = block(data, factor, j);
                    INFO(rows << " rows of " << length << ", factor " << factor << ", block " << j);
                    REQUIRE(mean[j] == naive_mean(samples));
                    REQUIRE(mode[j] == naive_mode(samples));
                    REQUIRE(nearest[j] == samples.front());
                }
            }
}

constexpr double none = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("pyramid: integers, exact and to the nearest, ties to even") {
    check_integers<std::uint8_t>(0, 255);
    check_integers<std::int8_t>(-128, 127);
    check_integers<std::uint16_t>(65500, 65535);
    check_integers<std::int16_t>(-32768, 32767);
    check_integers<std::uint32_t>(0xfffffff0, 0xffffffff);
    check_integers<std::int32_t>(-3, 3);
    check_integers<std::int64_t>(-5, 5);
    using Row = std::vector<std::vector<std::int16_t>>;
    CHECK(downsampled(Downsample::mean, Row{{0, 1, 1, 2, -1, 0, -1, -2}}, 2) == std::vector<std::int16_t>{0, 2, 0, -2});
    // Sums beyond 64 bits.
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    using Wide = std::vector<std::vector<std::uint64_t>>;
    CHECK(downsampled(Downsample::mean, Wide{{most, most}, {most, most - 4}}, 2) ==
          std::vector<std::uint64_t>{most - 1});
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    using Signed = std::vector<std::vector<std::int64_t>>;
    CHECK(downsampled(Downsample::mean, Signed{{least, least, least}}, 3) == std::vector<std::int64_t>{least});
    CHECK(downsampled(Downsample::mean, Signed{{least, least + 1}}, 2) == std::vector<std::int64_t>{least});
}

TEST_CASE("pyramid: floating point, NaN is no data") {
    using Rows = std::vector<std::vector<double>>;
    const auto mean = downsampled(
        Downsample::mean, Rows{{1, 2, none, none, none, 3, 1e308, 1e308}, {3, 4, none, none, 4, none, 0, 0}}, 2);
    CHECK(mean[0] == 2.5);
    CHECK(std::isnan(mean[1]));
    CHECK(mean[2] == 3.5);
    CHECK(std::isinf(mean[3]));
    const auto mode = downsampled(Downsample::mode, Rows{{1, 2, none, none, none, 3}, {2, 1, none, none, 4, none}}, 2);
    CHECK(mode[0] == 1);
    CHECK(std::isnan(mode[1]));
    CHECK(mode[2] == 3);
    // Added up in float64: in float32 the first sum would lose the 1.
    const std::vector<std::vector<float>> close{{0x1p30f, 1, -0x1p30f, 3}};
    CHECK(downsampled(Downsample::mean, close, 4) == std::vector<float>{1});
    const std::vector<std::vector<Float16>> half{{Float16(2048), Float16(2050), Float16(1)}};
    CHECK(downsampled(Downsample::mean, half, 2) == std::vector<Float16>{Float16(2048), Float16(1)});  // 2049: a tie
}

TEST_CASE("pyramid: blocks know nothing of one another") {
    const auto rows = random_rows<std::uint16_t>(4, 3000, 0, 65535);
    for (const Downsample method : {Downsample::mean, Downsample::mode, Downsample::nearest}) {
        const auto whole = downsampled(method, rows, 3);
        for (const std::size_t begin : {0u, 3u, 600u, 1536u, 2997u}) {
            std::vector<std::vector<std::uint16_t>> part;
            for (const auto& row : rows) part.emplace_back(row.begin() + static_cast<Index>(begin), row.end());
            const auto found = downsampled(method, part, 3);
            CHECK(std::equal(found.begin(), found.end(), whole.begin() + static_cast<Index>(begin / 3), whole.end()));
        }
    }
}

TEST_CASE("pyramid: what a type does not have") {
    CHECK_FALSE(kernels::can_downsample(Downsample::mean, DType::boolean));
    CHECK(kernels::can_downsample(Downsample::mode, DType::boolean));
    CHECK_FALSE(kernels::can_downsample(Downsample::mode, DType::complex64));
    CHECK(kernels::can_downsample(Downsample::nearest, DType::complex64));
    const std::vector<std::vector<std::complex<float>>> rows{{{1, 2}, {3, 4}, {5, 6}}};
    CHECK(downsampled(Downsample::nearest, rows, 2) == std::vector<std::complex<float>>{{1, 2}, {5, 6}});
}
