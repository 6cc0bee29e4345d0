#include "levin/core/strided_bytes.hpp"

#include <numeric>

#include "catch.hpp"

using namespace levin;

namespace {

/// Bytes in memory, of which it is counted how many are asked for.
class CountedBytes final : public ByteSource {
  public:
    explicit CountedBytes(std::vector<std::uint16_t> values) : values_(std::move(values)) {}
    void read(Index offset, void* to, Index bytes) override {
        REQUIRE(offset + bytes <= static_cast<Index>(2 * values_.size()));
        std::copy_n(reinterpret_cast<const std::byte*>(values_.data()) + offset, bytes, static_cast<std::byte*>(to));
        bytes_read += bytes, ++calls;
    }
    Index bytes_read = 0, calls = 0;

  private:
    std::vector<std::uint16_t> values_;
};

}  // namespace

TEST_CASE("strided bytes: least boxes that cover an array read each byte once, for any order of axes") {
    struct Case {
        Dims shape, strides, least;
    };
    const std::vector<Case> cases{
        {{4, 300, 512}, {300 * 1024, 1024, 2}, {1, 32, 512}},  // 32 rows of a kilobyte; frames lie far apart
        {{9, 100, 100}, {20000, 200, 2}, {2, 100, 100}},       // what remains of a frame would be read over
        {{3, 40000}, {80000, 2}, {1, 40000}},                  // so it would of a row
        {{3, 400000}, {800000, 2}, {1, 16384}},
        {{512, 300, 4}, {2, 1024, 300 * 1024}, {512, 32, 1}},  // the last axis is the slowest
        {{5, 7}, {14, 2}, {5, 7}},                             // less than a call is worth
        {{}, {}, {}},
    };
    for (const Case& each : cases) {
        const auto& shape = each.shape;
        const auto& strides = each.strides;
        INFO(to_string(shape));
        REQUIRE(least_box(shape, strides, 2) == each.least);
        std::vector<std::uint16_t> stored(static_cast<std::size_t>(product(shape)));
        std::iota(stored.begin(), stored.end(), std::uint16_t{0});
        CountedBytes bytes(stored);
        const OwnedArray values(DType::uint16, shape);
        const Grid boxes(shape, each.least);
        for (Index i = 0; i < boxes.size(); ++i)
            read_strided(bytes, {0, strides}, boxes.region(i), values.view.sub(boxes.region(i)));
        CHECK(bytes.bytes_read == static_cast<Index>(2 * stored.size()));
        CHECK(bytes.calls == boxes.size());
        bool right = true;
        for_each_index(Region::whole(shape), [&](const Dims& at) {
            const Index offset = std::inner_product(at.begin(), at.end(), strides.begin(), Index{0});
            const Index place = Grid(shape, Dims(shape.size(), 1)).number(at);
            right = right && values.view.as<std::uint16_t>()[place] == stored[static_cast<std::size_t>(offset / 2)];
        });
        CHECK(right);
    }
}
