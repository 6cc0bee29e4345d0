#include "levin/core/region.hpp"

#include <limits>
#include <set>

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin;

TEST_CASE("dims: product, byte count and their overflow") {
    CHECK(product({}) == 1);
    CHECK(product({5, 19, 23}) == 2185);
    CHECK(product({Index{1} << 62, 4, 0}) == 0);
    CHECK(byte_count({3, 4}, 8) == 96);
    CHECK_THROWS_AS(product({Index{1} << 32, Index{1} << 31}), Error);
    CHECK_THROWS_AS(product({3, -1}), Error);
    CHECK_THROWS_AS(byte_count({Index{1} << 61}, 8), Error);
}

TEST_CASE("dims: shapes print as NumPy prints them, ceil_div rounds up") {
    CHECK(to_string(Dims{}) == "()");
    CHECK(to_string(Dims{7}) == "(7,)");
    CHECK(to_string(Dims{5, 19}) == "(5, 19)");
    CHECK(ceil_div(0, 4) == 0);
    CHECK(ceil_div(8, 4) == 2);
    CHECK(ceil_div(9, 4) == 3);
    CHECK(ceil_div(std::numeric_limits<Index>::max(), 2) == Index{1} << 62);
}

TEST_CASE("region: intersection, bounding box, containment") {
    const Region a{{0, 2}, {4, 4}}, b{{2, 0}, {5, 3}}, apart{{9, 9}, {1, 1}};
    CHECK(intersect(a, b) == Region{{2, 2}, {2, 1}});
    CHECK(intersect(a, apart).empty());
    CHECK(bounding(a, b) == Region{{0, 0}, {7, 6}});
    CHECK(bounding(a, Region{{100, 100}, {0, 3}}) == a);
    CHECK(bounding(Region{{100, 100}, {0, 3}}, a) == a);
    CHECK(Region::whole({4, 6}).contains(a));
    CHECK_FALSE(Region::whole({4, 5}).contains(a));
    CHECK_FALSE(a.contains(b));
    CHECK(relative_to(b, {1, -1}) == Region{{1, 1}, {5, 3}});
    CHECK(to_string(a) == "[0:4, 2:6]");
    CHECK(a.count() == 16);
    CHECK(a.end(1) == 6);
    CHECK_FALSE(Region{}.empty());
    CHECK(Region{}.count() == 1);
}

TEST_CASE("grid: cells tile the array, clipped at its edges, in C order") {
    const Grid grid({5, 7}, {2, 3});
    CHECK(grid.counts() == Dims{3, 3});
    CHECK(grid.size() == 9);
    std::set<Dims> seen;
    for (Index i = 0; i < grid.size(); ++i) {
        CHECK(grid.number(grid.position(i)) == i);
        for_each_index(grid.region(i), [&](const Dims& at) { CHECK(seen.insert(at).second); });
    }
    CHECK(seen.size() == 35);
    CHECK(grid.region(Dims{2, 2}) == Region{{4, 6}, {1, 1}});
    CHECK(grid.position(1) == Dims{0, 1});
}

TEST_CASE("grid: the cells of a region are exactly those that touch it") {
    const Grid grid({10, 10}, {4, 3});
    for (Index y = 0; y < 10; ++y)
        for (Index height = 1; y + height <= 10; ++height) {
            const Region region{{y, 1}, {height, 6}};
            const Region range = grid.cells(region);
            for (Index i = 0; i < grid.size(); ++i) {
                const Region one{grid.position(i), {1, 1}};
                CHECK(range.contains(one) == !intersect(grid.region(i), region).empty());
            }
        }
    CHECK(grid.cells({{4, 3}, {0, 2}}).empty());
}

TEST_CASE("grid: rank 0 has one cell, a zero-length array none, a huge one costs nothing") {
    CHECK(Grid({}, {}).size() == 1);
    CHECK(Grid({}, {}).region(0) == Region{});
    CHECK(Grid({0, 5}, {2, 2}).size() == 0);
    const Index huge = Index{1} << 61;
    CHECK(Grid({huge}, {1}).region(huge - 1) == Region{{huge - 1}, {1}});
    CHECK_THROWS_AS(Grid({4}, {0}), Error);
    CHECK_THROWS_AS(Grid({4, 4}, {2}), Error);
}

TEST_CASE("for_each_index: C order, nothing for an empty box, once for rank 0") {
    std::vector<Dims> visited;
    const auto collect = [&](const Dims& at) { visited.push_back(at); };
    for_each_index({{1, 5}, {2, 2}}, collect);
    CHECK(visited == std::vector<Dims>{{1, 5}, {1, 6}, {2, 5}, {2, 6}});
    visited.clear();
    for_each_index({{0, 0}, {3, 0}}, collect);
    CHECK(visited.empty());
    for_each_index({}, collect);
    CHECK(visited == std::vector<Dims>{{}});
}
