// The bound: what reading, copying and filling memory cost in blocks of the sizes that the engine hands to the kernels.
#include <cstring>
#include <numeric>

#include "bench.hpp"

namespace {

using namespace levin;

void memory_copy(benchmark::State& state) {
    const auto bytes = static_cast<std::size_t>(state.range(0)) << 20;
    Buffer from(bytes), to(bytes);
    std::memset(from.data(), 1, bytes);
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), bytes);
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
    bench::rates(state, static_cast<Index>(bytes), 2 * bytes);
}
BENCHMARK(memory_copy)->Arg(1)->Arg(16)->Arg(256)->Unit(benchmark::kMillisecond);

void memory_read(benchmark::State& state) {
    const auto bytes = static_cast<std::size_t>(state.range(0)) << 20;
    Buffer from(bytes);
    std::memset(from.data(), 1, bytes);
    for (auto _ : state) {
        const auto* words = from.as<std::uint64_t>();
        benchmark::DoNotOptimize(std::accumulate(words, words + bytes / 8, std::uint64_t{0}));
    }
    bench::rates(state, static_cast<Index>(bytes), bytes);
}
BENCHMARK(memory_read)->Arg(1)->Arg(16)->Arg(256)->Unit(benchmark::kMillisecond);

}  // namespace
