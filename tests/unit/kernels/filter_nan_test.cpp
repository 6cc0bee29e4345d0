// Missing samples, against loops that look at every window on its own.
#include <limits>

#include "catch.hpp"
#include "filter_blocks.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Visits every output element with the samples of its window in C order and their offsets from the middle.
template <class Visit>
void for_each_window(const ConstView& array, const Halo& halo, const Border& border, Visit visit) {
    const OwnedArray padded = padded_block(array, Region::whole(array.shape), halo, border);
    Region window{Dims(array.rank(), 0), {}};
    for (std::size_t i = 0; i < array.rank(); ++i) window.shape.push_back(halo.before[i] + 1 + halo.after[i]);
    for_each_index(Region::whole(array.shape), [&](const Dims& at) {
        std::vector<double> samples;
        std::vector<Dims> offsets;
        for_each_index(window, [&](const Dims& in_window) {
            const std::byte* from = padded.view.data;
            Dims offset = in_window;
            for (std::size_t i = 0; i < at.size(); ++i) {
                from += (at[i] + in_window[i]) * padded.view.strides[i];
                offset[i] -= halo.before[i];
            }
            samples.push_back(static_cast<double>(*reinterpret_cast<const float*>(from)));
            offsets.push_back(std::move(offset));
        });
        visit(samples, offsets);
    });
}

double expected_value(const FilterOptions& options, const std::vector<double>& samples,
                      const std::vector<Dims>& offsets) {
    std::vector<double> kept;
    double sum = 0, weights = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (std::isnan(samples[i])) continue;
        kept.push_back(samples[i]);
        double weight = 1;
        for (std::size_t a = 0; a < options.sigma.size(); ++a)
            if (options.sigma[a] > 0)
                weight *= std::exp(-0.5 * std::pow(static_cast<double>(offsets[i][a]) / options.sigma[a], 2));
        sum += weight * samples[i];
        weights += weight;
    }
    if (kept.empty() || (options.nan_propagate && kept.size() < samples.size())) return missing;
    std::sort(kept.begin(), kept.end());
    switch (options.kind) {
        case FilterKind::median:
            return kept[kept.size() / 2];
        case FilterKind::min:
            return kept.front();
        case FilterKind::max:
            return kept.back();
        default:
            return sum / weights;
    }
}

void check_against_windows(const ConstView& in, const FilterOptions& options) {
    const OwnedArray out = filter_whole(in, options);
    const float* found = out.view.as<float>();
    bool agrees = true;
    for_each_window(in, filter_halo(options, in.rank()), options.border, [&](const auto& samples, const auto& offsets) {
        const double expected = expected_value(options, samples, offsets), value = static_cast<double>(*found++);
        agrees &= std::isnan(expected) ? std::isnan(value) : std::abs(value - expected) <= 1e-5 * std::abs(expected);
    });
    CHECK(agrees);
}

}  // namespace

TEST_CASE("filter: NaN is left out of the window, and all-NaN gives NaN") {
    const OwnedArray in = random_array(DType::float32, {6, 20, 25}, 4, 0.4);
    for (const bool propagate : {false, true}) {
        for (const Border& border :
             {Border{}, Border{BorderMode::wrap}, Border{BorderMode::constant, 7}, Border{BorderMode::constant, missing}}) {
            for (const auto kind : {FilterKind::median, FilterKind::min, FilterKind::max, FilterKind::uniform}) {
                for (const Dims& size : {Dims{3, 3, 3}, Dims{1, 2, 1}, Dims{1, 1, 4}, Dims{5, 11, 11}}) {
                    FilterOptions options;
                    options.kind = kind;
                    options.size = size;
                    options.border = border;
                    options.nan_propagate = propagate;
                    INFO(name_of(kind) << to_string(size) << " propagate " << propagate << " border " << border.value);
                    check_against_windows(in.view, options);
                }
            }
            FilterOptions options;
            options.kind = FilterKind::gaussian;
            options.border = border;
            options.nan_propagate = propagate;
            options.sigma = {0, 0.3, 0.4};
            check_against_windows(in.view, options);
            options.sigma = {0.5, 0.6, 1};
            check_against_windows(in.view, options);
        }
    }
}

TEST_CASE("filter: a NaN does not touch the bits of windows that do not hold it") {
    OwnedArray in = random_array(DType::float32, {30, 40}, 8);
    for (const auto kind : {FilterKind::median, FilterKind::min, FilterKind::max, FilterKind::uniform,
                            FilterKind::gaussian, FilterKind::laplace, FilterKind::sobel}) {
        FilterOptions options;
        options.kind = kind;
        options.border = {BorderMode::constant, 2.5};
        if (kind == FilterKind::gaussian) options.sigma = {0.6, 0.6};
        else options.size = {3, 3};
        const OwnedArray before = filter_whole(in.view, options);
        float& centre = in.view.as<float>()[15 * 40 + 20];
        const float kept = std::exchange(centre, std::numeric_limits<float>::quiet_NaN());
        const OwnedArray after = filter_whole(in.view, options);
        centre = kept;
        INFO(name_of(kind));
        bool same = true, finite = true;
        const Index reach = filter_halo(options, 2).before[0];
        for (Index y = 0; y < 30; ++y) {
            for (Index x = 0; x < 40; ++x) {
                const float a = before.view.as<float>()[y * 40 + x], b = after.view.as<float>()[y * 40 + x];
                finite &= std::isfinite(b);
                if (std::abs(y - 15) > reach || std::abs(x - 20) > reach) same &= a == b;
            }
        }
        CHECK(same);
        CHECK(finite);
    }
}

TEST_CASE("filter: laplace and sobel see a missing sample at the mean of its window") {
    // On a flat field a hole is invisible; beside a step, the value follows from the definition.
    for (const auto kind : {FilterKind::laplace, FilterKind::sobel}) {
        OwnedArray flat(DType::float32, {5, 5});
        std::fill_n(flat.view.as<float>(), 25, 4.0f);
        flat.view.as<float>()[7] = flat.view.as<float>()[12] = std::numeric_limits<float>::quiet_NaN();
        FilterOptions options;
        options.kind = kind;
        options.size = {3, 3};
        const OwnedArray out = filter_whole(flat.view, options);
        for (Index i = 0; i < 25; ++i) CHECK(out.view.as<float>()[i] == 0.0f);
        options.nan_propagate = true;
        const OwnedArray spread = filter_whole(flat.view, options);
        CHECK(std::isnan(spread.view.as<float>()[6]));
        CHECK(spread.view.as<float>()[20] == 0.0f);
    }
    OwnedArray step(DType::float32, {4});
    const float values[] = {1, 2, std::numeric_limits<float>::quiet_NaN(), 8};
    std::copy_n(values, 4, step.view.as<float>());
    FilterOptions options;
    options.kind = FilterKind::laplace;
    options.size = {3};
    const OwnedArray out = filter_whole(step.view, options);
    CHECK(out.view.as<float>()[1] == -1.5f);  // 1 - 2 * 2 + 1.5
    CHECK(out.view.as<float>()[2] == 0.0f);   // 2 - 2 * 5 + 8
    CHECK(out.view.as<float>()[3] == 0.0f);   // 8 - 2 * 8 + 8
}
