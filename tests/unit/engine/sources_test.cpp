#include "levin/engine/sources.hpp"

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/engine/selection.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;

TEST_CASE("selection: ranges, steps, negative bounds and indices give NumPy's slices") {
    const Counted base({11, 7, 9}, {4, 3, 5}, "tyx");
    const auto part = engine::select(engine::borrow(base), engine::parse_selection("t=1:-1:3,y=-2,x=2:", base.info()));
    REQUIRE(part->info().shape == Dims{3, 7});
    CHECK(letters(part->info().axes) == "tx");
    const OwnedArray values = read_all(*part);
    for (Index t = 0; t < 3; ++t)
        for (Index x = 0; x < 7; ++x)
            CHECK(at<std::uint16_t>(values.view, {t, x}) == at<std::uint16_t>(base.values(), {1 + 3 * t, 5, 2 + x}));
}

TEST_CASE("selection: only the part asked for is read") {
    const Counted base({100, 8, 8}, {10, 8, 8}, "tyx");
    const auto part = engine::select(engine::borrow(base), engine::parse_selection("t=0:100:50,y=0:2", base.info()));
    read_all(*part);
    CHECK(base.elements_read == 2 * 2 * 8);
}

TEST_CASE("sources: what can be read for itself stays so behind selections and permutations") {
    const Counted base({100, 64, 80}, {20, 64, 80}, "tyx", DType::uint16, {1, 8, 80});
    CHECK(engine::borrow(base)->granule() == Dims{1, 8, 80});
    const auto part = [&](const char* text) {
        return engine::select(engine::borrow(base), engine::parse_selection(text, base.info()));
    };
    CHECK(part("t=5:50,x=0:30")->granule() == Dims{1, 8, 30});
    CHECK(part("t=3,y=0:64:4")->granule() == Dims{2, 80});
    CHECK(engine::permute(engine::borrow(base), {2, 0, 1})->granule() == Dims{80, 1, 8});
}

TEST_CASE("selection: what cannot be is refused by name") {
    const Counted base({11, 7}, {4, 3}, "yx");
    for (const char* text :
         {"t=0", "y=11", "y=-12", "y=3:3", "y=0:12", "y=0:5:0", "y=5:1:-1", "y=a", "y=1:2:3:4", "y=0,y=1", "y"})
        CHECK_THROWS_AS(engine::parse_selection(text, base.info()), UsageError);
}

TEST_CASE("selection: brackets at the end of a path are a selection unless such a file exists") {
    CHECK(engine::split_selection("a.zarr[t=0:5]") == std::pair<std::string, std::string>("a.zarr", "t=0:5"));
    CHECK(engine::split_selection("frames[0-9].tif").second.empty());
    CHECK(engine::split_selection("a.zarr").second.empty());
}

TEST_CASE("permute: axes change places, values do not") {
    const Counted base({3, 4, 5}, {2, 2, 2}, "xyt");
    const auto turned = engine::permute(engine::borrow(base), {2, 1, 0});
    const OwnedArray values = read_all(*turned);
    CHECK(turned->info().shape == Dims{5, 4, 3});
    for (Index i = 0; i < 5; ++i)
        for (Index j = 0; j < 4; ++j)
            for (Index k = 0; k < 3; ++k)
                CHECK(at<std::uint16_t>(values.view, {i, j, k}) == at<std::uint16_t>(base.values(), {k, j, i}));
}

TEST_CASE("extend: margins hold what the border mode says, whatever box is read") {
    const Counted base({5, 3}, {2, 2}, "yx");
    for (const BorderMode mode :
         {BorderMode::reflect, BorderMode::nearest, BorderMode::mirror, BorderMode::wrap, BorderMode::constant}) {
        const engine::Margins margins{{7, 4}, {2, 9}};  // wider than the array on one side
        const auto extended = engine::extend(base, margins, mode);
        REQUIRE(extended->info().shape == Dims{14, 16});
        for (const Region& box :
             {Region{{0, 0}, {14, 16}}, Region{{6, 3}, {4, 3}}, Region{{0, 0}, {2, 2}}, Region{{11, 8}, {3, 8}}}) {
            OwnedArray values(DType::uint16, box.shape);
            extended->read(box, values.view);
            for_each_index(Region::whole(box.shape), [&](const Dims& i) {
                const Index y = border_index(box.origin[0] + i[0] - 7, 5, mode),
                            x = border_index(box.origin[1] + i[1] - 4, 3, mode);
                const std::uint16_t expected =
                    y < 0 || x < 0 ? std::uint16_t{0} : at<std::uint16_t>(base.values(), {y, x});
                REQUIRE(at<std::uint16_t>(values.view, i) == expected);
            });
        }
    }
}
