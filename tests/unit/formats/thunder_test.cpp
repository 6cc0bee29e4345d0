#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

/// (t 5, z 2, y 3, x 4), each value its number.
MemorySource volume() { return MemorySource::of(counting<std::int16_t>(120), {5, 2, 3, 4}, "tzyx"); }

/// `count` records of NumPy-like keys (y, x, z) and 2 values, from record `first` on.
std::string records(const Dims& dims, Index first, Index count, int base = 0) {
    std::string bytes;
    const auto put = [&](Index value) {
        bytes += static_cast<char>(value & 0xff);
        bytes += static_cast<char>(value >> 8);
    };
    for (Index r = first; r < first + count; ++r) {
        Index position = r;
        for (const Index size : dims) {
            put(position % size + base);
            position /= size;
        }
        put(r);
        put(r + 1000);
    }
    return bytes;
}

const char* const keyed_conf =
    R"({"valuetype": "uint16", "nkeys": 3, "keytype": "int16", "dims": [3, 4, 2], "nvalues": 2, "input": "anywhere"})";

}  // namespace

TEST_CASE("thunder: series are written with keys and read again, whatever the memory") {
    const TempDir folder;
    for (const std::size_t memory : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 20}) {
        formats::WriteOptions options;
        options.memory = memory;
        options.force = true;
        formats::write(volume(), "thunder-series:" + (folder / "series"), options);
        CHECK(std::filesystem::exists(folder / "series/SUCCESS"));
        const std::string bytes = read_text(folder / "series/series-00000.bin");
        REQUIRE(bytes.size() == 24 * (6 + 10));
        CHECK(bytes.substr(16, 6) == std::string("\1\0\0\0\0\0", 6));  // y varies fastest
        const auto source = open(folder / "series");
        REQUIRE(source->info().shape == Dims{5, 2, 3, 4});
        CHECK(letters(source->info().axes) == "tzyx");
        CHECK(values<std::int16_t>(*source) == counting<std::int16_t>(120));
        check_boxes(*source, {2, 1, 2, 3});
        CHECK(values<std::int16_t>(*open(folder / "series/conf.json")) == counting<std::int16_t>(120));
        CHECK(values<std::int16_t>(*open("thunder-series:" + (folder / "series"))) == counting<std::int16_t>(120));
    }
}

TEST_CASE("thunder: images are written one file a time point and read again") {
    const TempDir folder;
    formats::WriteOptions options;
    options.memory = 50;
    formats::write(volume(), "thunder-images:" + (folder / "images"), options);
    CHECK(std::filesystem::file_size(folder / "images/image-00004.bin") == 48);
    const auto source = open(folder / "images");
    REQUIRE(source->info().shape == Dims{5, 2, 3, 4});
    CHECK(values<std::int16_t>(*source) == counting<std::int16_t>(120));
    check_boxes(*source, {2, 1, 2, 3});
    if (!have_python("numpy", "NumPy reads Thunder's images as Thunder does")) return;
    python(R"(
import numpy as np, json
conf = json.load(open('images/conf.json'))
a = np.fromfile('images/image-00002.bin', dtype=conf['dtype']).reshape(conf['dims'])
assert (a == np.arange(120).reshape(5, 2, 3, 4)[2].transpose(1, 2, 0)).all()
)",
           folder);
}

TEST_CASE("thunder: images of version 0.6 are read with --order F, unkeyed series of 1.x as they are") {
    const TempDir folder;
    std::filesystem::create_directory(folder / "old");
    write_text(folder / "old/conf.json", R"({"dims": [3, 4], "dtype": "uint8"})");
    write_values(folder / "old/image-00000.bin", counting<std::uint8_t>(12));
    formats::ReadOptions options;
    options.order = 'F';
    const auto old = values<std::uint8_t>(*open(folder / "old", options));
    for (std::size_t i = 0; i < 12; ++i) REQUIRE(old[i] == i % 4 * 3 + i / 4);
    CHECK(values<std::uint8_t>(*open(folder / "old")) == counting<std::uint8_t>(12));

    std::filesystem::create_directory(folder / "new");
    write_text(folder / "new/conf.json", R"({"shape": [3, 4, 5], "dtype": "int32"})");
    write_values(folder / "new/series-00000-00000.bin", counting<std::int32_t>(40));
    write_values(folder / "new/series-00002-00000.bin", counting<std::int32_t>(20, 40));
    const auto series = open(folder / "new");
    REQUIRE(series->info().shape == Dims{5, 3, 4});
    const auto all = values<std::int32_t>(*series);
    for (std::size_t i = 0; i < 60; ++i) REQUIRE(all[i] == static_cast<std::int32_t>(i % 12 * 5 + i / 12));
    check_boxes(*series, {2, 2, 3});
}

TEST_CASE("thunder: files of series are put in the order of their keys, which may count from 1") {
    const TempDir folder;
    write_text(folder / "conf.json", keyed_conf);
    for (const int base : {0, 1}) {
        write_text(folder / "b.bin", records({3, 4, 2}, 0, 11, base));
        write_text(folder / "a.bin", records({3, 4, 2}, 11, 13, base));
        const auto all = values<std::uint16_t>(*open(folder.path().string()));
        for (std::size_t i = 0; i < 24; ++i) {
            const std::size_t z = i / 12, y = i % 12 / 4, x = i % 4;
            REQUIRE(all[i] == (z * 4 + x) * 3 + y);
            REQUIRE(all[24 + i] == all[i] + 1000);
        }
    }
}

TEST_CASE("thunder: NAME_conf.json stands beside NAME.bin") {
    const TempDir folder;
    write_text(folder / "fish_conf.json", keyed_conf);
    write_text(folder / "fish.bin", records({3, 4, 2}, 0, 24));
    write_text(folder / "other.bin", "x");
    CHECK(open(folder / "fish_conf.json")->info().shape == Dims{2, 2, 3, 4});
}

TEST_CASE("thunder: damage and lies are errors that say what was looked for") {
    const TempDir folder;
    const auto message = [&](const std::string& conf) {
        write_text(folder / "conf.json", conf);
        return message_of([&] { open(folder.path().string()); });
    };
    CHECK(contains(message(keyed_conf), "looked for *.bin"));
    write_text(folder / "a.bin", records({3, 4, 2}, 0, 23));
    CHECK(contains(message(keyed_conf), "need 240 bytes"));
    write_text(folder / "a.bin", records({3, 4, 2}, 1, 24));
    CHECK(contains(message(keyed_conf), "has key"));
    write_text(folder / "a.bin", records({4, 3, 2}, 0, 24));
    CHECK(contains(message(keyed_conf), "first key varying fastest"));
    CHECK(contains(message("{"), "conf.json"));
    CHECK(contains(message("[]"), "conf.json"));
    CHECK(contains(message(R"({"dims": [3, 4], "dtype": "float128"})"), "float128"));
    CHECK(contains(message(R"({"dims": [3, -4], "dtype": "uint8"})"), "-4"));
    CHECK(contains(message(R"({"dims": [3, 4, 5, 6], "dtype": "uint8"})"), "(y, x)"));
    CHECK(contains(message(R"({"dims": [3, 5], "dtype": "uint8"})"), "every *.bin beside it must be one"));
    CHECK(contains(message(R"({"dims": [4294967296, 4294967296], "dtype": "uint8"})"), "64 bits"));
    CHECK(contains(message(R"({"shape": [4294967296, 4294967296, 5], "dtype": "uint8"})"), "64 bits"));
    CHECK(contains(message(R"({"valuetype": "uint16", "nkeys": 2, "dims": [3, 4, 2], "nvalues": 2})"), "nkeys is 2"));
    write_text(folder / "conf.json", R"({"dims": [3, 5], "dtype": "uint8"})");
    CHECK(contains(message_of([&] { open("thunder-series:" + folder.path().string()); }), "thunder-images:"));
    CHECK(contains(message_of([&] { open("thunder-series:/nowhere"); }), "/nowhere"));
}

TEST_CASE("thunder: axes that its folders do not have are a usage error") {
    const TempDir folder;
    for (const char* form : {"thunder-series:", "thunder-images:"}) {
        CHECK_THROWS_AS(formats::write(MemorySource(DType::uint8, {2, 2, 2}, "cyx"), form + (folder / "a"), {}),
                        UsageError);
        CHECK_THROWS_AS(formats::write(MemorySource(DType::uint8, {2, 2}, ""), form + (folder / "a"), {}), UsageError);
        CHECK(std::filesystem::is_empty(folder.path()));
    }
    formats::write(MemorySource::of(counting<std::uint8_t>(4), {2, 2}, "yx"), "thunder-series:" + (folder / "one"), {});
    CHECK(open(folder / "one")->info().shape == Dims{1, 2, 2});
}
