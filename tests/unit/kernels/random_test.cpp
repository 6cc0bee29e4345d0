#include "levin/kernels/random.hpp"

#include <cmath>

#include "catch.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;

TEST_CASE("random: Philox4x32-10 gives the known answers of Random123") {
    using Words = std::array<std::uint32_t, 4>;
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random: normal numbers have mean 0, variance 1 and kurtosis 3, and do not depend on where a block starts") {
    std::vector<float> values(200001);
    fill_normal(7, 0, 200001, values.data());
    double mean = 0, square = 0, fourth = 0;
    for (const double x : values) mean += x, square += x * x, fourth += x * x * x * x;
    CHECK(mean / 200001 == Approx(0).margin(0.01));
    CHECK(square / 200001 == Approx(1).margin(0.015));
    CHECK(fourth / 200001 == Approx(3).margin(0.1));
    std::vector<float> part(1000);
    for (const Index first : {1, 2, 12345}) {
        fill_normal(7, first, 1000, part.data());
        CHECK(std::equal(part.begin(), part.end(), values.begin() + first));
    }
}

TEST_CASE("random: Poisson counts have the mean and the variance asked for") {
    const Random random(3);
    for (const double mean : {0.3, 4.0, 10.0, 25.0, 180.0, 5000.0}) {
        double sum = 0, square = 0;
        const int count = 40000;
        for (int i = 0; i < count; ++i) {
            const double d = random.poisson(static_cast<std::uint64_t>(i), mean) - mean;
            sum += d;
            square += d * d;
        }
        CHECK(std::abs(sum / count) < 5 * std::sqrt(mean / count));
        CHECK(square / count == Approx(mean).epsilon(0.05));
    }
    CHECK(random.poisson(1, 0) == 0);
}

TEST_CASE("random: Poisson counts follow the distribution's terms") {
    const Random random(4);
    const double mean = 12;
    std::vector<int> histogram(200);
    const int count = 100000;
    for (int i = 0; i < count; ++i) ++histogram[random.poisson(static_cast<std::uint64_t>(i), mean)];
    for (int k = 4; k < 22; ++k) {
        const double expected = count * std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
        CHECK(std::abs(histogram[static_cast<std::size_t>(k)] - expected) < 5 * std::sqrt(expected));
    }
}
