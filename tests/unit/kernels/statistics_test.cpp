#include "levin/kernels/statistics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "catch.hpp"
#include "filter_blocks.hpp"
#include "levin/core/error.hpp"
#include "levin/kernels/select.hpp"
#include "python_reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

const std::vector<Statistic> streaming = parse_statistics("max,min,sum,mean,std,var,range,argmax,argmin,count,snr");

OwnedArray finish(const Accumulator& accumulator, const Statistic& statistic, DType in, Index pixels) {
    OwnedArray out(output_dtype(statistic, in), {pixels});
    accumulator.finish(statistic, out.view);
    return out;
}

/// One result for each statistic, in one pass.
std::vector<OwnedArray> accumulate(const ConstView& block, const std::vector<Statistic>& statistics, Index ddof = 0) {
    Accumulator accumulator(statistics, block.dtype, block.shape[1], ddof);
    accumulator.add(block);
    std::vector<OwnedArray> results;
    for (const Statistic& s : statistics) results.push_back(finish(accumulator, s, block.dtype, block.shape[1]));
    return results;
}

/// The same in blocks of `length` samples, added `step` samples at a time.
OwnedArray accumulate_blocks(const ConstView& block, const Statistic& statistic, Index ddof, Index length, Index step) {
    const Index n = block.shape[0], pixels = block.shape[1];
    BlockAccumulator accumulator(std::span(&statistic, 1), block.dtype, pixels, ddof, length, n);
    for (Index t = 0; t < n; t += step) accumulator.add(block.sub({{t, 0}, {std::min(step, n - t), pixels}}));
    return finish(accumulator.result(), statistic, block.dtype, pixels);
}

OwnedArray select(const ConstView& block, std::vector<double> q) {
    OwnedArray out(compute_dtype(block.dtype), {static_cast<Index>(q.size()), block.shape[1]});
    Buffer scratch;
    percentiles(block, q, out.view, scratch);
    return out;
}

std::vector<double> to_values(const OwnedArray& array) {
    std::vector<double> values(static_cast<std::size_t>(array.view.count()));
    convert(array.view, contiguous(static_cast<void*>(values.data()), DType::float64, array.view.shape));
    return values;
}

/// As closely as the result's type can hold it.
bool agree(const OwnedArray& result, const std::vector<double>& expected) {
    const std::vector<double> found = to_values(result);
    const double tolerance = result.view.dtype == DType::float32   ? 2e-7
                             : result.view.dtype == DType::float64 ? 1e-13
                                                                   : 0;
    bool agrees = found.size() == expected.size();
    for (std::size_t p = 0; p < found.size() && agrees; ++p) {
        const double e = expected[p], f = found[p];
        agrees = std::isfinite(e) ? std::abs(f - e) <= tolerance * std::abs(e) || (e < 1e-7 && f == 0)
                                  : std::isnan(e) == std::isnan(f);
    }
    return agrees;
}

bool same_bytes(const OwnedArray& a, const OwnedArray& b) {
    return a.view.shape == b.view.shape && a.view.dtype == b.view.dtype &&
           std::memcmp(a.view.data, b.view.data, byte_count(a.view.shape, size_of(a.view.dtype))) == 0;
}

/// The same values with the samples of a pixel side by side, as a (samples, pixels) view.
OwnedArray as_rows(const ConstView& block) {
    OwnedArray rows(block.dtype, {block.shape[1], block.shape[0]});
    copy(permuted(block, {1, 0}), rows.view);
    rows.view = permuted(rows.view, {1, 0});
    return rows;
}

template <class Work>
std::string message_of(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

constexpr std::array all_types{DType::boolean, DType::int8,    DType::int16,   DType::int32,
                               DType::int64,   DType::uint8,   DType::uint16,  DType::uint32,
                               DType::uint64,  DType::float16, DType::float32, DType::float64};

}  // namespace

TEST_CASE("statistics: every one agrees with NumPy for every type, with and without NaN") {
    if (!have_scipy("statistics: NumPy")) return;
    PythonReference reference;
    struct Case {
        std::size_t input;
        Statistic statistic;
        Index ddof;
    };
    std::vector<Case> cases;
    std::vector<OwnedArray> inputs;
    std::vector<Statistic> all = streaming;
    for (const char* text :
         {"median", "percentile:0", "percentile:2.5", "percentile:20", "percentile:77.7", "percentile:100"})
        all.push_back(parse_statistic(text));
    for (const DType dtype : all_types) {
        for (const double nan_share : {0.0, 0.3, 0.9}) {
            if (nan_share > 0 && !is_floating(dtype)) continue;
            for (const Dims& shape : {Dims{1, 9}, Dims{6, 300}, Dims{101, 3}, Dims{500, 40}}) {
                inputs.push_back(random_array(dtype, shape, 11, nan_share));
                const std::string name = fmt::format("{}.in", inputs.size() - 1);
                reference.write(name, inputs.back().view);
                for (const Statistic& statistic : all) {
                    const Index ddof = shape[0] == 500 ? 1 : 0;
                    cases.push_back({inputs.size() - 1, statistic, ddof});
                    reference.add(
                        fmt::format(R"({{"statistic":"{}","ddof":{},"input":"{}","dtype":"{}","shape":[{},{}]}})",
                                    to_string(statistic), ddof, name, name_of(dtype), shape[0], shape[1]));
                }
            }
        }
    }
    reference.run("reference_statistics.py");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Case& c = cases[i];
        const ConstView in = inputs[c.input].view;
        INFO(to_string(c.statistic) << " of " << name_of(in.dtype) << " " << to_string(in.shape) << " ddof " << c.ddof);
        const bool selection = is_selection(c.statistic);
        const OwnedArray result =
            selection ? select(in, {c.statistic.q}) : std::move(accumulate(in, {c.statistic}, c.ddof).front());
        const auto expected = reference.read<double>(fmt::format("{}.out", i));
        CHECK(agree(result, expected));
        if (selection) continue;
        const OwnedArray in_blocks = accumulate_blocks(in, c.statistic, c.ddof, 33, 50);
        CHECK(agree(in_blocks, expected));
        CHECK(same_bytes(in_blocks, accumulate_blocks(in, c.statistic, c.ddof, 33, 7)));
    }
}

TEST_CASE(
    "statistics: blocks accumulated elsewhere and appended in order have the bits of blocks one after the other") {
    for (const DType dtype : all_types) {
        const Index n = 300, pixels = 70, length = 64;
        OwnedArray in = random_array(dtype, {n, pixels}, 3, 0.2);
        if (is_floating(dtype)) {  // a pixel without a sample in the first two blocks
            const OwnedArray nothing(DType::float64, {2 * length, 1});
            std::fill_n(nothing.view.as<double>(), 2 * length, NAN);
            convert(nothing.view, in.view.sub({{0, 5}, {2 * length, 1}}));
        }
        Accumulator total(streaming, dtype, pixels);
        for (Index t = 0; t < n; t += length) {
            Accumulator block(streaming, dtype, pixels), restored(streaming, dtype, pixels);
            block.add(in.view.sub({{t, 0}, {std::min(length, n - t), pixels}}));
            const auto from = block.quantities(), to = restored.quantities();
            for (std::size_t q = 0; q < from.size(); ++q)
                std::memcpy(to[q].data, from[q].data, byte_count({pixels}, size_of(from[q].dtype)));
            total.append(restored);
        }
        for (const Statistic& statistic : streaming) {
            INFO(to_string(statistic) << " of " << name_of(dtype));
            CHECK(same_bytes(finish(total, statistic, dtype, pixels),
                             accumulate_blocks(in.view, statistic, 0, length, 41)));
        }
    }
}

TEST_CASE("statistics: the bits depend neither on calls, nor on strides, nor on what else is asked for") {
    std::mt19937 generator(1);
    for (const DType dtype : all_types) {
        const Index n = 300, pixels = 70;
        const OwnedArray in = random_array(dtype, {n, pixels}, 2, 0.2), rows = as_rows(in.view);
        const auto whole = accumulate(in.view, streaming), of_rows = accumulate(rows.view, streaming);
        for (std::size_t s = 0; s < streaming.size(); ++s) {
            INFO(to_string(streaming[s]) << " of " << name_of(dtype));
            CHECK(same_bytes(whole[s], of_rows[s]));
            CHECK(same_bytes(whole[s], accumulate(in.view, {streaming[s]}).front()));
        }
        for (int repeat = 0; repeat < 4; ++repeat) {
            Accumulator accumulator(streaming, dtype, pixels);
            const ConstView source = repeat % 2 ? ConstView(rows.view) : ConstView(in.view);
            for (Index first = 0; first < pixels;) {
                const Index width = std::min<Index>(1 + static_cast<Index>(generator()) % 40, pixels - first);
                for (Index t = 0; t < n;) {
                    const Index count = std::min<Index>(1 + static_cast<Index>(generator()) % 120, n - t);
                    accumulator.add(source.sub({{t, first}, {count, width}}), first);
                    t += count;
                }
                first += width;
            }
            for (std::size_t s = 0; s < streaming.size(); ++s)
                CHECK(same_bytes(whole[s], finish(accumulator, streaming[s], dtype, pixels)));
        }
        const OwnedArray selected = select(in.view, {50, 0, 99, 20});
        CHECK(same_bytes(selected, select(rows.view, {50, 0, 99, 20})));
        OwnedArray single(selected.view.dtype, {1, pixels});
        copy(selected.view.sub({{3, 0}, {1, pixels}}), single.view);
        CHECK(same_bytes(single, select(in.view, {20})));
    }
}

TEST_CASE("statistics: percentiles in passes have the bits of those of all samples at once") {
    const std::vector<double> q{50, 0, 100, 20, 99.9, 20.5};
    std::mt19937 generator(5);
    for (const DType dtype : all_types) {
        for (const Index n : {1, 2, 301}) {
            INFO(name_of(dtype) << " " << n);
            const Index pixels = 4;
            OwnedArray in = random_array(dtype, {n, pixels}, 4, n == 1 ? 0 : 0.3);
            if (is_floating(dtype) &&
                n > 2) {  // what no random array holds: a series of NaN, zeros of both signs, infinities
                const OwnedArray odd(DType::float64, {n, 2});
                for (Index t = 0; t < n; ++t) {
                    odd.view.as<double>()[2 * t] = NAN;
                    odd.view.as<double>()[2 * t + 1] =
                        std::array{-0.0, 0.0, double(INFINITY), -double(INFINITY)}[t % 4];
                }
                convert(odd.view, in.view.sub({{0, 0}, {n, 2}}));
            }
            PassPercentiles passes(dtype, pixels, q);
            for (Index pass = 0; pass < PassPercentiles::passes(dtype); ++pass) {
                for (Index t = 0; t < n;) {
                    const Index count = std::min<Index>(1 + static_cast<Index>(generator()) % 120, n - t);
                    passes.add(in.view.sub({{t, 0}, {count, pixels}}));
                    t += count;
                }
                passes.end_pass();
            }
            OwnedArray found(compute_dtype(dtype), {static_cast<Index>(q.size()), pixels});
            passes.finish(found.view);
            CHECK(same_bytes(found, select(in.view, q)));
        }
    }
}

TEST_CASE("statistics: std of a million samples around a large mean is right to 1e-5") {
    const auto check = [](DType dtype, double mean) {
        constexpr Index n = 1000000;
        OwnedArray in(dtype, {n, 2});
        std::mt19937 generator(3);
        std::vector<double> values(2 * n);
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const int deviation = static_cast<int>(generator() % 3) - 1;
            values[i] = mean + deviation;
            if (i % 2 == 0) sum += deviation, squares += deviation * deviation;
        }
        convert(contiguous(static_cast<const void*>(values.data()), DType::float64, {n, 2}), in.view);
        const double expected = std::sqrt(squares / n - sum / n * (sum / n));
        const auto results = accumulate(in.view, parse_statistics("std,mean"));
        CHECK(to_values(results[0])[0] == Approx(expected).epsilon(1e-6));
        CHECK(to_values(results[1])[0] == Approx(mean + sum / n).epsilon(1e-7));
    };
    check(DType::uint16, 1e4);
    check(DType::float32, 1e4);
    check(DType::float64, 1e8);
    check(DType::int32, 1e8);
}

TEST_CASE("statistics: exact at the ends of the integer types") {
    for (const DType dtype : all_types) {
        if (!is_integer(dtype)) continue;
        visit_dtype(dtype, [&]<class T>() {
            if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
                constexpr T low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
                OwnedArray in(dtype, {3, 1});
                T* x = in.view.as<T>();
                x[0] = x[2] = low, x[1] = high;
                const auto results = accumulate(in.view, parse_statistics("max,min,range,argmax,argmin,count"));
                CHECK(*results[0].view.as<T>() == high);
                CHECK(*results[1].view.as<T>() == low);
                CHECK(*results[2].view.as<std::make_unsigned_t<T>>() ==
                      std::numeric_limits<std::make_unsigned_t<T>>::max());
                CHECK(*results[3].view.as<std::int32_t>() == 1);
                CHECK(*results[4].view.as<std::int32_t>() == 0);
                CHECK(*results[5].view.as<std::int32_t>() == 3);
            }
        });
    }
}

TEST_CASE("statistics: constant series and no samples have defined answers") {
    OwnedArray constant(DType::uint16, {50000, 1});
    std::fill_n(constant.view.as<std::uint16_t>(), 50000, std::uint16_t{65535});
    const auto results = accumulate(constant.view, parse_statistics("std,var,snr,mean"));
    CHECK(to_values(results[0])[0] == 0);
    CHECK(to_values(results[1])[0] == 0);
    CHECK(to_values(results[2])[0] == INFINITY);
    CHECK(to_values(results[3])[0] == 65535);

    const OwnedArray none(DType::float32, {0, 2});
    const auto empty = accumulate(none.view, streaming);
    for (std::size_t s = 0; s < streaming.size(); ++s) {
        INFO(to_string(streaming[s]));
        const double value = to_values(empty[s])[1];
        switch (streaming[s].kind) {
            case StatisticKind::count:
                CHECK(value == 0);
                break;
            case StatisticKind::argmax:
            case StatisticKind::argmin:
                CHECK(value == -1);
                break;
            default:
                CHECK(std::isnan(value));
        }
    }
    CHECK(std::isnan(to_values(select(none.view, {50}))[0]));
    const OwnedArray bytes(DType::uint8, {0, 2});
    CHECK(std::isnan(to_values(accumulate(bytes.view, parse_statistics("mean")).front())[0]));
    CHECK(message_of([&] { accumulate(bytes.view, parse_statistics("max")); }).find("max of no samples") == 0);
    // One sample has no sample variance.
    const OwnedArray one = random_array(DType::float32, {1, 1}, 1);
    CHECK(to_values(accumulate(one.view, parse_statistics("var"), 0).front())[0] == 0);
    CHECK(std::isnan(to_values(accumulate(one.view, parse_statistics("var"), 1).front())[0]));
}

TEST_CASE("statistics: infinities are samples like others") {
    OwnedArray in(DType::float32, {4, 1});
    const float values[] = {NAN, -INFINITY, 2, INFINITY};
    std::copy_n(values, 4, in.view.as<float>());
    const auto results = accumulate(in.view, parse_statistics("max,min,argmax,argmin,count,mean"));
    CHECK(to_values(results[0])[0] == INFINITY);
    CHECK(to_values(results[1])[0] == -INFINITY);
    CHECK(to_values(results[2])[0] == 3);
    CHECK(to_values(results[3])[0] == 1);
    CHECK(to_values(results[4])[0] == 3);
    CHECK(std::isnan(to_values(results[5])[0]));
    CHECK(to_values(select(in.view, {0, 50, 100})) == std::vector<double>{-INFINITY, 2, INFINITY});
}

TEST_CASE("statistics: names parse, and a wrong one lists the right ones") {
    CHECK(parse_statistic("percentile:25") == Statistic{StatisticKind::percentile, 25});
    CHECK(to_string(parse_statistic("percentile:2.5")) == "percentile:2.5");
    CHECK(parse_statistics("mean,std").size() == 2);
    for (const char* text : {"", "men", "percentile", "percentile:", "percentile:101", "percentile:-1",
                             "percentile:nan", "percentile:5x", "mean:3"})
        CHECK_THROWS_AS(parse_statistic(text), UsageError);
    CHECK_THROWS_AS(parse_statistics("mean,,std"), UsageError);
    CHECK_THROWS_AS(parse_statistics("mean,mean"), UsageError);
    CHECK(message_of([] { parse_statistic("Tmean"); }).find("percentile:Q") != std::string::npos);
    CHECK_THROWS_AS(output_dtype(parse_statistic("mean"), DType::complex64), UsageError);
    CHECK_THROWS_AS(Accumulator(parse_statistics("median"), DType::uint8, 1), UsageError);
}

TEST_CASE("statistics: the zebrafish pixel of the issue has its mean and std") {
    std::ifstream file(LEVIN_SHARED_DATA "/fish_series.bin", std::ios::binary);
    if (!file) {
        std::cout << "skipped: statistics: zebrafish: no shared data\n";
        return;
    }
    char key[6];
    OwnedArray series(DType::uint8, {240, 1});
    file.read(key, sizeof key).read(reinterpret_cast<char*>(series.view.data), 240);
    const auto results = accumulate(series.view, parse_statistics("mean,std"));
    CHECK(to_values(results[0])[0] == Approx(25.825));
    CHECK(to_values(results[1])[0] == Approx(0.379967104).epsilon(1e-7));
}
