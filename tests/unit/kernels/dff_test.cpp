#include "levin/kernels/dff.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/kernels/rolling.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

const Axis time_axis{"t", 0.5, "s"};
constexpr double none = std::numeric_limits<double>::quiet_NaN();

template <class T>
struct Result {
    std::vector<Computed<T>> values, baseline;
    Index hit_floor = 0;
};

template <class T>
Result<T> run(const std::string& baseline, const std::vector<T>& series, Index n, double offset = 0,
              bool ratio = false) {
    const Dff dff({parse_baseline(baseline, time_axis, n), offset, ratio}, n);
    const Index pixels = static_cast<Index>(series.size()) / n;
    Result<T> result;
    result.values.resize(series.size());
    result.baseline.resize(static_cast<std::size_t>(pixels * (dff.baseline_varies() ? n : 1)));
    constexpr DType out = dtype_of<Computed<T>>();
    const View f0 =
        contiguous(static_cast<void*>(result.baseline.data()), out, {static_cast<Index>(result.baseline.size())});
    Buffer scratch;
    result.hit_floor = dff(contiguous(static_cast<const void*>(series.data()), dtype_of<T>(), {n, pixels}),
                           contiguous(static_cast<void*>(result.values.data()), out, {n, pixels}), &f0, scratch);
    CHECK(scratch.size() >= dff.scratch_bytes());
    return result;
}

}  // namespace

TEST_CASE("dff: percentile and mean with an offset give Thunder's numbers") {
    const auto percentile = run<float>("percentile:20", {1, 2, 3, 4, 5}, 5, 0.1);
    CHECK(difference(percentile.values, {-0.42105263, 0.10526316, 0.63157895, 1.15789474, 1.68421053}) < 1e-6);
    CHECK(percentile.baseline[0] == Approx(1.8));
    const auto mean = run<double>("mean", {1, 2, 3, 4, 5}, 5, 0.1);
    CHECK(difference(mean.values, {-0.64516129, -0.32258065, 0, 0.32258065, 0.64516129}) < 1e-7);
}

TEST_CASE("dff: every baseline equals NumPy's or SciPy's") {
    struct Case {
        const char *baseline, *code;
    };
    const Case cases[] = {
        {"percentile:8", "np.percentile(a, 8, axis=0)"},
        {"mean", "a.mean(0)"},
        {"median", "np.median(a, axis=0)"},
        {"frames:9:12", "a[9:12].mean(0)"},
        {"frames:-12:-2", "a[-12:-2].mean(0)"},
        {"rolling-percentile:8:31", "rolling_percentile(a, 8, 31)"},
        {"rolling-percentile:73.5:10", "rolling_percentile(a, 73.5, 10)"},
        {"rolling-percentile:20:500", "rolling_percentile(a, 20, 500)"},
        {"rolling-percentile:0:1", "a"},
        {"median-window:12", "rolling_percentile(a, 50, 12)"},
        {"rolling-mean:10s", "rolling_mean(a, 20)"},
        {"rolling-mean:501", "rolling_mean(a, 501)"},
        {"maximin:10:30s", "maximin(a, 10, 60)"},
        {"maximin:1.3:7", "maximin(a, 1.3, 7)"},
        {"maximin:60:400", "maximin(a, 60, 400)"},
        {"maximin:0:3", "maximin(a, 0, 3)"},
    };
    const auto series = fluorescence(101, 19, 11);
    std::vector<std::string> code;
    for (const Case& c : cases) {
        code.push_back(c.code);
        code.push_back(std::string("dff(a, ") + c.code + ", 0.1)");
    }
    const auto reference = python("dff", "scipy", code, series, 101);
    for (std::size_t i = 0; i < reference.size(); i += 2) {
        const std::string baseline = cases[i / 2].baseline;
        INFO(baseline);
        const auto result = run(baseline, series, 101, 0.1);
        CHECK(difference(result.baseline, reference[i]) < 1e-12);
        CHECK(difference(result.values, reference[i + 1]) < 1e-12);
        CHECK(difference(run(baseline, as<float>(series), 101, 0.1).values, reference[i + 1]) < 1e-6);
        CHECK(result.hit_floor == 0);
    }
}

TEST_CASE("dff: rolling percentiles of long series with ties, both signs and NaN equal NumPy's") {
    constexpr std::size_t n = 5000;
    std::vector<double> series;
    std::mt19937 generator(21);
    for (std::size_t i = 0; i < n; ++i) {
        const double drift = 40 * std::sin(static_cast<double>(i) / 300);
        series.push_back(generator() % 50 == 0 ? none : std::round(drift + static_cast<double>(generator() % 40)) / 8);
    }
    const std::vector<std::pair<double, Index>> cases{{8, 500}, {50, 9}, {100, 2}, {0, 77}, {33.3, 4999}, {20, 12000}};
    std::vector<std::string> code;
    for (const auto& [q, window] : cases)
        code.push_back("rolling_percentile(a, " + std::to_string(q) + ", " + std::to_string(window) + ")");
    const auto reference = python("rolling", "numpy", code, series, static_cast<Index>(n));
    for (std::size_t i = 0; i < reference.size(); ++i) {
        INFO(code[i]);
        std::vector<double> found(n);
        Buffer scratch(rolling_percentile_scratch_bytes(static_cast<Index>(n)));
        rolling_percentile(series, cases[i].first, cases[i].second, found.data(), scratch.data());
        CHECK(difference(found, reference[i]) < 1e-12);
    }
}

TEST_CASE("dff: baselines leave NaN samples out, which stay NaN") {
    auto series = fluorescence(60, 3, 12);
    for (const std::size_t hole : {3 * 10, 3 * 11, 3 * 59 + 1}) series[hole] = none;
    const char* baselines[] = {"mean", "percentile:30", "rolling-mean:9", "rolling-percentile:40:9"};
    const auto reference = python("dff", "numpy",
                                  {"dff(a, np.nanmean(a, 0))", "dff(a, np.nanpercentile(a, 30, axis=0))",
                                   "dff(a, rolling_mean(a, 9))", "dff(a, rolling_percentile(a, 40, 9))"},
                                  series, 60);
    for (std::size_t i = 0; i < reference.size(); ++i)
        CHECK(difference(run<double>(baselines[i], series, 60).values, reference[i]) < 1e-12);
    const auto maximin = run("maximin:2:9", series, 60);
    CHECK(std::isnan(maximin.values[30]));
    CHECK(std::isfinite(maximin.values[36]));
    for (const double f0 : maximin.baseline) CHECK(std::isfinite(f0));
}

namespace {

template <class T>
void same_as_float(const char* baseline) {
    const auto series = whole_fluorescence(50, 37, 15);
    const auto result = run(baseline, as<T>(series), 50);
    const auto reference = run(baseline, as<float>(series), 50);
    CHECK(same_bits(result.values, reference.values));
    CHECK(same_bits(result.baseline, reference.baseline));
    CHECK(result.hit_floor == reference.hit_floor);
}

}  // namespace

TEST_CASE("dff: integers give what the same numbers as float32 give") {
    for (const char* baseline : {"mean", "frames:3:9", "percentile:8", "rolling-mean:7", "rolling-percentile:8:6"}) {
        INFO(baseline);
        same_as_float<std::uint8_t>(baseline);
        same_as_float<std::int8_t>(baseline);
        same_as_float<std::uint16_t>(baseline);
        same_as_float<std::int16_t>(baseline);
    }
}

TEST_CASE("dff: an infinity leaves no trace outside its windows") {
    auto series = fluorescence(40, 1, 13);
    const auto clean = run("rolling-mean:5", series, 40);
    series[20] = HUGE_VAL;
    const auto result = run("rolling-mean:5", series, 40);
    CHECK(std::isinf(result.baseline[20]));
    CHECK(result.baseline[23] == Approx(clean.baseline[23]).epsilon(1e-14));
}

TEST_CASE("dff: a baseline that is not positive gives NaN and is counted once a series") {
    // Columns: negative baseline, good, all NaN, zero.
    const std::vector<double> series = {-1, 1, none, 0, -2, 2, none, 0};
    const auto result = run("mean", series, 2);
    CHECK(result.hit_floor == 2);
    CHECK(difference(result.values, {none, -1 / 3.0, none, none, none, 1 / 3.0, none, none}) < 1e-15);
    CHECK(difference(result.baseline, {-1.5, 1.5, none, 0}) < 1e-15);
    CHECK(run("mean", series, 2, -2).hit_floor == 3);
}

TEST_CASE("dff: the ratio is F over F0 plus offset") {
    CHECK(difference(run<double>("mean", {1, 2, 3}, 3, 2, true).values, {0.25, 0.5, 0.75}) < 1e-15);
}

TEST_CASE("dff: one sample is enough") {
    for (const char* baseline : {"mean", "median", "percentile:8", "frames:0:1", "rolling-mean:7",
                                 "rolling-percentile:8:6", "median-window:2", "maximin:3:9"})
        CHECK(run<float>(baseline, {4}, 1).values[0] == 0);
}

TEST_CASE("dff: a pixel's bits do not depend on its neighbours") {
    auto series = as<float>(fluorescence(50, 37, 14));
    series[37 * 3 + 9] = std::numeric_limits<float>::quiet_NaN();
    for (const char* baseline : {"mean", "percentile:8", "rolling-mean:7", "rolling-percentile:8:6", "maximin:3:9"}) {
        const auto whole = run(baseline, series, 50);
        for (const Index width : {1, 5, 17}) {
            const auto part = run(baseline, columns(series, 37, 5, width), 50);
            CHECK(same_bits(columns(whole.values, 37, 5, width), part.values));
            CHECK(same_bits(columns(whole.baseline, 37, 5, width), part.baseline));
        }
    }
}

TEST_CASE("dff: baselines that cannot be right are refused") {
    for (const char* bad :
         {"", "mode", "percentile", "percentile:101", "percentile:x", "percentile:5:6", "mean:3", "frames:3:3",
          "frames:0:11", "frames:-11:2", "frames:1", "rolling-percentile:8", "rolling-percentile:8:0",
          "rolling-mean:2um", "maximin:10", "maximin:-1:5", "median-window:"}) {
        INFO(bad);
        CHECK_THROWS_AS(parse_baseline(bad, time_axis, 10), UsageError);
    }
    CHECK_THROWS_AS(parse_baseline("rolling-mean:60s", Axis{"t", 0, ""}, 10), UsageError);
    CHECK_THROWS_AS(Dff({{}, none, false}, 5), UsageError);
    CHECK_THROWS_AS(Dff({}, 0), UsageError);
}
