#include "levin/kernels/detrend.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

const std::vector<double> example = {1, 2, -4, 5, 8, 3, 4.1, 0.9, 2.3};
constexpr double none = std::numeric_limits<double>::quiet_NaN();

template <class T>
std::vector<Computed<T>> detrended(const std::vector<T>& series, Index n, const DetrendOptions& options) {
    std::vector<Computed<T>> result(series.size());
    const Dims shape{n, static_cast<Index>(series.size()) / n};
    Buffer scratch;
    Detrend(options, n)(contiguous(static_cast<const void*>(series.data()), dtype_of<T>(), shape),
                        contiguous(static_cast<void*>(result.data()), dtype_of<Computed<T>>(), shape), scratch);
    return result;
}

template <class T>
void same_as_float(const DetrendOptions& options) {
    const auto series = whole_fluorescence(50, 37, 4);
    CHECK(same_bits(detrended(as<T>(series), 50, options), detrended(as<float>(series), 50, options)));
}

}  // namespace

TEST_CASE("detrend: keeping the intercept gives Thunder's numbers") {
    const DetrendOptions options{"linear", 0, DetrendKeep::intercept};
    CHECK(detrended<double>({1, 2, 3, 4, 5}, 5, options)[4] == Approx(1));
    const auto values = detrended(example, 9, options);
    CHECK(difference(values, {1, 1.7316667, -4.5366667, 4.195, 6.9266667, 1.6583333, 2.49, -0.9783333, 0.1533333}) <
          1e-7);
    CHECK(values[0] == 1);
    CHECK(detrended(as<float>(example), 9, options)[0] == 1);
}

TEST_CASE("detrend: constant and linear equal SciPy's") {
    const auto series = fluorescence(241, 37, 1);
    const auto reference =
        python("detrend", "scipy", {"signal.detrend(a, 0, 'constant')", "signal.detrend(a, 0, 'linear')"}, series, 241);
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const DetrendOptions options{i == 0 ? "constant" : "linear", 0, {}};
        CHECK(difference(detrended(series, 241, options), reference[i]) < 1e-12);
        CHECK(difference(detrended(as<float>(series), 241, options), reference[i]) < 1e-6);
    }
}

TEST_CASE("detrend: polynomials equal NumPy's Legendre fit") {
    const auto series = fluorescence(120, 5, 2);
    const auto reference = python("detrend", "numpy",
                                  {"polynomial_residual(a, 0)", "polynomial_residual(a, 2)",
                                   "polynomial_residual(a, 5)", "polynomial_residual(a, 11)"},
                                  series, 120);
    const int orders[] = {0, 2, 5, 11};
    for (std::size_t i = 0; i < reference.size(); ++i)
        CHECK(difference(detrended(series, 120, {"polynomial", orders[i], {}}), reference[i]) < 1e-10);
}

TEST_CASE("detrend: order 5 over 1e5 samples leaves the residual exact") {
    const Index n = 100000;
    std::vector<double> series;
    for (Index t = 0; t < n; ++t) {
        const double x = 2 * static_cast<double>(t) / static_cast<double>(n - 1) - 1;
        series.push_back(1000 + 300 * x - 200 * x * x + 150 * std::pow(x, 5));
    }
    const auto rest = detrended(series, n, {"polynomial", 5, {}});
    for (const Index t : {Index{0}, n / 3, n - 1}) CHECK(std::abs(rest[static_cast<std::size_t>(t)]) < 1e-8);
}

TEST_CASE("detrend: a constant series becomes exactly 0, or stays what it is") {
    for (const float value : {0.1F, 25.0F, -3e30F}) {
        const std::vector<float> series(77, value);
        for (const char* type : {"constant", "linear", "polynomial"}) {
            CHECK(detrended(series, 77, {type, 4, DetrendKeep::none}) == std::vector<float>(77, 0));
            CHECK(detrended(series, 77, {type, 4, DetrendKeep::mean}) == series);
            CHECK(detrended(series, 77, {type, 4, DetrendKeep::intercept}) == series);
        }
    }
}

TEST_CASE("detrend: keeping the mean restores it") {
    const auto values = detrended(example, 9, {"linear", 0, DetrendKeep::mean});
    double sum = 0, before = 0;
    for (std::size_t t = 0; t < 9; ++t) sum += values[t], before += example[t];
    CHECK(sum == Approx(before));
}

TEST_CASE("detrend: NaN takes no part in the fit and stays NaN") {
    std::vector<double> series = {none, 3, 5, none, 9, 11, 14};
    const auto values = detrended(series, 7, {"linear", 0, DetrendKeep::none});
    const auto reference = python(
        "detrend", "numpy",
        {"a[:, 0] - np.polyval(np.polyfit([1, 2, 4, 5, 6], a[[1, 2, 4, 5, 6], 0], 1), np.arange(7))"}, series, 7);
    if (!reference.empty()) CHECK(difference(values, reference[0]) < 1e-12);
    // The intercept is the fit's value at the first sample, though that sample is missing.
    const auto kept = detrended<double>({none, 3, 5, 7}, 4, {"linear", 0, DetrendKeep::intercept});
    CHECK(std::isnan(kept[0]));
    CHECK(kept[3] == Approx(1));
}

TEST_CASE("detrend: too few valid samples, or an infinity, give NaN throughout") {
    for (const auto& series : {std::vector<double>{none, 2, none, none}, std::vector<double>{1, 2, HUGE_VAL, 4}})
        for (const double value : detrended(series, 4, {"linear", 0, {}})) CHECK(std::isnan(value));
}

TEST_CASE("detrend: a pixel's bits do not depend on its neighbours") {
    auto series = as<float>(fluorescence(50, 37, 3));
    series[50 * 37 / 2] = std::numeric_limits<float>::quiet_NaN();
    const DetrendOptions options{"polynomial", 3, DetrendKeep::mean};
    const auto whole = detrended(series, 50, options);
    for (const Index width : {1, 5, 16})
        for (const Index first : {Index{0}, Index{7}, 37 - width})
            CHECK(
                same_bits(columns(whole, 37, first, width), detrended(columns(series, 37, first, width), 50, options)));
}

TEST_CASE("detrend: integers give what the same numbers as float32 give, and so does working in place") {
    for (const DetrendOptions& options :
         {DetrendOptions{"linear", 0, DetrendKeep::none}, DetrendOptions{"polynomial", 5, DetrendKeep::mean}}) {
        same_as_float<std::uint8_t>(options);
        same_as_float<std::int8_t>(options);
        same_as_float<std::uint16_t>(options);
        same_as_float<std::int16_t>(options);
        auto series = as<float>(fluorescence(50, 37, 4));
        series[99] = std::numeric_limits<float>::quiet_NaN();
        const auto apart = detrended(series, 50, options);
        const View block = contiguous(static_cast<void*>(series.data()), DType::float32, {50, 37});
        Buffer scratch;
        Detrend(options, 50)(block, block, scratch);
        CHECK(same_bits(series, apart));
    }
}

TEST_CASE("detrend: an order that the samples cannot determine is refused") {
    CHECK_THROWS_AS(Detrend({"linear", 0, {}}, 1), UsageError);
    CHECK_THROWS_AS(Detrend({"constant", 0, {}}, 0), UsageError);
    CHECK_THROWS_AS(Detrend({"polynomial", 5, {}}, 5), UsageError);
    CHECK_THROWS_AS(Detrend({"polynomial", -1, {}}, 5), UsageError);
    CHECK_THROWS_AS(Detrend({"cubic", 3, {}}, 50), UsageError);
    CHECK_THROWS_AS(parse_detrend_keep("all"), UsageError);
    CHECK_NOTHROW(Detrend({"polynomial", 4, {}}, 5));
}
