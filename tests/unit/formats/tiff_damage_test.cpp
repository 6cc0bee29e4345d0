#include <tiffio.h>

#include <cstring>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

/// A classic little-endian TIFF put together by hand, so that it can lie.
struct Lie {
    std::vector<std::array<std::uint32_t, 4>> tags;  ///< tag, type (3 short, 4 long), count, value or offset
    std::string data = std::string(64, 'x');         ///< from byte 8 on
    std::uint32_t next = 0;

    static Lie plain() {
        return {{{256, 4, 1, 8},
                 {257, 4, 1, 8},
                 {258, 3, 1, 8},
                 {259, 3, 1, 1},
                 {262, 3, 1, 1},
                 {273, 4, 1, 8},
                 {277, 3, 1, 1},
                 {278, 4, 1, 8},
                 {279, 4, 1, 64}},
                std::string(64, 'x'),
                0};
    }
    Lie with(std::uint32_t tag, std::uint32_t value) const {
        Lie lie = *this;
        for (auto& entry : lie.tags)
            if (entry[0] == tag) entry[3] = value;
        return lie;
    }
    std::string bytes() const {
        std::string text("II*\0", 4);
        const auto put = [&](std::uint32_t value, int size) {
            for (int i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
        };
        put(static_cast<std::uint32_t>(8 + data.size()), 4);
        text += data;
        put(static_cast<std::uint32_t>(tags.size()), 2);
        for (const auto& tag : tags) {
            put(tag[0], 2);
            put(tag[1], 2);
            put(tag[2], 4);
            put(tag[3], 4);
        }
        put(next, 4);
        return text;
    }
};

std::string open_message(const std::string& bytes) {
    const TempDir folder;
    write_text(folder / "lie.tif", bytes);
    return message_of([&] { read_all(*open("tiff:" + (folder / "lie.tif"))); });
}

}  // namespace

TEST_CASE("tiff: the file made by hand reads as long as it does not lie") {
    const TempDir folder;
    write_text(folder / "a.tif", Lie::plain().bytes());
    CHECK(values<std::uint8_t>(*open(folder / "a.tif")) == std::vector<std::uint8_t>(64, 'x'));
}

TEST_CASE("tiff: tags that lie are refused before memory is taken on their word") {
    const Lie plain = Lie::plain();
    CHECK(contains(open_message(plain.with(256, 4000000000u).bytes()), "cut off or damaged"));
    CHECK(contains(open_message(plain.with(257, 4000000000u).bytes()), "page 0 of"));
    CHECK(contains(open_message(plain.with(256, 4000000000u).with(257, 4000000000u).with(277, 60000).bytes()),
                   "page 0 of"));
    CHECK(contains(open_message(plain.with(257, 4000000000u).with(278, 1).with(259, 5).bytes()), "page 0 of"));
    CHECK(contains(open_message(plain.with(256, 0).bytes()), "page 0 of"));
    CHECK(contains(open_message(plain.with(257, 9).bytes()), "page 0 of"));
    CHECK(contains(open_message(plain.with(273, 1000000).bytes()), "1000000"));
    CHECK(contains(open_message(plain.with(258, 12).bytes()), "12 bits"));
    CHECK(contains(open_message(plain.with(259, 5).bytes()), "strip 0"));
    CHECK(contains(open_message(plain.with(259, 8).bytes()), "strip 0"));
    CHECK(contains(open_message(plain.with(259, 34712).bytes()), "compression 34712"));
    CHECK(contains(open_message(plain.with(262, 6).bytes()), "page 0 of"));
    CHECK(contains(open_message(plain.with(262, 32845).bytes()), "LogLuv"));
}

TEST_CASE("tiff: a chain of directories that is cut, circular or empty is an error") {
    Lie plain = Lie::plain();
    plain.next = 1000000;
    CHECK(contains(open_message(plain.bytes()), "page 1 should be at byte 1000000"));
    plain.next = 8 + 64;
    CHECK(contains(open_message(plain.bytes()), "of an earlier page again"));
    CHECK(contains(open_message(std::string("II*\0\0\0\0\0", 8)), "without pages"));
    CHECK(contains(open_message("II*"), "too few"));
    CHECK(contains(open_message("no TIFF at all"), "not a TIFF file"));
    CHECK(contains(open_message(std::string("II+\0\x08\0\0\0", 8)), "not a TIFF file"));
}

TEST_CASE("tiff: a file cut at any byte is an error, never pixels") {
    const TempDir folder;
    const auto source = MemorySource::of(counting<std::uint16_t>(3 * 8 * 9), {3, 8, 9}, "zyx");
    for (const char* compression : {"none", "lzw", "deflate"}) {
        formats::WriteOptions options;
        options.compression = compression;
        options.force = true;
        formats::write(source, folder / "a.tif", options);
        const std::string whole = read_text(folder / "a.tif");
        CHECK(values<std::uint16_t>(*open(folder / "a.tif")) == counting<std::uint16_t>(3 * 8 * 9));
        for (std::size_t size = 1; size < whole.size(); size += 7) {
            write_text(folder / "cut.tif", whole.substr(0, size));
            const auto message = message_of([&] { read_all(*open("tiff:" + (folder / "cut.tif"))); });
            REQUIRE(contains(message, "cut.tif"));
        }
    }
}

TEST_CASE("tiff: damage to any byte is an error or other pixels, never worse") {
    const TempDir folder;
    const auto source = MemorySource::of(counting<std::uint16_t>(3 * 8 * 9), {3, 8, 9}, "zyx");
    formats::WriteOptions options;
    options.compression = "lzw";
    formats::write(source, folder / "a.tif", options);
    const std::string whole = read_text(folder / "a.tif");
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            write_text(folder / "b.tif", damaged);
            try {
                read_all(*open("tiff:" + (folder / "b.tif")));
            } catch (const Error& error) {
                REQUIRE(contains(error.what(), "b.tif"));
            }
        }
}

TEST_CASE("tiff: the first page of another size is named with both shapes") {
    const TempDir folder;
    TIFF* tiff = TIFFOpen((folder / "a.tif").c_str(), "w");
    for (const int width : {4, 4, 6}) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 2);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 2);
        std::array<char, 12> data{};
        TIFFWriteEncodedStrip(tiff, 0, data.data(), 2 * width);
        TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
    const auto message = message_of([&] { open(folder / "a.tif"); });
    CHECK(contains(message, "page 2 of"));
    CHECK(contains(message, "(2, 6) uint8"));
    CHECK(contains(message, "(2, 4) uint8"));
}

TEST_CASE("tiff: ImageJ's counts must be the file's") {
    Lie lie = Lie::plain();
    const auto message = [&](const std::string& description) {
        Lie with = lie;
        with.data += description;
        with.data += '\0';
        with.tags.insert(with.tags.begin() + 5, {270, 2, static_cast<std::uint32_t>(description.size() + 1), 8 + 64});
        return open_message(with.bytes());
    };
    CHECK(contains(message("ImageJ=1.53\nimages=5\n"), "cut off"));
    CHECK(contains(message("ImageJ=1.53\nimages=9223372036854775807\n"), "64 bits"));
    CHECK(contains(message("ImageJ=1.53\nimages=1\nslices=2\nframes=3\n"), "3 frames, but the file has 1 pages"));
    CHECK(contains(message("ImageJ=1.53\nimages=-5\n"), "expected a positive number"));
    CHECK(contains(message("ImageJ=1.53\nimages=2\nslices=9223372036854775807\nframes=9223372036854775807\n"),
                   "64 bits"));
}
