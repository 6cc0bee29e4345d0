// The kernels behind a C interface, so that peers.py can time them and their peers in turn, in one process on one
// array.
#include "levin/kernels/detrend.hpp"
#include "levin/kernels/dff.hpp"
#include "levin/kernels/filter.hpp"
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/select.hpp"
#include "levin/kernels/statistics.hpp"

using namespace levin;

namespace {

Buffer& scratch() {
    static Buffer buffer;
    return buffer;
}

}  // namespace

extern "C" {

/// `value`: the window's size, or sigma of gaussian, per axis of three. `in` is padded by the halo.
void levin_filter(const char* kind, const char* dtype, const Index* shape, const double* value, const void* in,
                  void* out) {
    kernels::FilterOptions options{.kind = kernels::parse_filter_kind(kind)};
    for (int i = 0; i < 3; ++i) {
        if (options.kind == kernels::FilterKind::gaussian) options.sigma.push_back(value[i]);
        else options.size.push_back(static_cast<Index>(value[i]));
    }
    const DType type = parse_dtype(dtype);
    const kernels::Filter filter(options, type, 3);
    const Dims inner(shape, shape + 3), none(3, 0);
    Dims padded = inner;
    for (std::size_t i = 0; i < 3; ++i) padded[i] += filter.halo().before[i] + filter.halo().after[i];
    filter(contiguous(in, type, padded), contiguous(out, type, inner), {none, none}, scratch());
}

void levin_detrend(int order, float* series, Index samples, Index pixels) {
    const kernels::Detrend kernel({.type = "polynomial", .order = order}, samples);
    const View block = contiguous(static_cast<void*>(series), DType::float32, {samples, pixels});
    kernel(block, block, scratch());
}

void levin_dff(const char* baseline, float* series, Index samples, Index pixels) {
    const kernels::Dff kernel({.baseline = kernels::parse_baseline(baseline, {"t", 0, ""}, samples)}, samples);
    const View block = contiguous(static_cast<void*>(series), DType::float32, {samples, pixels});
    kernel(block, block, nullptr, scratch());
}

void levin_percentile(const char* dtype, double q, const void* in, Index samples, Index pixels, float* out) {
    kernels::percentiles(contiguous(in, parse_dtype(dtype), {samples, pixels}), std::span(&q, 1),
                         contiguous(static_cast<void*>(out), DType::float32, {1, pixels}), scratch());
}

void levin_statistic(const char* name, const char* dtype, const void* in, Index samples, Index pixels, void* out) {
    const auto statistics = kernels::parse_statistics(name);
    const DType type = parse_dtype(dtype);
    kernels::Accumulator accumulator(statistics, type, pixels);
    accumulator.add(contiguous(in, type, {samples, pixels}));
    accumulator.finish(statistics[0], contiguous(out, kernels::output_dtype(statistics[0], type), {pixels}));
}

/// `iterations` of Lloyd's algorithm, as far as they change anything.
void levin_kmeans(const float* series, Index samples, Index pixels, const double* centroids, Index clusters,
                  Index iterations, std::int32_t* labels) {
    const kernels::SeriesInMemory<float> blocks({series, static_cast<std::size_t>(samples * pixels)}, samples);
    std::vector<float> distance(static_cast<std::size_t>(pixels));
    const kernels::KMeansOptions options{
        .clusters = clusters, .init = kernels::KMeansInit::given, .max_iter = iterations, .tol = 0};
    kernels::kmeans<float>(blocks, options, {centroids, static_cast<std::size_t>(clusters * samples)},
                           {labels, static_cast<std::size_t>(pixels)}, distance);
}

}  // extern "C"
