#include "levin/engine/layout.hpp"

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "levin/engine/axis_values.hpp"

using namespace levin;
using engine::Layout;

TEST_CASE("layout: default chunks hold about 8 MiB and keep to their layout") {
    const Axes axes = axes_from_letters("tyx");
    CHECK(engine::default_chunks({1000, 512, 512}, axes, DType::uint16, Layout::images) == Dims{16, 512, 512});
    CHECK(engine::default_chunks({1000, 512, 512}, axes, DType::float32, Layout::series) == Dims{1000, 32, 32});
    CHECK(engine::default_chunks({10, 20000, 20000}, axes, DType::uint16, Layout::images) == Dims{4, 1024, 1024});
    CHECK(engine::default_chunks({1000000, 512, 512}, axes, DType::float32, Layout::series) == Dims{1000000, 8, 8});
    CHECK(engine::default_chunks({0, 0, 5}, axes, DType::uint8, Layout::images) == Dims{1, 1, 5});
    CHECK(engine::default_chunks({}, {}, DType::float64, Layout::images).empty());
}

TEST_CASE("layout: chunks of whole series are series layout, of whole frames images layout") {
    ArrayInfo info{{100, 64, 64}, DType::uint8, axes_from_letters("tyx"), {100, 16, 16}, "{}"};
    CHECK(engine::layout_of(info) == Layout::series);
    info.chunks = {100, 64, 64};
    CHECK(engine::layout_of(info) == Layout::images);
    info.chunks = {10, 16, 16};
    CHECK(engine::layout_of(info) == Layout::images);
}

TEST_CASE("layout: a store of more than 10000 files is sharded, in whole chunks") {
    const Axes axes = axes_from_letters("tyx");
    CHECK(engine::default_shards({9999, 64, 64}, {1, 64, 64}, axes, Layout::images).empty());
    const Dims shape{200000, 64, 64}, chunks{1, 64, 64};
    const Dims shards = engine::default_shards(shape, chunks, axes, Layout::images);
    REQUIRE(shards.size() == 3);
    CHECK(Grid(shape, shards).size() <= 10000);
    CHECK(shards[1] == 64);
}

TEST_CASE("layout: chunks are set per axis, cut to the axis, and refused for an unknown one") {
    const Axes axes = axes_from_letters("tyx");
    CHECK(engine::override_chunks({1, 2, 3}, "t=64,x=9999", "--chunks", {100, 50, 60}, axes) == Dims{64, 2, 60});
    CHECK_THROWS_AS(engine::override_chunks({1, 2, 3}, "q=1", "--chunks", {100, 50, 60}, axes), UsageError);
    CHECK_THROWS_AS(engine::override_chunks({1, 2, 3}, "t=0", "--chunks", {100, 50, 60}, axes), UsageError);
}

TEST_CASE("axis values: a single value holds for the scalar axes, units become samples") {
    Axes axes = axes_from_letters("zyx");
    axes[1] = {"y", 0.5, "um"};
    CHECK(engine::axis_values("2", "--sigma", axes, {1, 2}, 0) == std::vector<double>{0, 2, 2});
    CHECK(engine::axis_values("y=1.5um,z=4px", "--sigma", axes, {1, 2}, 0) == std::vector<double>{4, 3, 0});
    CHECK(engine::axis_counts("x=5", "--size", axes, {1, 2}, 1) == std::vector<Index>{1, 1, 5});
    CHECK_THROWS_AS(engine::axis_values("x=1um", "--sigma", axes, {1, 2}, 0), UsageError);  // x has no spacing
    CHECK_THROWS_AS(engine::axis_values("t=1", "--sigma", axes, {1, 2}, 0), UsageError);
    CHECK_THROWS_AS(engine::axis_counts("x=-1", "--size", axes, {1, 2}, 1), UsageError);
    CHECK(engine::axis_list("xy", "--axis", axes) == std::vector<std::size_t>{1, 2});
    CHECK(engine::axis_list("z,x", "--axis", axes) == std::vector<std::size_t>{0, 2});
    CHECK_THROWS_AS(engine::axis_list("yy", "--axis", axes), UsageError);
}
