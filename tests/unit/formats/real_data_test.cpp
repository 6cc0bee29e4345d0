#include <algorithm>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

template <class T>
std::int64_t sum(const std::vector<T>& values) {
    return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

}  // namespace

TEST_CASE("formats: the zebrafish TIFFs are (time, page, y, x) with the listed sum") {
    const std::string data = shared_data("zebrafish TIFFs");
    if (data.empty()) return;
    const auto fish = open(data + "/fish_tif");
    CHECK(fish->info().shape == Dims{20, 2, 76, 87});
    CHECK(fish->info().axes[0].name.empty());
    CHECK(fish->info().axes[1].name.empty());
    CHECK(fish->info().axes[2] == Axis{"y", 0, ""});
    CHECK(fish->info().chunks == Dims{1, 1, 76, 87});
    CHECK(sum(values<std::uint8_t>(*fish)) == 14133562);
    check_boxes(*fish, {7, 1, 33, 50});
    formats::ReadOptions options;
    options.pages = "z";
    const auto named = formats::open({data + "/fish_tif/*.tif"}, options);
    CHECK(letters(named->info().axes) == "tzyx");
    CHECK(sum(values<std::uint8_t>(*named)) == 14133562);
}

TEST_CASE("formats: the zebrafish records are (t, z, y, x) with the listed sum, and begin as the TIFFs do") {
    const std::string data = shared_data("zebrafish records");
    if (data.empty()) return;
    formats::ReadOptions options;
    options.shape = {{"z", 2}, {"x", 87}, {"y", 76}, {"t", 240}};
    options.dtype = DType::uint8;
    options.skip = 6;
    const auto records = open("raw:" + data + "/fish_series.bin", options);
    CHECK(records->info().shape == Dims{240, 2, 76, 87});
    CHECK(letters(records->info().axes) == "tzyx");
    CHECK(sum(values<std::uint8_t>(*records)) == 168910759);
    check_boxes(*records, {100, 1, 40, 40});
    const auto first = values_of<std::uint8_t>(read_region(*records, {{0, 0, 0, 0}, {20, 2, 76, 87}}));
    CHECK(first == values<std::uint8_t>(*open(data + "/fish_tif")));
    const auto conf = open(data + "/fish_series_conf.json");
    CHECK(conf->info().shape == Dims{240, 2, 76, 87});
    CHECK(values<std::uint8_t>(*conf) == values<std::uint8_t>(*records));
}

TEST_CASE("formats: the mouse recording has the listed sum") {
    const std::string data = shared_data("mouse");
    if (data.empty()) return;
    formats::ReadOptions options;
    options.shape = {{"t", 500}, {"x", 64}, {"y", 64}};
    options.dtype = DType::int16;
    const auto mouse = open(data + "/mouse2p.raw", options);
    CHECK(mouse->info().shape == Dims{500, 64, 64});
    CHECK(letters(mouse->info().axes) == "tyx");
    CHECK(sum(values<std::int16_t>(*mouse)) == 165350240);
    // x is slower than y in the file: the last byte of the first line of the file is (y 63, x 0).
    const auto frame = values_of<std::int16_t>(read_region(*mouse, {{0, 0, 0}, {1, 64, 64}}));
    const std::string bytes = read_text(data + "/mouse2p.raw");
    CHECK(frame[63 * 64] == static_cast<std::int16_t>(static_cast<unsigned char>(bytes[126]) |
                                                      static_cast<unsigned char>(bytes[127]) << 8));
}

TEST_CASE("formats: the bone has 600 pages of 0 and 127") {
    const std::string data = shared_data("bone");
    if (data.empty()) return;
    const auto bone = open(data + "/bone.tif");
    CHECK(bone->info().shape == Dims{600, 250, 350});
    CHECK(bone->info().axes[0].name.empty());
    const auto all = values<std::uint8_t>(*bone);
    CHECK(std::all_of(all.begin(), all.end(), [](std::uint8_t value) { return value == 0 || value == 127; }));
    // The last strip of every page holds more rows than the page has left; all of the page's are filled.
    CHECK(sum(all) == 6341643146);
    check_boxes(*bone, {250, 250, 350});
}
