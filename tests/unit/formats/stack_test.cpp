#include <sys/resource.h>

#include "helpers.hpp"
#include "levin/formats/inputs.hpp"

using namespace levin;
using namespace levin::test;

namespace {

void write_frame(const std::string& path, std::uint8_t first, const Dims& shape = {2, 3}) {
    formats::write(
        MemorySource::of(counting<std::uint8_t>(product(shape), first), shape, shape.size() == 2 ? "yx" : "zyx"), path,
        {});
}

/// A file of `pages` pages whose axis has no name.
void write_pages(const std::string& path, Index pages, std::uint8_t first) {
    formats::write(MemorySource::of(counting<std::uint8_t>(pages * 6, first), {pages, 2, 3}, ""), path, {});
}

}  // namespace

TEST_CASE("formats: natural order puts 2 before 10") {
    std::vector<std::string> names{"t10.tif", "t2.tif", "t02.tif", "t1b.tif",
                                   "t1.tif",  "a",      "t",       "t99999999999999999999999.tif"};
    std::sort(names.begin(), names.end(), formats::natural_less);
    CHECK(names == std::vector<std::string>{"a", "t", "t1.tif", "t1b.tif", "t2.tif", "t02.tif", "t10.tif",
                                            "t99999999999999999999999.tif"});
}

TEST_CASE("formats: files of (y, x) are (t, y, x) in natural order; start, stop and step thin them") {
    const TempDir folder;
    for (const int i : {10, 2, 1, 9})
        write_frame(folder / fmt::format("f{}.png", i), static_cast<std::uint8_t>(i * 10));
    write_text(folder / "notes.txt", "no image");
    write_text(folder / ".f3.png", "hidden");
    const auto first_values = [&](const formats::ReadOptions& options) {
        const auto source = open(folder.path().string(), options);
        const auto all = values<std::uint8_t>(*source);
        std::vector<int> firsts;
        for (std::size_t i = 0; i < all.size(); i += 6) firsts.push_back(all[i]);
        return firsts;
    };
    formats::ReadOptions options;
    CHECK(first_values(options) == std::vector<int>{10, 20, 90, 100});
    const auto source = open(folder / "f*.png");
    CHECK(source->info().shape == Dims{4, 2, 3});
    CHECK(letters(source->info().axes) == "tyx");
    CHECK(source->info().chunks == Dims{1, 2, 3});
    check_boxes(*source, {3, 1, 2});
    options.start = 1, options.step = 2;
    CHECK(first_values(options) == std::vector<int>{20, 100});
    options = {};
    options.stop = 2;
    CHECK(first_values(options) == std::vector<int>{10, 20});
    options = {};
    options.natural_sort = false;
    CHECK(first_values(options) == std::vector<int>{10, 100, 20, 90});
    options = {};
    options.start = 7;
    CHECK(contains(message_of([&] { first_values(options); }), "leaves none of 4 files"));
    options.start = -1;
    CHECK_THROWS_AS(first_values(options), UsageError);
    options = {};
    options.along = "z";
    CHECK(letters(open(folder.path().string(), options)->info().axes) == "zyx");
    const auto one = open(folder / "f10.png");
    CHECK(one->info().shape == Dims{2, 3});
    // Inputs that the user listed in an order of his own.
    options = {};
    options.natural_sort = false;
    const auto listed = formats::open({folder / "f9.png", folder / "f1.png"}, options);
    CHECK(values<std::uint8_t>(*listed)[0] == 90);
}

TEST_CASE("formats: pages are an unnamed axis, z, t, or t and z") {
    const TempDir folder;
    for (int i = 0; i < 3; ++i) write_pages(folder / fmt::format("f{}.tif", i), 4, static_cast<std::uint8_t>(i * 24));
    formats::ReadOptions options;
    const auto shape = [&] { return formats::open({folder.path().string()}, options)->info().shape; };
    const auto names = [&] { return letters(formats::open({folder.path().string()}, options)->info().axes); };
    options.pages = "z";
    CHECK(shape() == Dims{3, 4, 2, 3});
    CHECK(names() == "tzyx");
    options.pages = "t";
    CHECK(shape() == Dims{12, 2, 3});
    CHECK(names() == "tyx");
    options.along = "z";
    CHECK(shape() == Dims{4, 3, 2, 3});
    CHECK(names() == "tzyx");
    const auto planes = open(folder.path().string(), options);
    const auto swapped = values<std::uint8_t>(*planes);
    for (std::size_t i = 0; i < swapped.size(); ++i) REQUIRE(swapped[i] == i % 18 / 6 * 24 + i / 18 * 6 + i % 6);
    check_boxes(*planes, {3, 2, 1, 2});
    options.along.clear();
    options.pages = "z=2";
    CHECK(shape() == Dims{6, 2, 2, 3});
    CHECK(names() == "tzyx");
    const auto split = open(folder.path().string(), options);
    CHECK(values<std::uint8_t>(*split) == counting<std::uint8_t>(72));
    check_boxes(*split, {4, 1, 2, 2});
    check_boxes(*open(folder / "f1.tif", options), {1, 2, 2, 2});
    options.pages = "z=3";
    CHECK(contains(message_of(shape), "1 left over (--discard-extra drops them)"));
    options.discard_extra = true;
    std::vector<std::string> notes;
    CHECK(formats::open({folder.path().string()}, options, &notes)->info().shape == Dims{3, 3, 2, 3});
    CHECK(notes == std::vector<std::string>{"dropped the last 1 of 4 pages of each of 3 files"});
    options.pages = "z=5";
    CHECK(contains(message_of(shape), "less than one volume"));
    for (const char* wrong : {"x", "z=", "z=0", "z=-1", "z=2x", "t=2"}) {
        options.pages = wrong;
        CHECK_THROWS_AS(shape(), UsageError);
    }
}

TEST_CASE("formats: the first file that does not fit is named with both shapes") {
    const TempDir folder;
    write_frame(folder / "f1.png", 0);
    write_frame(folder / "f2.png", 0);
    write_frame(folder / "f10.png", 0, {3, 3});
    const auto message = message_of([&] { open(folder.path().string()); });
    CHECK(contains(message, "f10.png is (3, 3) uint8"));
    CHECK(contains(message, "f1.png is (2, 3) uint8"));
    std::filesystem::remove(folder / "f10.png");
    formats::write(MemorySource(DType::uint16, {2, 3}, "yx"), folder / "f3.png", {});
    CHECK(contains(message_of([&] { open(folder.path().string()); }), "f3.png is (2, 3) uint16"));
    std::filesystem::remove(folder / "f3.png");
    write_frame(folder / "f3.tif", 0);
    CHECK(contains(message_of([&] { open(folder.path().string()); }), "f3.tif is tiff, but"));
}

TEST_CASE("formats: subdirectories count when asked, in natural order of the whole path") {
    const TempDir folder;
    for (const char* name : {"run10", "run2", ".hidden"}) {
        std::filesystem::create_directory(folder / name);
        write_frame(folder / (std::string(name) + "/a.png"), name[3] == '1' ? 100 : 50);
    }
    CHECK(contains(message_of([&] { open(folder.path().string()); }), "--recursive"));
    formats::ReadOptions options;
    options.recursive = true;
    const auto source = open(folder.path().string(), options);
    CHECK(source->info().shape == Dims{2, 2, 3});
    CHECK(values<std::uint8_t>(*source)[0] == 50);
}

TEST_CASE("formats: ten thousand files need no more descriptors than one") {
    const TempDir folder;
    const std::string frame = [&] {
        write_frame(folder / "f.png", 7);
        return read_text(folder / "f.png");
    }();
    std::filesystem::remove(folder / "f.png");
    for (int i = 0; i < 10000; ++i) write_text(folder / fmt::format("{}.png", i), frame);
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit low{64, limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    const auto source = open(folder.path().string());
    CHECK(source->info().shape == Dims{10000, 2, 3});
    CHECK(values<std::uint8_t>(*source)[59995] == 8);
    setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_CASE("formats: raw files are stacked as others are") {
    const TempDir folder;
    for (int i = 0; i < 3; ++i)
        write_values(folder / fmt::format("{}.raw", i), counting<std::int16_t>(6, static_cast<std::int16_t>(i * 6)));
    formats::ReadOptions options;
    options.shape = {{"y", 2}, {"x", 3}};
    options.dtype = DType::int16;
    const auto source = open(folder.path().string(), options);
    CHECK(source->info().shape == Dims{3, 2, 3});
    CHECK(letters(source->info().axes) == "tyx");
    CHECK(values<std::int16_t>(*source) == counting<std::int16_t>(18));
    options.shape = {{"t", 1}, {"y", 2}, {"x", 3}};
    CHECK(open(folder.path().string(), options)->info().shape == Dims{3, 2, 3});
}
