#include "levin/kernels/random.hpp"

#include <cmath>
#include <numbers>

namespace levin::kernels {
namespace {

double unit(std::uint32_t low, std::uint32_t high) {
    return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
}

/// log(k!): the product itself while it is exact, Stirling's series (error below 1e-9) beyond.
double log_factorial(double k) {
    if (k <= 16) {
        double factorial = 1;
        for (double i = 2; i <= k; ++i) factorial *= i;
        return std::log(factorial);
    }
    return (k + 0.5) * std::log(k) - k + 0.5 * std::log(2 * std::numbers::pi) + 1 / (12 * k) - 1 / (360 * k * k * k);
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

std::array<std::uint32_t, 4> Random::words(std::uint64_t position, std::uint32_t draw) const {
    return philox4x32({static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), draw, stream_},
                      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
}

double Random::uniform(std::uint64_t position, std::uint32_t draw) const {
    const auto w = words(position, draw);
    return unit(w[0], w[1]);
}

std::array<double, 2> Random::normal_pair(std::uint64_t pair) const {
    const auto w = words(pair, 0);
    const double radius = std::sqrt(-2 * std::log(1 - unit(w[0], w[1])));  // 1 - u is never 0
    const double angle = 2 * std::numbers::pi * unit(w[2], w[3]);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

std::uint32_t Random::poisson(std::uint64_t position, double mean) const {
    if (!(mean > 0)) return 0;
    if (mean < 10) {
        const double limit = std::exp(-mean);
        double remaining = 1;
        for (std::uint32_t k = 0;; ++k) {
            remaining *= uniform(position, k);
            if (remaining <= limit) return k;
        }
    }
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double squeeze = 0.9277 - 3.6224 / (b - 2);
    for (std::uint32_t draw = 0;; ++draw) {
        const auto w = words(position, draw);
        const double u = unit(w[0], w[1]) - 0.5, v = unit(w[2], w[3]);
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= squeeze) return static_cast<std::uint32_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * std::log(mean) - mean - log_factorial(k))
            return static_cast<std::uint32_t>(k);
    }
}

void fill_normal(std::uint64_t seed, Index first, Index count, float* out) {
    const Random random(seed);
    for (Index i = 0; i < count;) {
        const auto position = static_cast<std::uint64_t>(first + i);
        const auto pair = random.normal_pair(position / 2);
        for (std::size_t half = position % 2; half < 2 && i < count; ++half) out[i++] = static_cast<float>(pair[half]);
    }
}

}  // namespace levin::kernels
