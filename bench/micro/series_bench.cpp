// Kernels on whole series: blocks of 1000 samples of 64 x 64 pixels, as a chunk of the series layout has them.
#include "bench.hpp"
#include "levin/kernels/detrend.hpp"
#include "levin/kernels/dff.hpp"
#include "levin/kernels/fft.hpp"
#include "levin/kernels/kmeans.hpp"

namespace {

using namespace levin;

constexpr Index samples = 1000, pixels = 4096;

/// kernel(in, out, scratch), as a tool calls it: 16-bit samples in, float32 out.
template <class Kernel>
void from_stored(benchmark::State& state, const Kernel& kernel) {
    const Buffer in = bench::photons<std::uint16_t>(samples * pixels);
    Buffer out(2 * in.size()), scratch;
    const ConstView from = contiguous(static_cast<const void*>(in.data()), DType::uint16, {samples, pixels});
    const View to = contiguous(static_cast<void*>(out.data()), DType::float32, {samples, pixels});
    for (auto _ : state) {
        kernel(from, to, scratch);
        benchmark::ClobberMemory();
    }
    bench::rates(state, samples * pixels, in.size() + out.size());
}

void detrend(benchmark::State& state) {
    from_stored(state, kernels::Detrend({.type = "polynomial", .order = static_cast<int>(state.range(0))}, samples));
}
BENCHMARK(detrend)->Arg(0)->Arg(1)->Arg(5)->Unit(benchmark::kMillisecond);

void dff(benchmark::State& state, const std::string& baseline) {
    const kernels::Dff kernel({.baseline = kernels::parse_baseline(baseline, {"t", 0, ""}, samples)}, samples);
    from_stored(state,
                [&](const ConstView& in, const View& out, Buffer& scratch) { kernel(in, out, nullptr, scratch); });
}
BENCHMARK_CAPTURE(dff, mean, std::string("mean"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dff, percentile, std::string("percentile:20"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dff, rolling_percentile, std::string("rolling-percentile:8:500"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dff, rolling_mean, std::string("rolling-mean:500"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dff, maximin, std::string("maximin:10:60"))->Unit(benchmark::kMillisecond);

void fft_power(benchmark::State& state) {
    const kernels::Fft kernel({}, samples, DType::float32);
    const Buffer in = bench::photons<float>(samples * pixels);
    Buffer out(byte_count({kernel.output_length(), pixels}, sizeof(float))), scratch;
    for (auto _ : state) {
        kernel(in.data(), out.data(), pixels, scratch);
        benchmark::ClobberMemory();
    }
    bench::rates(state, samples * pixels, in.size() + out.size());
}
BENCHMARK(fft_power)->Unit(benchmark::kMillisecond);

/// One time is that of 20 iterations and of what goes before and after them.
template <class T>
void kmeans(benchmark::State& state) {
    const Buffer series = bench::photons<T>(samples * pixels);
    const kernels::SeriesInMemory<T> blocks({series.template as<T>(), static_cast<std::size_t>(samples * pixels)},
                                            samples);
    std::vector<std::int32_t> labels(pixels);
    std::vector<float> distance(pixels);
    const kernels::KMeansOptions options{.clusters = 10, .init = kernels::KMeansInit::random, .max_iter = 20, .tol = 0};
    for (auto _ : state) kernels::kmeans<T>(blocks, options, {}, labels, distance);
    bench::rates(state, 20 * samples * pixels, 20 * samples * pixels * sizeof(T));
}
BENCHMARK_TEMPLATE(kmeans, std::uint16_t)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(kmeans, float)->Unit(benchmark::kMillisecond);

}  // namespace
