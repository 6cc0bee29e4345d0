// Every kernel gives the same bytes on every vector instruction set that this machine has.
#include <hwy/targets.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>

#include "catch.hpp"
#include "levin/kernels/detrend.hpp"
#include "levin/kernels/dff.hpp"
#include "levin/kernels/fft.hpp"
#include "levin/kernels/filter.hpp"
#include "levin/kernels/kmeans.hpp"
#include "levin/kernels/select.hpp"
#include "levin/kernels/statistics.hpp"

namespace {

using namespace levin;
using Bytes = std::vector<std::byte>;

/// The instruction sets, the baseline last: with no bit set Highway takes what the compiler was told.
std::vector<std::int64_t> targets() {
    std::vector<std::int64_t> result;
    for (std::int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) result.push_back(rest & -rest);
    return result;
}

/// Runs `kernel`, which returns its output's bytes, on every target.
void same_on_every_target(const std::function<Bytes()>& kernel) {
    const auto all = targets();
    hwy::SetSupportedTargetsForTest(all.back());
    const Bytes expected = kernel();
    REQUIRE(!expected.empty());
    for (const std::int64_t target : all) {
        hwy::SetSupportedTargetsForTest(target);
        INFO("target " << hwy::TargetName(target));
        const Bytes found = kernel();
        REQUIRE(found.size() == expected.size());
        const auto [here, there] = std::mismatch(found.begin(), found.end(), expected.begin());
        INFO("byte " << here - found.begin() << " of " << found.size());
        CHECK(here == found.end());
    }
    hwy::SetSupportedTargetsForTest(0);
}

/// Numbers about 100, in float types with fractions, both zeros and, where asked for, some NaN and infinities.
template <class T>
std::vector<T> numbers(Index count, bool special = false) {
    std::vector<T> result(static_cast<std::size_t>(count));
    std::mt19937 random(3);
    std::normal_distribution<double> noise(100, 20);
    for (T& x : result) {
        x = static_cast<T>(std::clamp(noise(random), 0.0, 127.0));
        if constexpr (std::is_floating_point_v<T>) {
            if (random() % 50 == 0) x = random() % 2 ? T{0} : -T{0};
            if (special && random() % 500 == 0) x = std::numeric_limits<T>::quiet_NaN();
            if (special && random() % 5000 == 0) x = std::numeric_limits<T>::infinity();
        }
    }
    return result;
}

template <class T>
void filter_everywhere(const kernels::FilterOptions& options, bool special = false) {
    const Dims shape{5, 19, 83};
    INFO(kernels::name_of(options.kind) << " of " << name_of(dtype_of<T>()));
    same_on_every_target([&] {
        const kernels::Filter filter(options, dtype_of<T>(), 3);
        Dims padded = shape;
        for (std::size_t i = 0; i < 3; ++i) padded[i] += filter.halo().before[i] + filter.halo().after[i];
        const auto in = numbers<T>(product(padded), special);
        const DType type = kernels::filter_output_dtype(options.kind, dtype_of<T>());
        Bytes out(byte_count(shape, size_of(type)));
        Buffer scratch;
        filter(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), padded),
               contiguous(static_cast<void*>(out.data()), type, shape), {Dims(3, 0), Dims(3, 0)}, scratch);
        return out;
    });
}

kernels::FilterOptions window(kernels::FilterKind kind, std::vector<Index> size) {
    kernels::FilterOptions options;
    options.kind = kind;
    options.size = std::move(size);
    return options;
}

kernels::FilterOptions gaussian(std::vector<double> sigma) {
    kernels::FilterOptions options;
    options.kind = kernels::FilterKind::gaussian;
    options.sigma = std::move(sigma);
    return options;
}

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
    Bytes result(values.size() * sizeof(T));
    std::memcpy(result.data(), values.data(), result.size());
    return result;
}

}  // namespace

TEST_CASE("this machine's instruction sets are known") { CHECK(targets().size() >= 1); }

TEST_CASE("filters are the same on every target") {
    using kernels::FilterKind;
    for (const auto& size : {std::vector<Index>{1, 3, 3}, {1, 5, 5}, {3, 3, 3}, {5, 5, 5}, {3, 1, 1}, {1, 15, 15}}) {
        filter_everywhere<std::uint8_t>(window(FilterKind::median, size));
        filter_everywhere<std::int8_t>(window(FilterKind::median, size));
        filter_everywhere<std::uint16_t>(window(FilterKind::median, size));
        filter_everywhere<std::int32_t>(window(FilterKind::median, size));
        filter_everywhere<float>(window(FilterKind::median, size));
        filter_everywhere<float>(window(FilterKind::median, size), true);
    }
    filter_everywhere<double>(window(FilterKind::median, {1, 3, 3}), true);
    for (const auto kind : {FilterKind::min, FilterKind::max, FilterKind::uniform}) {
        filter_everywhere<float>(window(kind, {1, 5, 4}), true);
        filter_everywhere<double>(window(kind, {3, 5, 4}));
    }
    filter_everywhere<std::uint16_t>(window(FilterKind::max, {3, 9, 9}));
    for (const auto kind : {FilterKind::laplace, FilterKind::sobel})
        filter_everywhere<float>(window(kind, {1, 3, 3}), true);
    for (const auto& sigma : {std::vector<double>{0, 2, 2}, {3, 3, 3}, {0, 9, 0}}) {
        filter_everywhere<float>(gaussian(sigma));
        filter_everywhere<float>(gaussian(sigma), true);
        filter_everywhere<double>(gaussian(sigma));
    }
}

namespace {

template <class T>
void accumulate_everywhere(Index samples, Index pixels) {
    INFO("statistics of " << name_of(dtype_of<T>()));
    same_on_every_target([&] {
        const auto in = numbers<T>(samples * pixels, true);
        const auto statistics = kernels::parse_statistics("max,min,sum,mean,std,var,range,argmax,argmin,count,snr");
        kernels::Accumulator accumulator(statistics, dtype_of<T>(), pixels);
        accumulator.add(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), {samples, pixels}));
        Bytes all;
        for (const auto& statistic : statistics) {
            const DType type = kernels::output_dtype(statistic, dtype_of<T>());
            Bytes out(byte_count({pixels}, size_of(type)));
            accumulator.finish(statistic, contiguous(static_cast<void*>(out.data()), type, {pixels}));
            all.insert(all.end(), out.begin(), out.end());
        }
        return all;
    });
    same_on_every_target([&] {
        const auto in = numbers<T>(samples * pixels, true);
        const double q[] = {0, 20, 50, 99.5};
        const DType type = compute_dtype(dtype_of<T>());
        Bytes out(byte_count({4, pixels}, size_of(type)));
        Buffer scratch;
        kernels::percentiles(contiguous(static_cast<const void*>(in.data()), dtype_of<T>(), {samples, pixels}), q,
                             contiguous(static_cast<void*>(out.data()), type, {4, pixels}), scratch);
        return out;
    });
}

/// kernel(in, out) on series as stored and as computed, both (samples, pixels).
constexpr Index samples_of_series = 203, pixels_of_series = 83;
template <class T, class Kernel>
void series_everywhere(Kernel kernel, bool special) {
    const Dims shape{samples_of_series, pixels_of_series};
    same_on_every_target([&] {
        const auto series = numbers<T>(product(shape), special);
        std::vector<kernels::Computed<T>> out(series.size());
        kernel(contiguous(static_cast<const void*>(series.data()), dtype_of<T>(), shape),
               contiguous(static_cast<void*>(out.data()), dtype_of<kernels::Computed<T>>(), shape));
        return bytes_of(out);
    });
}

/// The same for every type of samples.
template <class Kernel>
void samples_everywhere(Kernel kernel, bool special) {
    series_everywhere<std::uint8_t>(kernel, special);
    series_everywhere<std::int8_t>(kernel, special);
    series_everywhere<std::uint16_t>(kernel, special);
    series_everywhere<std::int16_t>(kernel, special);
    series_everywhere<float>(kernel, special);
    series_everywhere<double>(kernel, special);
}

}  // namespace

TEST_CASE("statistics are the same on every target") {
    for (const Index pixels : {Index{1}, Index{5}, Index{300}}) {
        accumulate_everywhere<std::uint8_t>(77, pixels);
        accumulate_everywhere<std::int16_t>(77, pixels);
        accumulate_everywhere<std::uint16_t>(77, pixels);
        accumulate_everywhere<std::int32_t>(77, pixels);
        accumulate_everywhere<float>(77, pixels);
        accumulate_everywhere<double>(77, pixels);
    }
}

TEST_CASE("kernels on series are the same on every target") {
    for (const bool special : {false, true}) {
        for (const int order : {0, 1, 5}) {
            for (const auto keep : {kernels::DetrendKeep::none, kernels::DetrendKeep::intercept}) {
                const auto run = [&](const ConstView& in, const View& out) {
                    Buffer scratch;
                    kernels::Detrend({"polynomial", order, keep}, samples_of_series)(in, out, scratch);
                };
                samples_everywhere(run, special);
            }
        }
        for (const auto* baseline :
             {"mean", "percentile:20", "rolling-percentile:8:50", "rolling-mean:50", "maximin:3:20"}) {
            const auto run = [&](const ConstView& in, const View& out) {
                kernels::DffOptions options;
                options.baseline = kernels::parse_baseline(baseline, {"t", 0, ""}, samples_of_series);
                Buffer scratch;
                kernels::Dff(options, samples_of_series)(in, out, nullptr, scratch);
            };
            series_everywhere<std::uint16_t>(run, special);
            series_everywhere<std::int8_t>(run, special);
            series_everywhere<float>(run, special);
        }
        for (const auto value : {kernels::FftValue::power, kernels::FftValue::phase}) {
            const auto run = [&](const ConstView& in, const View& out) {
                kernels::FftOptions options;
                options.value = value;
                Buffer scratch;
                kernels::Fft(options, samples_of_series, in.dtype)(in.data, out.data, pixels_of_series, scratch);
            };
            samples_everywhere(run, special);
        }
    }
}

namespace {

template <class T>
void kmeans_everywhere(Index samples, Index pixels) {
    for (const auto scale : {kernels::SeriesScale::none, kernels::SeriesScale::zscore}) {
        same_on_every_target([&] {
            const auto series = numbers<T>(samples * pixels, true);
            const kernels::SeriesInMemory<T> blocks(series, samples);
            std::vector<std::int32_t> labels(static_cast<std::size_t>(pixels));
            std::vector<float> distance(labels.size());
            kernels::KMeansOptions options;
            options.clusters = 7;
            options.max_iter = 8;
            options.scale = scale;
            const auto result = kernels::kmeans<T>(blocks, options, {}, labels, distance);
            Bytes all = bytes_of(labels);
            for (const Bytes& more : {bytes_of(distance), bytes_of(result.centroids)})
                all.insert(all.end(), more.begin(), more.end());
            return all;
        });
    }
}

}  // namespace

TEST_CASE("k-means is the same on every target") {
    const std::pair<Index, Index> shapes[] = {{37, 311}, {119, 501}};  // without a sketch, and with one
    for (const auto& [samples, pixels] : shapes) {
        kmeans_everywhere<std::uint8_t>(samples, pixels);
        kmeans_everywhere<std::uint16_t>(samples, pixels);
        kmeans_everywhere<std::int16_t>(samples, pixels);
        kmeans_everywhere<float>(samples, pixels);
        kmeans_everywhere<double>(samples, pixels);
    }
}
