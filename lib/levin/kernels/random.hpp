/// Random numbers as a pure function of (seed, stream, position): any part of a sequence can be made in any order, on
/// any thread, with the same bits.
///
/// Source: Philox4x32-10, J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1,
/// 2, 3", SC 2011.
#pragma once
#include <array>
#include <cstdint>

#include "levin/core/dims.hpp"

namespace levin::kernels {

/// Four random words for a counter and a key.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A family of independent sequences, one per `stream`, random access within each.
class Random {
  public:
    explicit Random(std::uint64_t seed, std::uint32_t stream = 0) : seed_(seed), stream_(stream) {}

    /// Uniform in [0, 1), a multiple of 2^-53; `draw` distinguishes several numbers at one position.
    double uniform(std::uint64_t position, std::uint32_t draw = 0) const;
    /// Two independent standard normal numbers, by Box-Muller in double.
    std::array<double, 2> normal_pair(std::uint64_t pair) const;
    /// Poisson with mean `mean` >= 0 (exactly 0 for mean 0): products of uniforms below 10, else W. Hoermann's
    /// transformed rejection PTRS ("The transformed rejection method for generating Poisson random variables", 1993).
    std::uint32_t poisson(std::uint64_t position, double mean) const;

  private:
    std::array<std::uint32_t, 4> words(std::uint64_t position, std::uint32_t draw) const;
    std::uint64_t seed_;
    std::uint32_t stream_;
};

/// Standard normal numbers for elements first .. first + count - 1 of a sequence: element i is half i % 2 of pair i /
/// 2, rounded to float.
void fill_normal(std::uint64_t seed, Index first, Index count, float* out);

}  // namespace levin::kernels
