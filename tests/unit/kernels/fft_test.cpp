#include "levin/kernels/fft.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

const std::vector<double> example = {1, 2, -4, 5, 8, 3, 4.1, 0.9, 2.3};

/// The block that Fft makes of `input`, as elements of type Out.
template <class Out, class In>
std::vector<Out> transformed(const FftOptions& options, Index n, const std::vector<In>& input, Index pixels) {
    const Fft fft(options, n, dtype_of<In>());
    REQUIRE(fft.output_dtype() == dtype_of<Out>());
    std::vector<Out> output(static_cast<std::size_t>(fft.output_length() * fft.output_components() * pixels));
    Buffer scratch;
    fft(input.data(), output.data(), pixels, scratch);
    CHECK(scratch.size() >= fft.scratch_bytes());
    return output;
}

FftOptions of(FftValue value, FftSides sides = FftSides::one, const char* window = "none") {
    FftOptions options;
    options.value = value;
    options.sides = sides;
    options.window = window;
    return options;
}

FftOptions coherence(std::vector<Index> frequencies) {
    FftOptions options = of(FftValue::coherence);
    options.frequencies = std::move(frequencies);
    return options;
}

}  // namespace

TEST_CASE("fft: values equal NumPy's, for even and odd lengths, both sides and all windows") {
    struct Case {
        FftValue value;
        std::string code;
    };
    const Case cases[] = {{FftValue::power, "abs(X)**2"},
                          {FftValue::amplitude, "2*abs(X)/len(a)"},
                          {FftValue::phase, "np.angle(X)"},
                          {FftValue::real_imag, "np.stack([X.real, X.imag], 1)"}};
    for (const Index n : {1, 2, 3, 4, 45, 64}) {
        const auto series = fluorescence(n, 19, 4);
        std::vector<FftOptions> options;
        std::vector<std::string> code;
        for (const char* window : {"none", "hann", "hamming", "blackman"})
            for (const FftSides sides : {FftSides::one, FftSides::two})
                for (const Case& c : cases) {
                    if (c.value == FftValue::phase && n < 45) continue;  // the phase of 0 is anybody's
                    options.push_back(of(c.value, sides, window));
                    const std::string w = options.back().window == "none" ? "boxcar" : window;
                    code.push_back("(lambda X: " + c.code + ")(np.fft." + (sides == FftSides::one ? "rfft" : "fft") +
                                   "(a * signal.get_window('" + w + "', len(a))[:, None], axis=0))");
                }
        const auto reference = python("fft", "scipy", code, series, n);
        for (std::size_t i = 0; i < reference.size(); ++i) {
            INFO(code[i] << " n " << n);
            const bool phase = options[i].value == FftValue::phase;
            CHECK(difference(transformed<double>(options[i], n, series, 19), reference[i]) < (phase ? 1e-10 : 1e-12));
            CHECK(difference(transformed<float>(options[i], n, as<float>(series), 19), reference[i]) <
                  (phase ? 1e-4 : 2e-6));
        }
    }
}

TEST_CASE("fft: float32 holds 1e-5 in every bin of a bright series with small changes") {
    auto series = fluorescence(240, 8, 5);
    for (double& value : series) value = static_cast<float>(value + 1e4);
    const auto reference = python("fft", "numpy", {"abs(np.fft.rfft(a, axis=0))**2"}, series, 240);
    if (reference.empty()) return;
    const auto power = transformed<float>(of(FftValue::power), 240, as<float>(series), 8);
    for (std::size_t i = 0; i < power.size(); ++i)
        CHECK(power[i] == Approx(reference[0][i]).epsilon(1e-5).margin(1e-3));  // of bins around 1e3
}

TEST_CASE("fft: a sine gives one peak at its frequency") {
    std::vector<float> series;
    for (int t = 0; t < 100; ++t)
        series.push_back(static_cast<float>(50 + 3 * std::sin(2 * std::numbers::pi * 7 * t / 100)));
    const auto amplitude = transformed<float>(of(FftValue::amplitude), 100, series, 1);
    CHECK(amplitude[0] == Approx(100));
    for (std::size_t f = 1; f < amplitude.size(); ++f) CHECK(amplitude[f] == Approx(f == 7 ? 3 : 0).margin(1e-5));
}

TEST_CASE("fft: power sums to n times the squares of the series (Parseval)") {
    const auto series = fluorescence(101, 1, 6);
    double squares = 0, sum = 0;
    for (const double x : series) squares += x * x;
    for (const double p : transformed<double>(of(FftValue::power, FftSides::two), 101, series, 1)) sum += p;
    CHECK(sum == Approx(101 * squares));
}

TEST_CASE("fft: a constant series has power in bin 0 only, exactly") {
    const auto power = transformed<float>(of(FftValue::power), 77, std::vector<float>(77, 0.1F), 1);
    CHECK(power[0] == Approx(7.7 * 7.7));
    for (std::size_t f = 1; f < power.size(); ++f) CHECK(power[f] == 0);
}

TEST_CASE("fft: the inverse gives the series back") {
    using Complex = std::complex<float>;
    for (const Index n : {1, 2, 9, 10}) {
        const auto series = as<float>(fluorescence(n, 21, 7));
        FftOptions back = of(FftValue::power);
        back.inverse = true;
        const auto spectrum = transformed<Complex>(of(FftValue::complex), n, series, 21);
        CHECK(difference(transformed<float>(back, n, spectrum, 21), {series.begin(), series.end()}) < 1e-6);

        back.real_imag_input = true;
        const auto pairs = transformed<float>(of(FftValue::real_imag), n, series, 21);
        CHECK(difference(transformed<float>(back, n, pairs, 21), {series.begin(), series.end()}) < 1e-6);

        FftOptions two = of(FftValue::complex, FftSides::two);
        const auto both = transformed<Complex>(two, n, series, 21);
        two.inverse = true;
        const auto round_trip = transformed<Complex>(two, n, both, 21);
        for (std::size_t i = 0; i < series.size(); ++i) {
            CHECK(round_trip[i].real() == Approx(series[i]));
            CHECK(round_trip[i].imag() == Approx(0).margin(1e-4));
        }
        two.value = FftValue::real_imag;
        CHECK(transformed<float>(two, n, both, 21)[0] == round_trip[0].real());
    }
}

TEST_CASE("fft: coherence and phase are Thunder's pair") {
    const auto pair = transformed<double>(coherence({2}), 9, example, 1);
    CHECK(pair[0] == Approx(0.578665).epsilon(1e-6));
    CHECK(pair[1] == Approx(4.102501).epsilon(1e-6));
    const auto several = transformed<float>(coherence({3, 2}), 9, as<float>(example), 1);
    CHECK(several[2] == Approx(0.578665).epsilon(1e-5));
    CHECK(several[3] == Approx(4.102501).epsilon(1e-5));
}

TEST_CASE("fft: the phase of the pair is that of a sine") {
    std::vector<double> series;
    for (int t = 0; t < 60; ++t) series.push_back(10 + std::sin(2 * std::numbers::pi * 4 * t / 60 - 1.25));
    const auto pair = transformed<double>(coherence({4}), 60, series, 1);
    CHECK(pair[0] == Approx(1));
    CHECK(pair[1] == Approx(1.25));
}

TEST_CASE("fft: a constant series has coherence 0 and phase NaN") {
    const auto pair = transformed<float>(coherence({2}), 9, std::vector<float>(9, 0.1F), 1);
    CHECK(pair[0] == 0);
    CHECK(std::isnan(pair[1]));
}

TEST_CASE("fft: a series with NaN or an infinity has no spectrum") {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto series = as<float>(example);
        series[4] = bad;
        for (const FftOptions& options : {of(FftValue::power), of(FftValue::real_imag), coherence({1, 3})})
            for (const float value : transformed<float>(options, 9, series, 1)) CHECK(std::isnan(value));
    }
}

TEST_CASE("fft: the zebrafish's first record has the published coherence") {
    const auto series = first_fish_record("fft");
    if (series.empty()) return;
    CHECK(transformed<float>(coherence({5}), 240, as<float>(series), 1)[0] == Approx(0.171866873).epsilon(1e-5));
    CHECK(transformed<double>(coherence({5}), 240, series, 1)[0] == Approx(0.171866873).epsilon(1e-8));
}

TEST_CASE("fft: a pixel's bits do not depend on its neighbours") {
    auto series = as<float>(fluorescence(50, 37, 8));
    series[37 * 3 + 9] = std::numeric_limits<float>::quiet_NaN();
    for (const FftOptions& options :
         {of(FftValue::power), coherence({1, 3}), of(FftValue::phase, FftSides::two, "hann")}) {
        const auto whole = transformed<float>(options, 50, series, 37);
        for (const Index width : {1, 5, 17})
            for (const Index first : {Index{0}, Index{7}, 37 - width})
                CHECK(same_bits(columns(whole, 37, first, width),
                                transformed<float>(options, 50, columns(series, 37, first, width), width)));
    }
}

namespace {

template <class T>
void same_as_float(const FftOptions& options, Index n) {
    std::vector<T> series = as<T>(whole_fluorescence(n, 37, 9));
    for (std::size_t t = 0; t < static_cast<std::size_t>(n); ++t) {  // sums as large as they get
        series[37 * t] = std::numeric_limits<T>::max();
        series[37 * t + 1] = std::numeric_limits<T>::min();
    }
    const std::vector<float> numbers(series.begin(), series.end());
    CHECK(same_bits(transformed<float>(options, n, series, 37), transformed<float>(options, n, numbers, 37)));
}

}  // namespace

TEST_CASE("fft: integers give what the same numbers as float32 give") {
    for (const FftOptions& options : {of(FftValue::power), of(FftValue::real_imag, FftSides::two, "hann")}) {
        same_as_float<std::uint8_t>(options, 50);
        same_as_float<std::int8_t>(options, 50);
        same_as_float<std::uint16_t>(options, 50);
        same_as_float<std::int16_t>(options, 50);
    }
    same_as_float<std::uint16_t>(of(FftValue::power), 70000);  // whose sums pass 2^32
}

TEST_CASE("fft: requests that cannot be right are refused") {
    CHECK_THROWS_AS(Fft(of(FftValue::power), 0, DType::float32), UsageError);
    CHECK_THROWS_AS(Fft(of(FftValue::power), 9, DType::uint32), UsageError);
    CHECK_THROWS_AS(Fft(of(FftValue::power), 9, DType::complex64), UsageError);
    CHECK_THROWS_AS(Fft(of(FftValue::power, FftSides::one, "kaiser"), 9, DType::float32), UsageError);
    CHECK_THROWS_AS(Fft(coherence({}), 9, DType::float32), UsageError);
    CHECK_THROWS_AS(Fft(coherence({4}), 9, DType::float32), UsageError);
    CHECK_THROWS_AS(Fft(coherence({-1}), 9, DType::float32), UsageError);
    FftOptions options = of(FftValue::power);
    options.frequencies = {1};
    CHECK_THROWS_AS(Fft(options, 9, DType::float32), UsageError);
    options = of(FftValue::power, FftSides::two);
    options.inverse = true;
    CHECK_THROWS_AS(Fft(options, 9, DType::complex64), UsageError);
    options.value = FftValue::complex;
    options.real_imag_input = true;
    CHECK_THROWS_AS(Fft(options, 9, DType::uint8), UsageError);
    CHECK_THROWS_AS(parse_fft_value("magnitude"), UsageError);
    CHECK_THROWS_AS(parse_fft_sides("both"), UsageError);
}

TEST_CASE("fft: frequencies are named by index or in Hz") {
    const Axis time{"t", 50, "ms"};
    CHECK(frequency_axis(time, 40).spacing == Approx(0.5));
    CHECK(frequency_axis(time, 40).unit == "Hz");
    CHECK(frequency_axis({"t", 0, ""}, 40) == Axis{"f", 0, ""});
    CHECK(time_axis(frequency_axis(time, 40), 40).spacing == Approx(0.05));
    CHECK(parse_frequency("12", time, 40) == 12);
    CHECK(parse_frequency("2.1Hz", time, 40) == 4);
    CHECK(parse_frequency("10Hz", time, 40) == 20);
    CHECK(parse_frequency("10Hz", time, 41) == 20);
    CHECK(parse_frequency("500mHz", time, 40) == 1);
    for (const char* bad : {"10.2Hz", "-1", "21", "1.5", "3s", "x"})
        CHECK_THROWS_AS(parse_frequency(bad, time, 40), UsageError);
    CHECK_THROWS_AS(parse_frequency("1Hz", Axis{"t", 0, ""}, 40), UsageError);
}
