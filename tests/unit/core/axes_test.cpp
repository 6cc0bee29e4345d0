#include "levin/core/axes.hpp"

#include <algorithm>

#include "catch.hpp"
#include "levin/core/border.hpp"
#include "levin/core/error.hpp"

using namespace levin;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("axes: letters make axes and axes make letters") {
    const Axes axes = axes_from_letters("tzyx");
    CHECK(axes.size() == 4);
    CHECK(letters(axes) == "tzyx");
    CHECK(letters({{"time", 0, ""}, {"y", 0, ""}}) == "time,y");
    CHECK(letters({{"", 0, ""}, {"y", 0, ""}}) == "?y");
    CHECK_THROWS_AS(axes_from_letters("tyy"), UsageError);
    CHECK_THROWS_AS(axes_from_letters("tYx"), UsageError);
    CHECK(find_axis(axes, "y") == 2u);
    CHECK_FALSE(find_axis(axes, "c"));
    CHECK(require_axis(axes, "x") == 3);
    CHECK_THROWS_AS(require_axis(axes, "q"), UsageError);
    CHECK_THROWS_WITH(require_axis(axes, "q"), ContainsSubstring("tzyx"));
}

TEST_CASE("axes: OME order, and what a number of dimensions means") {
    std::string names = "xyzctfk";
    std::sort(names.begin(), names.end(), [](char a, char b) { return ome_rank({&a, 1}) < ome_rank({&b, 1}); });
    CHECK(names == "ktfczyx");
    CHECK(ome_rank("roi") < ome_rank("k"));
    CHECK(ome_rank("tz") == ome_rank("q"));
    CHECK(default_letters(2) == "yx");
    CHECK(default_letters(4) == "tzyx");
    CHECK(default_letters(5) == "tczyx");
    CHECK_FALSE(default_letters(3));
    CHECK_FALSE(default_letters(1));
}

TEST_CASE("quantities: a number, then a unit, and back") {
    for (const char* text : {"0.65um", "0.65 um"}) {
        const Quantity quantity = parse_quantity(text);
        CHECK(quantity.value == 0.65);
        CHECK(quantity.unit == "um");
        CHECK(to_string(quantity) == "0.65 um");
    }
    CHECK(parse_quantity("3").unit.empty());
    CHECK(to_string(Quantity{3, ""}) == "3");
    CHECK(parse_quantity("-1e-3s").value == -1e-3);
    CHECK(to_string(Quantity{0.1 + 0.2, "s"}) == "0.30000000000000004 s");
    for (const char* text : {"", "um", "0.65um2", "nan", "inf", "1 2", "3,4"})
        CHECK_THROWS_AS(parse_quantity(text), UsageError);
}

TEST_CASE("units: factors are exact within a kind and absent between kinds") {
    CHECK(unit_factor("um", "nm") == 1000);
    CHECK(unit_factor("nm", "um") == 1e-3);
    CHECK(unit_factor("µm", "micrometer") == 1);
    CHECK(unit_factor("min", "s") == 60);
    CHECK(unit_factor("millisecond", "s") == 1e-3);
    CHECK(unit_factor("h", "min") == 60);
    CHECK(unit_factor("furlong", "furlong") == 1);
    CHECK_FALSE(unit_factor("s", "um"));
    CHECK_FALSE(unit_factor("s", ""));
    CHECK_FALSE(unit_factor("furlong", "um"));
}

TEST_CASE("quantities: converted to samples of an axis") {
    const Axis t{"t", 0.5, "s"}, y{"y", 0.65, "um"}, unknown{"x", 0, ""};
    CHECK(to_samples({60, "s"}, t) == 120);
    CHECK(to_samples({1, "min"}, t) == 120);
    CHECK(to_samples({1.3, "um"}, y) == 2);
    CHECK(to_samples({1300, "nm"}, y) == Approx(2).epsilon(1e-15));
    CHECK(to_samples({2, "px"}, unknown) == 2);
    CHECK(to_samples({7, ""}, t) == 7);
    CHECK_THROWS_WITH(to_samples({1, "um"}, unknown), ContainsSubstring("--spacing x="));
    CHECK_THROWS_AS(to_samples({1, "um"}, unknown), UsageError);
    CHECK_THROWS_AS(to_samples({1, "um"}, t), UsageError);
    CHECK(to_sample_count({1.3, "s"}, t) == 3);  // a length may lie between samples, a count may not
    CHECK(to_sample_count({-2, "px"}, t) == -2);
    CHECK_THROWS_WITH(to_sample_count({2.5, ""}, t), ContainsSubstring("2.5 is not a whole number of samples"));
    CHECK_THROWS_AS(to_sample_count({2.5, "px"}, t), UsageError);
    CHECK_THROWS_AS(to_sample_count({1e18, ""}, t), UsageError);
}

TEST_CASE("assignments: one value an axis") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(parse_assignments("t=64,y=256", "--chunks") == Pairs{{"t", "64"}, {"y", "256"}});
    CHECK(parse_assignments("t=0:100:2", "--select") == Pairs{{"t", "0:100:2"}});
    for (const char* text : {"", "t", "t=", "=4", "t=1,", "t=1,t=2", "t=1,,y=2"})
        CHECK_THROWS_AS(parse_assignments(text, "--chunks"), UsageError);
    CHECK_THROWS_WITH(parse_assignments("t=1,64", "--chunks"),
                      ContainsSubstring("--chunks") && ContainsSubstring("'64'"));
}

TEST_CASE("integer assignments: whole numbers from a minimum on") {
    using Pairs = std::vector<std::pair<std::string, Index>>;
    CHECK(parse_integers("t=64,y=1", "--chunks", 1) == Pairs{{"t", 64}, {"y", 1}});
    for (const char* text : {"t=0", "t=1.5", "t=x", "t=9223372036854775808", "t=+3"})
        CHECK_THROWS_AS(parse_integers(text, "--chunks", 1), UsageError);
    CHECK(parse_integers("z=-1", "--at", -5) == Pairs{{"z", -1}});
}

TEST_CASE("border: modes by SciPy's names") {
    CHECK(parse_border("reflect").mode == BorderMode::reflect);
    CHECK(parse_border("nearest").mode == BorderMode::nearest);
    CHECK(parse_border("mirror").mode == BorderMode::mirror);
    CHECK(parse_border("wrap").mode == BorderMode::wrap);
    CHECK(parse_border("constant").value == 0);
    CHECK(parse_border("constant:-3.5").value == -3.5);
    CHECK(parse_border("constant:-3.5").mode == BorderMode::constant);
    for (const char* text : {"", "constant:", "constant:3x", "zero"}) CHECK_THROWS_AS(parse_border(text), UsageError);
}

TEST_CASE("border: indices repeat as the manual's drawings show") {
    const auto drawn = [](BorderMode mode) {
        std::string text;
        for (Index i = -9; i < 13; ++i) {
            const Index at = border_index(i, 4, mode);
            text += at < 0 ? 'k' : "abcd"[at];
        }
        return text;
    };
    CHECK(drawn(BorderMode::reflect) == "aabcddcbaabcddcbaabcdd");
    CHECK(drawn(BorderMode::nearest) == "aaaaaaaaaabcdddddddddd");
    CHECK(drawn(BorderMode::mirror) == "dcbabcdcbabcdcbabcdcba");
    CHECK(drawn(BorderMode::wrap) == "dabcdabcdabcdabcdabcda");
    CHECK(drawn(BorderMode::constant) == "kkkkkkkkkabcdkkkkkkkkk");
    for (const auto mode : {BorderMode::reflect, BorderMode::nearest, BorderMode::mirror, BorderMode::wrap})
        for (Index i = -5; i < 5; ++i) CHECK(border_index(i, 1, mode) == 0);
}
