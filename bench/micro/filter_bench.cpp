// Window filters on frames of 512 x 512 and on volumes of 64 x 128 x 128.
#include "bench.hpp"
#include "levin/kernels/filter.hpp"

namespace {

using namespace levin;
using kernels::FilterKind;

template <class T>
void run(benchmark::State& state, const kernels::FilterOptions& options, const Dims& shape) {
    const kernels::Filter filter(options, dtype_of<T>(), shape.size());
    Dims padded = shape;
    for (std::size_t i = 0; i < shape.size(); ++i) padded[i] += filter.halo().before[i] + filter.halo().after[i];
    const Buffer in = bench::photons<T>(product(padded));
    Buffer out(byte_count(shape, sizeof(T))), scratch;
    const Dims none(shape.size(), 0);
    for (auto _ : state) {
        filter(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), padded),
               contiguous(static_cast<void*>(out.data()), dtype_of<T>(), shape), {none, none}, scratch);
        benchmark::ClobberMemory();
    }
    bench::rates(state, product(shape), in.size() + out.size());
}

const Dims frames{4, 512, 512}, volume{64, 128, 128};

template <class T>
void median_frame(benchmark::State& state) {
    const Index size = state.range(0);
    run<T>(state, {.kind = FilterKind::median, .size = {1, size, size}}, frames);
}
BENCHMARK(median_frame<std::uint8_t>)->Arg(3)->Arg(5)->Arg(15)->Arg(41)->Unit(benchmark::kMillisecond);
BENCHMARK(median_frame<std::uint16_t>)->Arg(3)->Arg(5)->Arg(15)->Arg(41)->Unit(benchmark::kMillisecond);
BENCHMARK(median_frame<float>)->Arg(3)->Arg(5)->Unit(benchmark::kMillisecond);

template <class T>
void median_volume(benchmark::State& state) {
    const Index size = state.range(0);
    run<T>(state, {.kind = FilterKind::median, .size = {size, size, size}}, volume);
}
BENCHMARK(median_volume<std::uint16_t>)->Arg(3)->Arg(5)->Unit(benchmark::kMillisecond);
BENCHMARK(median_volume<float>)->Arg(3)->Arg(5)->Unit(benchmark::kMillisecond);

void gaussian_frame(benchmark::State& state) {
    run<float>(state, {.kind = FilterKind::gaussian, .sigma = {0, 2, 2}}, frames);
}
BENCHMARK(gaussian_frame)->Unit(benchmark::kMillisecond);

void gaussian_volume(benchmark::State& state) {
    run<float>(state, {.kind = FilterKind::gaussian, .sigma = {3, 3, 3}}, volume);
}
BENCHMARK(gaussian_volume)->Unit(benchmark::kMillisecond);

void uniform_frame(benchmark::State& state) {
    run<float>(state, {.kind = FilterKind::uniform, .size = {1, 5, 5}}, frames);
}
BENCHMARK(uniform_frame)->Unit(benchmark::kMillisecond);

void maximum_frame(benchmark::State& state) {
    run<std::uint16_t>(state, {.kind = FilterKind::max, .size = {1, 9, 9}}, frames);
}
BENCHMARK(maximum_frame)->Unit(benchmark::kMillisecond);

}  // namespace
