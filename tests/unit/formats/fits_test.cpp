#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

std::string card(const std::string& keyword, const std::string& value) {
    return fmt::format("{:<80}", fmt::format("{:<8}= {:>20}", keyword, value));
}

std::string padded(std::string bytes, char fill) {
    bytes.resize((bytes.size() + 2879) / 2880 * 2880, fill);
    return bytes;
}

/// A FITS file put together by hand, so that it can lie: 2 planes of 3 by 4 pixels of int16, counting from -5.
struct Fits {
    std::vector<std::pair<std::string, std::string>> cards{{"SIMPLE", "T"}, {"BITPIX", "16"}, {"NAXIS", "3"},
                                                           {"NAXIS1", "4"}, {"NAXIS2", "3"},  {"NAXIS3", "2"}};
    Fits with(const std::string& keyword, const std::string& value) const {
        Fits lie = *this;
        for (auto& [key, old] : lie.cards)
            if (key == keyword) {
                old = value;
                return lie;
            }
        lie.cards.emplace_back(keyword, value);
        return lie;
    }
    static std::vector<std::int16_t> expected() { return counting<std::int16_t>(24, -5); }
    std::string bytes() const {
        std::string head, data;
        for (const auto& [keyword, value] : cards) head += card(keyword, value);
        for (const std::int16_t value : expected()) {
            data += static_cast<char>(value >> 8);
            data += static_cast<char>(value & 0xff);
        }
        return padded(head + fmt::format("{:<80}", "END"), ' ') + padded(data, '\0');
    }
};

std::string open_message(const std::string& bytes) {
    const TempDir folder;
    write_text(folder / "a.fits", bytes);
    return message_of([&] { read_all(*open("fits:" + (folder / "a.fits"))); });
}

std::string open_message(const Fits& file) { return open_message(file.bytes()); }

}  // namespace

TEST_CASE("fits: the file made by hand reads as long as it does not lie") {
    const TempDir folder;
    write_text(folder / "a.fits", Fits().bytes());
    const auto source = open(folder / "a.fits");
    CHECK(source->info().shape == Dims{2, 3, 4});
    CHECK(letters(source->info().axes) == letters({{"", 0, ""}, {"y", 0, ""}, {"x", 0, ""}}));
    CHECK(values<std::int16_t>(*source) == Fits::expected());
    check_boxes(*source, {1, 2, 3});
}

TEST_CASE("fits: an offset of half of the range is another integer type, any other scale is applied") {
    const TempDir folder;
    const auto with = [&](const std::string& slope, const std::string& zero, bool raw) {
        write_text(folder / "a.fits", Fits().with("BSCALE", slope).with("BZERO", zero).with("BLANK", "3").bytes());
        formats::ReadOptions options;
        options.raw = raw;
        return open(folder / "a.fits", options);
    };
    std::vector<std::uint16_t> flipped;
    std::vector<float> scaled;
    for (const auto value : Fits::expected()) {
        flipped.push_back(static_cast<std::uint16_t>(value + 32768));
        scaled.push_back(value * 0.5f + 100);
    }
    const auto other_type = with("1", "32768", false);
    CHECK(values<std::uint16_t>(*other_type) == flipped);
    check_boxes(*other_type, {1, 2, 3});
    CHECK(values<std::int16_t>(*with("1", "32768", true)) == Fits::expected());
    const auto floats = values<float>(*with("5D-1", "+1.0E2", false));
    for (std::size_t i = 0; i < scaled.size(); ++i)
        CHECK((Fits::expected()[i] == 3 ? std::isnan(floats[i]) : floats[i] == scaled[i]));
    CHECK(values<std::int16_t>(*with("1", "0.0", false)) == Fits::expected());
}

TEST_CASE("fits: headers that lie are refused before memory is taken on their word") {
    const Fits file;
    CHECK(contains(open_message(file.with("BITPIX", "12")), "BITPIX is 12"));
    CHECK(contains(open_message(file.with("BITPIX", "'16'")), "expected an integer"));
    CHECK(contains(open_message(file.with("NAXIS", "4")), "no NAXIS4"));
    CHECK(contains(open_message(file.with("NAXIS", "99999999999")), "NAXIS is 99999999999"));
    CHECK(contains(open_message(file.with("NAXIS1", "-4")), "NAXIS1 is -4"));
    CHECK(contains(open_message(file.with("NAXIS1", "4000000000")), "cut off"));
    CHECK(contains(open_message(file.with("NAXIS1", "4611686018427387904")), "64 bits"));
    CHECK(contains(open_message(file.with("NAXIS1", "1537228672809129301")), "64 bits"));
    CHECK(contains(open_message(file.with("PCOUNT", "9223372036854775807")), "64 bits"));
    CHECK(contains(open_message(file.with("GCOUNT", "-1")), "64 bits"));
    CHECK(contains(open_message(file.with("NAXIS1", "0")), "holds no image"));
    CHECK(contains(open_message(file.with("NAXIS1", "0").with("GROUPS", "T")), "holds no image"));
    CHECK(contains(open_message(file.with("BZERO", "what")), "BZERO is 'what'"));
    CHECK(contains(open_message("SIMPLE  =                    T"), "too few"));
    CHECK(contains(open_message(std::string(2880, 'x')), "does not begin with SIMPLE"));
    CHECK(contains(open_message(padded(card("SIMPLE", "T"), ' ')), "without END"));
}

TEST_CASE("fits: a file cut at any byte is an error, damage to any byte is an error or other pixels") {
    const TempDir folder;
    const std::string whole = Fits().bytes();
    for (std::size_t size = 1; size < 2880 + 48; size += 61) {
        write_text(folder / "b.fits", whole.substr(0, size));
        REQUIRE(contains(message_of([&] { read_all(*open("fits:" + (folder / "b.fits"))); }), "b.fits"));
    }
    for (std::size_t at = 0; at < 700; ++at)
        for (const char flip : {'\x01', '\x08', '\x80'}) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            write_text(folder / "b.fits", damaged);
            try {
                read_all(*open("fits:" + (folder / "b.fits")));
            } catch (const Error& error) {
                REQUIRE(contains(error.what(), "b.fits"));
            }
        }
}

TEST_CASE("fits: images in tiles are read box by box, damage to their table is an error or other pixels") {
    const TempDir folder;
    if (!have_python("astropy", "tiles that astropy writes")) return;
    python(R"(
import numpy as np
from astropy.io import fits
values = np.fromfunction(lambda y, x: x * y // 7 % 300, (60, 50)).astype('i2')
for codec in 'RICE_1', 'GZIP_1', 'GZIP_2', 'HCOMPRESS_1', 'PLIO_1':
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(values, compression_type=codec, tile_size=(50, 16))]).writeto(codec + '.fits')
)",
           folder);
    std::vector<std::int16_t> expected;
    for (int i = 0; i < 50 * 60; ++i) expected.push_back(static_cast<std::int16_t>((i % 50) * (i / 50) / 7 % 300));
    for (const char* codec : {"RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"}) {
        const std::string path = folder / fmt::format("{}.fits", codec);
        const auto source = open(path);
        CHECK(values<std::int16_t>(*source) == expected);
        check_boxes(*source, {17, 20});
        const std::string whole = read_text(path);
        const std::size_t table = whole.find("XTENSION") + 2880;  // its header, its rows and what they point to
        for (std::size_t at = table - 2880; at < whole.size(); at += 11) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
            write_text(folder / "b.fits", damaged);
            try {
                read_all(*open("fits:" + (folder / "b.fits")));
            } catch (const Error& error) {
                REQUIRE(contains(error.what(), "b.fits"));
            }
        }
    }
}

TEST_CASE("fits: what it cannot hold is refused before work begins") {
    const auto refusal = [](DType dtype, const Dims& shape) {
        const MemorySource source(dtype, shape, "yx");
        return message_of([&] { formats::check_holds("a.fits", source.info()); });
    };
    CHECK(contains(refusal(DType::boolean, {2, 2}), "FITS has no bool"));
    CHECK(contains(refusal(DType::float16, {2, 2}), "FITS has no float16"));
    CHECK(contains(refusal(DType::complex64, {2, 2}), "FITS has no complex64"));
    CHECK(contains(refusal(DType::uint8, {0, 2}), "no pixels"));
}

TEST_CASE("fits: the images of a file are listed") {
    const TempDir folder;
    const std::string extension =
        padded(fmt::format("{:<80}", "XTENSION= 'IMAGE   '") + card("BITPIX", "8") + card("NAXIS", "1") +
                   card("NAXIS1", "5") + card("PCOUNT", "0") + card("GCOUNT", "1") + card("BZERO", "-128") +
                   fmt::format("{:<80}", "EXTNAME = 'it''s   '  / a quote") + fmt::format("{:<80}", "END"),
               ' ') +
        padded(std::string(5, '\x81'), '\0');
    write_text(folder / "a.fits", Fits().bytes() + extension);
    const auto list = formats::list(folder / "a.fits");
    REQUIRE(list.size() == 2);
    CHECK(list[0].name == "0");
    CHECK(list[1].name == "1");
    CHECK(list[1].dtype == "int8");
    CHECK(list[1].note == "EXTNAME it's");
    CHECK(values<std::int16_t>(*open(folder / "a.fits")) == Fits::expected());
    CHECK(values<std::int8_t>(*open((folder / "a.fits") + "::IT'S")) == std::vector<std::int8_t>(5, 1));
}
