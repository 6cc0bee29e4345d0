// Projections over t of blocks of 20 x 512 x 512, as a chunk of the images layout has them, and of whole series.
#include "bench.hpp"
#include "levin/kernels/select.hpp"
#include "levin/kernels/statistics.hpp"

namespace {

using namespace levin;

template <class T>
void accumulate_as(benchmark::State& state, const std::string& names) {
    constexpr Index frames = 20, pixels = 512 * 512;
    const auto statistics = kernels::parse_statistics(names);
    const Buffer in = bench::photons<T>(frames * pixels);
    kernels::Accumulator accumulator(statistics, dtype_of<T>(), pixels);
    for (auto _ : state) {
        accumulator.add(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), {frames, pixels}));
        benchmark::ClobberMemory();
    }
    bench::rates(state, frames * pixels, in.size());
}
void accumulate_uint16(benchmark::State& state, const std::string& names) {
    accumulate_as<std::uint16_t>(state, names);
}
BENCHMARK_CAPTURE(accumulate_uint16, max, std::string("max"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(accumulate_uint16, mean, std::string("mean"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(accumulate_uint16, std, std::string("std"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(accumulate_uint16, mean_std_max, std::string("mean,std,max"))->Unit(benchmark::kMillisecond);
void accumulate_float32(benchmark::State& state, const std::string& names) { accumulate_as<float>(state, names); }
BENCHMARK_CAPTURE(accumulate_float32, max, std::string("max"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(accumulate_float32, mean, std::string("mean"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(accumulate_float32, std, std::string("std"))->Unit(benchmark::kMillisecond);

/// All pixels of a frame together: a trace.
void trace(benchmark::State& state) {
    constexpr Index pixels = 512 * 512;
    const auto statistics = kernels::parse_statistics("mean");
    const Buffer in = bench::photons<std::uint16_t>(pixels);
    kernels::Accumulator accumulator(statistics, DType::uint16, 1);
    for (auto _ : state) {
        accumulator.add(contiguous(static_cast<const void*>(in.data()), DType::uint16, {pixels, 1}));
        benchmark::ClobberMemory();
    }
    bench::rates(state, pixels, in.size());
}
BENCHMARK(trace)->Unit(benchmark::kMillisecond);

template <class T>
void percentile(benchmark::State& state) {
    constexpr Index samples = 1000, pixels = 4096;
    const Buffer in = bench::photons<T>(samples * pixels);
    const double q[] = {50};
    Buffer out(byte_count({pixels}, sizeof(float))), scratch;
    for (auto _ : state) {
        kernels::percentiles(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), {samples, pixels}), q,
                             contiguous(static_cast<void*>(out.data()), DType::float32, {1, pixels}), scratch);
        benchmark::ClobberMemory();
    }
    bench::rates(state, samples * pixels, in.size() + out.size());
}
BENCHMARK(percentile<std::uint8_t>)->Unit(benchmark::kMillisecond);
BENCHMARK(percentile<std::uint16_t>)->Unit(benchmark::kMillisecond);
BENCHMARK(percentile<float>)->Unit(benchmark::kMillisecond);

}  // namespace
