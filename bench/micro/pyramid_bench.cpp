// One level of a pyramid from the one before: compare the mean with memory_copy of as many bytes, of which it writes a
// quarter.
#include "bench.hpp"
#include "levin/kernels/pyramid.hpp"

namespace {

using namespace levin;
using kernels::Downsample;

template <class T>
void halve(benchmark::State& state, Downsample method, const Buffer& in, Index side) {
    Buffer out(byte_count({side / 2, side / 2}, sizeof(T)));
    for (auto _ : state) {
        for (Index y = 0; y < side; y += 2) {
            const auto* row = reinterpret_cast<const std::byte*>(in.as<T>() + y * side);
            const std::byte* rows[] = {row, row + side * static_cast<Index>(sizeof(T))};
            kernels::downsample_rows(method, dtype_of<T>(), rows, side, 2,
                                     reinterpret_cast<std::byte*>(out.as<T>() + y / 2 * (side / 2)));
        }
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    bench::rates(state, side * side, byte_count({side, side}, sizeof(T)) * 5 / 4);
}

template <class T>
void pyramid_mean(benchmark::State& state) {
    halve<T>(state, Downsample::mean, bench::photons<T>(state.range(0) * state.range(0)), state.range(0));
}
BENCHMARK_TEMPLATE(pyramid_mean, std::uint8_t)->Arg(2048)->Arg(16384)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(pyramid_mean, std::uint16_t)->Arg(2048)->Arg(16384)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(pyramid_mean, float)->Arg(2048)->Arg(8192)->Unit(benchmark::kMillisecond);

/// Objects of 40 by 40 pixels: most blocks lie in one of them.
void pyramid_mode(benchmark::State& state) {
    const Index side = state.range(0);
    Buffer labels(byte_count({side, side}, 4));
    for (Index y = 0; y < side; ++y)
        for (Index x = 0; x < side; ++x)
            labels.as<std::uint32_t>()[y * side + x] = static_cast<std::uint32_t>(y / 41 * 100 + x / 37);
    halve<std::uint32_t>(state, Downsample::mode, labels, side);
}
BENCHMARK(pyramid_mode)->Arg(2048)->Unit(benchmark::kMillisecond);

}  // namespace
