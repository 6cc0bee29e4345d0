#include "levin/kernels/filter.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "catch.hpp"
#include "filter_blocks.hpp"
#include "levin/core/error.hpp"
#include "python_reference.hpp"

using namespace levin;
using namespace levin::kernels;
using namespace levin::test;

namespace {

constexpr std::array modes{BorderMode::reflect, BorderMode::nearest, BorderMode::mirror, BorderMode::wrap,
                           BorderMode::constant};

std::string_view name_of_mode(BorderMode mode) {
    return std::array<std::string_view, 5>{"reflect", "nearest", "mirror", "wrap",
                                           "constant"}[static_cast<std::size_t>(mode)];
}

bool same_bytes(const OwnedArray& a, const OwnedArray& b) {
    return a.view.shape == b.view.shape && a.view.dtype == b.view.dtype &&
           std::memcmp(a.view.data, b.view.data, byte_count(a.view.shape, size_of(a.view.dtype))) == 0;
}

OwnedArray from_values(DType dtype, const Dims& shape, const std::vector<double>& values) {
    OwnedArray array(dtype, shape);
    convert(contiguous(static_cast<const void*>(values.data()), DType::float64, shape), array.view);
    return array;
}

std::vector<double> to_values(const OwnedArray& array) {
    std::vector<double> values(static_cast<std::size_t>(array.view.count()));
    convert(array.view, contiguous(static_cast<void*>(values.data()), DType::float64, array.view.shape));
    return values;
}

FilterOptions sized(FilterKind kind, Dims size, Border border = {}) {
    FilterOptions options;
    options.kind = kind;
    options.size = std::move(size);
    options.border = border;
    return options;
}

FilterOptions gaussian(std::vector<double> sigma, Border border = {}) {
    FilterOptions options;
    options.kind = FilterKind::gaussian;
    options.sigma = std::move(sigma);
    options.border = border;
    return options;
}

struct Case {
    FilterOptions options;
    std::string input;
    DType dtype;
    Dims shape;
    std::string json() const {
        std::string size = "[", sigma = "[";
        for (const Index s : options.size) size += fmt::format("{}{}", size.size() > 1 ? "," : "", s);
        for (const double s : options.sigma) sigma += fmt::format("{}{}", sigma.size() > 1 ? "," : "", s);
        std::string dims = "[";
        for (const Index n : shape) dims += fmt::format("{}{}", dims.size() > 1 ? "," : "", n);
        return fmt::format(
            R"({{"kind":"{}","mode":"{}","cval":{},"size":{}],"sigma":{}],"shape":{}],"dtype":"{}","input":"{}","derivative_axis":{}}})",
            name_of(options.kind), name_of_mode(options.border.mode), options.border.value, size, sigma, dims,
            levin::name_of(dtype), input, options.sobel_axis ? std::to_string(*options.sobel_axis) : "null");
    }
};

bool keeps_dtype(FilterKind kind) {
    return kind == FilterKind::median || kind == FilterKind::min || kind == FilterKind::max;
}

}  // namespace

TEST_CASE("filter: every kind, border mode, type and size gives scipy.ndimage's numbers") {
    if (!have_scipy("filter: scipy.ndimage")) return;
    PythonReference reference;
    std::vector<Case> cases;
    std::vector<OwnedArray> inputs;
    const std::vector<Dims> shapes{{41}, {13, 70}, {5, 9, 11}, {2, 3}};
    const std::vector<std::vector<Dims>> sizes{{{3}, {4}, {9}, {95}},
                                               {{3, 3}, {1, 5}, {4, 0}, {2, 6}, {31, 7}, {25, 25}},
                                               {{3, 3, 3}, {1, 3, 3}, {3, 1, 2}, {2, 4, 3}, {3, 5, 1}, {9, 9, 9}},
                                               {{7, 9}, {3, 3}}};
    const std::vector<std::vector<std::vector<double>>> sigmas{{{1}, {0.3}, {12}},
                                                               {{2, 2}, {0, 1.5}, {3.7, 0}},
                                                               {{0, 2, 2}, {1, 0.5, 0.7}, {1, 0.5, 0}, {1, 0, 0.7}},
                                                               {{2, 1}}};
    for (std::size_t s = 0; s < shapes.size(); ++s) {
        for (const DType dtype : {DType::uint8, DType::int16, DType::int32, DType::float32, DType::float64}) {
            inputs.push_back(random_array(dtype, shapes[s], static_cast<unsigned>(7 + s)));
            const std::string input = fmt::format("{}.in", inputs.size() - 1);
            reference.write(input, inputs.back().view);
            const auto add = [&](const FilterOptions& options) { cases.push_back({options, input, dtype, shapes[s]}); };
            for (const BorderMode mode : modes) {
                const Border border{mode, 3};
                for (const Dims& size : sizes[s])
                    for (const auto kind : {FilterKind::median, FilterKind::uniform, FilterKind::min, FilterKind::max})
                        add(sized(kind, size, border));
                for (const auto& sigma : sigmas[s]) add(gaussian(sigma, border));
                for (const auto kind : {FilterKind::laplace, FilterKind::sobel}) {
                    add(sized(kind, Dims(shapes[s].size(), 3), border));
                    Dims last_only(shapes[s].size(), 1);
                    last_only.back() = 3;
                    add(sized(kind, last_only, border));
                    if (last_only.size() == 3) add(sized(kind, {3, 3, 1}, border));
                }
                FilterOptions signed_sobel = sized(FilterKind::sobel, Dims(shapes[s].size(), 3), border);
                signed_sobel.sobel_axis = 0;
                add(signed_sobel);
            }
        }
    }
    for (const Case& c : cases) reference.add(c.json());
    reference.run("reference_filter.py");

    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Case& c = cases[i];
        INFO(c.json());
        const ConstView in = inputs[std::stoul(c.input)].view;
        const OwnedArray result = filter_whole(in, c.options);
        const std::string output = fmt::format("{}.out", i);
        bool agrees = true;
        if (keeps_dtype(c.options.kind)) {
            const auto expected = reference.read<char>(output);
            agrees = expected.size() == byte_count(c.shape, size_of(c.dtype)) &&
                     std::memcmp(expected.data(), result.view.data, expected.size()) == 0;
        } else {
            const auto expected = reference.read<double>(output), found = to_values(result);
            // Means stay among the samples and are held to SEMANTICS.md as they are; differences cancel, down to the
            // rounding of the samples themselves.
            const bool mean = c.options.kind == FilterKind::gaussian || c.options.kind == FilterKind::uniform;
            const double slack = mean ? (is_integer(c.dtype) && c.dtype != DType::uint8 ? 2e-5 : 0) : 2e-4;
            for (std::size_t k = 0; k < found.size(); ++k)
                agrees &= std::abs(found[k] - expected[k]) <= 1e-5 * std::abs(expected[k]) + slack;
        }
        CHECK(agrees);
    }
}

TEST_CASE("filter: the bits do not depend on the block in which an element is computed") {
    std::mt19937 generator(5);
    const Dims shape{7, 23, 90};
    std::vector<FilterOptions> all;
    for (const BorderMode mode : {BorderMode::reflect, BorderMode::constant}) {
        const Border border{mode, 3};
        for (const auto kind : {FilterKind::median, FilterKind::uniform, FilterKind::min, FilterKind::max})
            for (const Dims& size : {Dims{3, 3, 3}, Dims{1, 5, 4}, Dims{5, 3, 1}, Dims{9, 9, 9}})
                all.push_back(sized(kind, size, border));
        for (const auto kind : {FilterKind::laplace, FilterKind::sobel})
            for (const Dims& size : {Dims{3, 3, 3}, Dims{1, 3, 3}, Dims{3, 3, 1}})
                all.push_back(sized(kind, size, border));
        all.push_back(gaussian({0, 2, 2}, border));
        all.push_back(gaussian({1, 0.7, 9}, border));
        all.push_back(gaussian({1, 2, 0}, border));  // in wide and in narrow blocks
    }
    for (const DType dtype : {DType::uint16, DType::float32, DType::float64}) {
        for (const double nan_share : {0.0, 0.002, 0.3}) {
            if (nan_share > 0 && is_integer(dtype)) continue;
            const OwnedArray in = random_array(dtype, shape, 3, nan_share);
            for (const FilterOptions& options : all) {
                INFO(name_of(options.kind) << " " << levin::name_of(dtype) << " NaN " << nan_share);
                const OwnedArray whole = filter_whole(in.view, options);
                for (int repeat = 0; repeat < 3; ++repeat) {
                    Dims block;
                    for (const Index n : shape) block.push_back(1 + static_cast<Index>(generator()) % n);
                    CHECK(same_bytes(whole, filter_in_blocks(in.view, options, block, whole.view.dtype)));
                }
            }
        }
    }
}

TEST_CASE("filter: a gaussian of long rows, which are worked on in parts, gives scipy.ndimage's numbers") {
    if (!have_scipy("filter: scipy.ndimage")) return;
    PythonReference reference;
    const Dims shape{40, 20, 500};
    const OwnedArray in = random_array(DType::uint16, shape, 11);
    reference.write("0.in", in.view);
    std::vector<Case> cases;
    for (const BorderMode mode : {BorderMode::reflect, BorderMode::constant})
        for (const auto& sigma : {std::vector<double>{2, 2, 2}, {2, 2, 0}, {1, 0, 8.5}})
            cases.push_back({gaussian(sigma, {mode, 3}), "0.in", DType::uint16, shape});
    for (const Case& c : cases) reference.add(c.json());
    reference.run("reference_filter.py");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO(cases[i].json());
        const OwnedArray whole = filter_whole(in.view, cases[i].options);
        const auto expected = reference.read<double>(fmt::format("{}.out", i)), found = to_values(whole);
        REQUIRE(found.size() == expected.size());
        bool agrees = true;
        for (std::size_t k = 0; k < found.size(); ++k)
            agrees &= std::abs(found[k] - expected[k]) <= 1e-5 * std::abs(expected[k]);
        CHECK(agrees);
        CHECK(same_bytes(whole, filter_in_blocks(in.view, cases[i].options, {13, 7, 60}, DType::float32)));
    }
}

TEST_CASE("filter: medians of large windows equal scipy.ndimage's, however many values there are") {
    if (!have_scipy("filter: scipy.ndimage")) return;
    PythonReference reference;
    std::mt19937 generator(9);
    std::vector<Case> cases;
    std::vector<OwnedArray> inputs;
    struct Range {
        DType dtype;
        int least, greatest;
    };
    for (const Range& range :
         {Range{DType::uint8, 0, 255}, Range{DType::int8, -128, 127}, Range{DType::uint16, 65300, 65535},
          Range{DType::uint16, 100, 900}, Range{DType::int16, -32768, -30000}, Range{DType::int16, -1500, 1500},
          Range{DType::uint16, 0, 65535}}) {
        for (const Dims& shape : {Dims{30, 1100}, Dims{4, 23, 90}}) {
            std::vector<double> values(static_cast<std::size_t>(product(shape)));
            std::uniform_int_distribution<int> any(range.least, range.greatest);
            for (double& x : values) x = any(generator);
            inputs.push_back(from_values(range.dtype, shape, values));
            const std::string input = fmt::format("{}.in", inputs.size() - 1);
            reference.write(input, inputs.back().view);
            for (const Dims& size : shape.size() == 2 ? std::vector<Dims>{{11, 9}, {15, 41}, {40, 3}}
                                                      : std::vector<Dims>{{3, 8, 7}, {5, 1, 21}, {1, 12, 12}})
                cases.push_back({sized(FilterKind::median, size), input, range.dtype, shape});
        }
    }
    for (const Case& c : cases) reference.add(c.json());
    reference.run("reference_filter.py");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO(cases[i].json());
        const ConstView in = inputs[std::stoul(cases[i].input)].view;
        const OwnedArray whole = filter_whole(in, cases[i].options);
        const auto expected = reference.read<char>(fmt::format("{}.out", i));
        REQUIRE(expected.size() == byte_count(cases[i].shape, size_of(cases[i].dtype)));
        CHECK(std::memcmp(expected.data(), whole.view.data, expected.size()) == 0);
        const Dims block = in.rank() == 2 ? Dims{17, 300} : Dims{3, 10, 50};
        CHECK(same_bytes(whole, filter_in_blocks(in, cases[i].options, block, cases[i].dtype)));
    }
}

TEST_CASE("filter: an option that does not fit is refused by name") {
    CHECK_THROWS_AS(parse_filter_kind("medain"), UsageError);
    CHECK(parse_filter_kind("max") == FilterKind::max);
    const auto refused = [](const FilterOptions& options, DType dtype = DType::uint8) {
        CHECK_THROWS_AS(Filter(options, dtype, 2), UsageError);
    };
    refused(sized(FilterKind::median, {3}));
    refused(sized(FilterKind::median, {3, -1}));
    refused(sized(FilterKind::gaussian, {3, 3}));
    refused(gaussian({1, -1}));
    refused(gaussian({1, NAN}));
    refused(sized(FilterKind::laplace, {5, 5}));
    refused(sized(FilterKind::sobel, {1, 1}));
    refused(sized(FilterKind::median, {3, 3}), DType::complex64);
    refused(sized(FilterKind::median, {3, 3}, {BorderMode::constant, 3.5}));
    refused(sized(FilterKind::max, {3, 3}, {BorderMode::constant, 256}));
    FilterOptions sobel = sized(FilterKind::sobel, {1, 3});
    sobel.sobel_axis = 0;
    refused(sobel);
    CHECK_NOTHROW(Filter(sized(FilterKind::uniform, {3, 3}, {BorderMode::constant, 3.5}), DType::uint8, 2));
}

TEST_CASE("filter: the halo is the exact support") {
    CHECK(filter_halo(sized(FilterKind::median, {4, 1, 3}), 3) == Halo{{2, 0, 1}, {1, 0, 1}});
    CHECK(filter_halo(gaussian({0, 2, 1.1}), 3) == Halo{{0, 8, 4}, {0, 8, 4}});
    CHECK(filter_halo(sized(FilterKind::sobel, {0, 3, 3}), 3) == Halo{{0, 1, 1}, {0, 1, 1}});
}

TEST_CASE("filter: small types behave as their values, and unfiltered axes are left alone") {
    const OwnedArray half = random_array(DType::float16, {9, 30}, 1),
                     single = from_values(DType::float32, {9, 30}, to_values(half));
    const FilterOptions median = sized(FilterKind::median, {3, 3});
    const OwnedArray filtered = filter_whole(half.view, median);
    CHECK(filtered.view.dtype == DType::float16);
    CHECK(to_values(filtered) == to_values(filter_whole(single.view, median)));
    const OwnedArray flags = random_array(DType::boolean, {9, 30}, 1),
                     bytes = from_values(DType::uint8, {9, 30}, to_values(flags));
    CHECK(to_values(filter_whole(flags.view, median)) == to_values(filter_whole(bytes.view, median)));
    CHECK(same_bytes(filter_whole(single.view, sized(FilterKind::median, {1, 0})), single));
    CHECK(same_bytes(filter_whole(single.view, gaussian({0, 0})), single));
}

TEST_CASE("filter: an infinity stays within the windows that hold it") {
    std::vector<double> values(40, 1.0);
    values[20] = INFINITY;
    const auto found =
        to_values(filter_whole(from_values(DType::float32, {40}, values).view, sized(FilterKind::uniform, {5})));
    for (std::size_t i = 0; i < 40; ++i) CHECK(found[i] == (i >= 18 && i <= 22 ? INFINITY : 1.0));
}

TEST_CASE("filter: closed forms") {
    // A median removes a single outlier, a mean of 3 spreads it, laplace shows its second difference.
    const OwnedArray spike = from_values(DType::int16, {7}, {0, 0, 0, 9, 0, 0, 0});
    CHECK(to_values(filter_whole(spike.view, sized(FilterKind::median, {3}))) == std::vector<double>(7, 0.0));
    CHECK(to_values(filter_whole(spike.view, sized(FilterKind::uniform, {3}))) ==
          std::vector<double>{0, 0, 3, 3, 3, 0, 0});
    CHECK(to_values(filter_whole(spike.view, sized(FilterKind::laplace, {3}))) ==
          std::vector<double>{0, 0, 9, -18, 9, 0, 0});
    CHECK(to_values(filter_whole(spike.view, sized(FilterKind::sobel, {3}))) ==
          std::vector<double>{0, 0, 9, 0, -9, 0, 0});
    // The gradient of a ramp 2 y + x: derivatives 2 * 2 * 4 and 2 * 1 * 4 in scipy's scale.
    std::vector<double> ramp;
    for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 5; ++x) ramp.push_back(2 * y + x);
    const auto magnitude =
        to_values(filter_whole(from_values(DType::float64, {5, 5}, ramp).view, sized(FilterKind::sobel, {3, 3})));
    CHECK(magnitude[12] == Approx(std::sqrt(16.0 * 16 + 8 * 8)));
}
