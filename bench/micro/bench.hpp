/// What the micro-benchmarks share: the data, and the two rates beside each time.
///
/// items_per_second is pixels per second, a pixel being one sample of one image or series. bytes_per_second counts
/// every input byte once and every output byte once, which is what a kernel must move at least: compare with
/// memory_bench.cpp on the same number of bytes.
#pragma once
#include <benchmark/benchmark.h>

#include <random>

#include "levin/core/view.hpp"

namespace levin::bench {

/// Counts of photons about 1000, the benchmark's movie: mean 1000, standard deviation 32.
template <class T>
Buffer photons(Index count) {
    Buffer buffer(byte_count({count}, sizeof(T)));
    std::mt19937 random(1);
    std::normal_distribution<float> noise(sizeof(T) == 1 ? 100.0f : 1000.0f, sizeof(T) == 1 ? 10.0f : 32.0f);
    for (Index i = 0; i < count; ++i) buffer.as<T>()[i] = static_cast<T>(noise(random));
    return buffer;
}

inline void rates(benchmark::State& state, Index pixels, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * pixels);
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(bytes));
}

}  // namespace levin::bench
