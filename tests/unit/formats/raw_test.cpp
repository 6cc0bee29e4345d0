#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

formats::ReadOptions shape_of(std::vector<std::pair<std::string, Index>> shape, DType dtype) {
    formats::ReadOptions options;
    options.shape = std::move(shape);
    options.dtype = dtype;
    return options;
}

}  // namespace

TEST_CASE("raw: C order has the last axis of --shape fastest, F order the first") {
    const TempDir folder;
    write_values(folder / "a.raw", counting<std::uint16_t>(2 * 3 * 4));
    auto options = shape_of({{"t", 2}, {"y", 3}, {"x", 4}}, DType::uint16);
    CHECK(values<std::uint16_t>(*open(folder / "a.raw", options)) == counting<std::uint16_t>(24));
    options = shape_of({{"x", 4}, {"y", 3}, {"t", 2}}, DType::uint16);
    options.order = 'F';
    const auto f = open(folder / "a.raw", options);
    CHECK(f->info().shape == Dims{2, 3, 4});
    CHECK(values<std::uint16_t>(*f) == counting<std::uint16_t>(24));
}

TEST_CASE("raw: the array is in OME order whatever the order in the file") {
    const TempDir folder;
    write_values(folder / "a.bin", counting<std::int32_t>(2 * 3 * 4 * 5));
    const auto source = open(folder / "a.bin", shape_of({{"z", 2}, {"x", 3}, {"y", 4}, {"t", 5}}, DType::int32));
    CHECK(source->info().shape == Dims{5, 2, 4, 3});
    CHECK(letters(source->info().axes) == "tzyx");
    CHECK(source->info().chunks == Dims{5, 1, 4, 1});
    const auto read = values<std::int32_t>(*source);
    std::size_t i = 0;
    for (int t = 0; t < 5; ++t)
        for (int z = 0; z < 2; ++z)
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 3; ++x) REQUIRE(read[i++] == ((z * 3 + x) * 4 + y) * 5 + t);
    check_boxes(*source, {2, 1, 3, 2});
}

TEST_CASE("raw: bytes before each record are skipped, whatever their number") {
    const TempDir folder;
    std::string bytes;
    for (int record = 0; record < 6; ++record) {
        bytes += "key";
        for (int i = 0; i < 4; ++i) {
            const std::int16_t value = static_cast<std::int16_t>(record * 4 + i);
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }
    write_text(folder / "a.bin", bytes);
    auto options = shape_of({{"y", 2}, {"x", 3}, {"t", 4}}, DType::int16);
    options.skip = 3;
    const auto source = open(folder / "a.bin", options);
    CHECK(source->info().shape == Dims{4, 2, 3});
    const auto read = values<std::int16_t>(*source);
    for (int t = 0; t < 4; ++t)
        for (int i = 0; i < 6; ++i) REQUIRE(read[static_cast<std::size_t>(t * 6 + i)] == i * 4 + t);
    check_boxes(*source, {3, 1, 2});
}

TEST_CASE("raw: runs longer than one read and gaps wider than one are right too") {
    const TempDir folder;
    write_values(folder / "a.raw", counting<std::uint32_t>(3 * 2 * 1000000));
    const auto source = open(folder / "a.raw", shape_of({{"z", 3}, {"y", 2}, {"x", 1000000}}, DType::uint32));
    CHECK(values<std::uint32_t>(*source) == counting<std::uint32_t>(6000000));
    check_boxes(*source, {2, 1, 700001});
    const auto column = values_of<std::uint32_t>(read_region(*source, {{0, 0, 5}, {3, 2, 1}}));
    for (std::uint32_t i = 0; i < 6; ++i) CHECK(column[i] == i * 1000000 + 5);
}

TEST_CASE("raw: bytes of a bool that are not 0 are true") {
    const TempDir folder;
    write_text(folder / "a.raw", std::string("\0\1\2\xff", 4));
    CHECK(values<bool>(*open(folder / "a.raw", shape_of({{"y", 2}, {"x", 2}}, DType::boolean))) ==
          std::vector<bool>{false, true, true, true});
}

TEST_CASE("raw: a size that does not fit is an error with both byte counts and what would fit") {
    const TempDir folder;
    write_values(folder / "a.raw", counting<std::int16_t>(500 * 64));
    const auto message = [&](const formats::ReadOptions& options) {
        return message_of([&] { open(folder / "a.raw", options); });
    };
    const auto slab = message(shape_of({{"t", 400}, {"y", 8}, {"x", 8}}, DType::int16));
    CHECK(contains(slab, "64000 bytes"));
    CHECK(contains(slab, "needs 51200"));
    CHECK(contains(slab, "t=500 would fit"));
    CHECK(contains(message(shape_of({{"t", 500}, {"y", 8}, {"x", 9}}, DType::int16)),
                   "444 times one t (144 bytes) and 64 bytes more"));
}

TEST_CASE("raw: what can never be right is a usage error") {
    const TempDir folder;
    write_text(folder / "a.raw", "1234");
    const auto open_with = [&](const formats::ReadOptions& options) { return open(folder / "a.raw", options); };
    CHECK_THROWS_AS(open_with({}), UsageError);
    CHECK(contains(message_of([&] { open_with({}); }), "--shape"));
    CHECK_THROWS_AS(open_with(shape_of({{"x", 0}}, DType::uint8)), UsageError);
    CHECK_THROWS_AS(open_with(shape_of({{"x", 2}, {"x", 2}}, DType::uint8)), UsageError);
    auto options = shape_of({{"x", 4}}, DType::uint8);
    options.order = 'K';
    CHECK_THROWS_AS(open_with(options), UsageError);
    options.order = 'C';
    options.skip = -1;
    CHECK_THROWS_AS(open_with(options), UsageError);
    const Index huge = Index{1} << 40;
    CHECK(contains(message_of([&] {
                       open_with(shape_of({{"t", huge}, {"y", huge}, {"x", 2}}, DType::uint8));
                   }),
                   "64 bits"));
    options = shape_of({{"y", huge}, {"x", 1}}, DType::uint8);
    options.skip = huge;
    CHECK_THROWS_AS(open_with(options), UsageError);
}

TEST_CASE("raw: written in C order, and read again") {
    const TempDir folder;
    const auto source = MemorySource::of(counting<float>(2 * 3 * 4), {2, 3, 4}, "tyx");
    formats::WriteOptions options;
    options.memory = 20;  // less than two rows
    formats::write(source, folder / "a.raw", options);
    CHECK(std::filesystem::file_size(folder / "a.raw") == 24 * 4);
    CHECK(values<float>(*open(folder / "a.raw", shape_of({{"t", 2}, {"y", 3}, {"x", 4}}, DType::float32))) ==
          counting<float>(24));
}
