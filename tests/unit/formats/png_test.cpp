#include <png.h>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

TEST_CASE("png: what PIL writes reads back, of every kind") {
    const TempDir folder;
    if (!have_python("PIL, numpy", "what PIL writes")) return;
    python(R"(
from PIL import Image
import numpy as np
grey = np.arange(35, dtype='u1').reshape(5, 7)
Image.fromarray(grey).save('grey.png')
Image.fromarray(grey.astype('u2') * 1000).save('grey16.png')
rgb = np.stack([grey, grey + 50, grey + 100], -1)
Image.fromarray(rgb).save('rgb.png')
Image.fromarray(np.concatenate([rgb, rgb[..., :1] + 150], -1)).save('rgba.png')
Image.fromarray(np.stack([grey, grey + 50], -1), 'LA').save('la.png')
Image.fromarray(grey % 2 == 0).save('bits.png')
palette = Image.fromarray(grey % 4, 'P')
palette.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
palette.save('palette.png')
)",
           folder);
    CHECK(values<std::uint8_t>(*open(folder / "grey.png")) == counting<std::uint8_t>(35));
    check_boxes(*open(folder / "grey.png"), {2, 3});
    const auto deep = values<std::uint16_t>(*open(folder / "grey16.png"));
    for (std::size_t i = 0; i < 35; ++i) REQUIRE(deep[i] == i * 1000);
    for (const auto& [name, channels] : {std::pair{"rgb.png", 3}, std::pair{"rgba.png", 4}, std::pair{"la.png", 2}}) {
        const auto source = open(folder / name);
        REQUIRE(source->info().shape == Dims{channels, 5, 7});
        CHECK(letters(source->info().axes) == "cyx");
        const auto all = values<std::uint8_t>(*source);
        for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == i % 35 + 50 * (i / 35));
        check_boxes(*source, {2, 2, 3});
    }
    const auto bits = values<std::uint8_t>(*open(folder / "bits.png"));
    for (std::size_t i = 0; i < 35; ++i) REQUIRE(bits[i] == (i % 2 == 0 ? 255 : 0));
    const auto palette = open(folder / "palette.png");
    REQUIRE(palette->info().shape == Dims{3, 5, 7});
    const auto colours = values<std::uint8_t>(*palette);
    for (std::size_t i = 0; i < colours.size(); ++i) REQUIRE(colours[i] == 10 + i % 35 % 4 * 30 + 10 * (i / 35));
}

TEST_CASE("png: an interlaced image reads box by box") {
    const TempDir folder;
    std::FILE* file = std::fopen((folder / "a.png").c_str(), "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, 16, 16, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    auto pixels = counting<std::uint8_t>(256);
    std::vector<png_bytep> rows;
    for (std::size_t y = 0; y < 16; ++y) rows.push_back(&pixels[16 * y]);
    png_set_rows(png, info, rows.data());
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    png_destroy_write_struct(&png, &info);
    std::fclose(file);
    const auto source = open(folder / "a.png");
    CHECK(values<std::uint8_t>(*source) == pixels);
    check_boxes(*source, {5, 7});
}

TEST_CASE("png: PIL reads what levin writes") {
    const TempDir folder;
    formats::WriteOptions options;
    options.memory = 3;
    formats::write(MemorySource::of(counting<std::uint8_t>(35), {5, 7}, "yx"), folder / "grey.png", options);
    formats::write(MemorySource::of(counting<std::uint16_t>(35, 60000), {5, 7}, "yx"), folder / "deep.png", options);
    formats::write(MemorySource::of(counting<std::uint8_t>(105), {3, 5, 7}, "cyx"), folder / "rgb.png", options);
    formats::write(MemorySource::of(counting<std::uint16_t>(140), {4, 5, 7}, "cyx"), folder / "rgba.png", options);
    formats::write(MemorySource::of(std::vector<bool>{1, 0, 0, 1, 1, 1}, {2, 3}, "yx"), folder / "bits.png", options);
    CHECK(values<std::uint16_t>(*open(folder / "rgba.png")) == counting<std::uint16_t>(140));
    CHECK(values<std::uint8_t>(*open(folder / "bits.png")) == std::vector<std::uint8_t>{255, 0, 0, 255, 255, 255});
    if (!have_python("PIL, numpy", "PIL reads what levin writes")) return;
    python(R"(
from PIL import Image
import numpy as np
assert (np.array(Image.open('grey.png')) == np.arange(35).reshape(5, 7)).all()
assert (np.array(Image.open('deep.png')) == np.arange(60000, 60035).reshape(5, 7)).all()
assert (np.array(Image.open('rgb.png')) == np.arange(105).reshape(3, 5, 7).transpose(1, 2, 0)).all()
assert Image.open('rgba.png').mode == 'RGBA'
assert (np.array(Image.open('bits.png')).ravel() == [1, 0, 0, 1, 1, 1]).all()
)",
           folder);
}

TEST_CASE("png: what a PNG cannot hold is a usage error that says what to do") {
    const TempDir folder;
    const auto refuse = [&](const ArraySource& source) {
        CHECK_THROWS_AS(formats::write(source, folder / "a.png", {}), UsageError);
        CHECK(std::filesystem::is_empty(folder.path()));
        return message_of([&] { formats::write(source, folder / "a.png", {}); });
    };
    CHECK(contains(refuse(MemorySource(DType::float32, {2, 2}, "yx")), "--contrast"));
    CHECK(contains(refuse(MemorySource(DType::uint8, {2, 2, 2}, "tyx")), "--split"));
    CHECK(contains(refuse(MemorySource(DType::uint8, {2, 2, 2}, "cyx")), "3 or 4 channels"));
    refuse(MemorySource(DType::uint8, {0, 2}, "yx"));
}

TEST_CASE("png: a truncated, damaged or lying file is an error") {
    const TempDir folder;
    formats::write(MemorySource::of(counting<std::uint8_t>(35), {5, 7}, "yx"), folder / "a.png", {});
    const std::string whole = read_text(folder / "a.png");
    const auto message = [&](const std::string& bytes) {
        write_text(folder / "b.png", bytes);
        return message_of([&] { read_all(*open("png:" + (folder / "b.png"))); });
    };
    const std::size_t end = whole.find("IDAT") + 4;
    for (std::size_t size = 1; size < end; ++size) REQUIRE(contains(message(whole.substr(0, size)), "b.png"));
    std::string damaged = whole;
    damaged[17] = '\x7f';  // the width, and so the checksum
    CHECK(contains(message(damaged), "CRC"));
    damaged = whole;
    damaged[end + 4] = static_cast<char>(damaged[end + 4] ^ 0x55);
    CHECK(contains(message(damaged), "b.png"));
    // A header that claims 2^31 - 1 columns and rows, with its right checksum.
    const std::string lie("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\0\0\0\0", 29);
    const auto crc = [&] {
        std::uint32_t value = 0xffffffffu;
        for (std::size_t i = 12; i < 29; ++i) {
            value ^= static_cast<unsigned char>(lie[i]);
            for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320u ^ (value >> 1) : value >> 1;
        }
        return ~value;
    }();
    std::string lying = lie;
    for (int i = 3; i >= 0; --i) lying += static_cast<char>(crc >> (8 * i));
    CHECK(contains(message(lying + whole.substr(whole.find("IDAT") - 4)), "claims 2147483647 rows"));
}
