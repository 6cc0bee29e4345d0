#include "levin/formats/fits_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

constexpr Index most_blocks = 1000;  ///< of one header
constexpr Index most_hdus = 100'000;
constexpr Index most_tile_bytes = Index{1} << 28;

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// What a card says behind "= ", without the comment.
std::string value_of(const std::string& card) {
    if (card.size() < 10 || card.compare(8, 2, "= ") != 0) return "";
    const std::string value = trimmed(card.substr(10));
    return value.starts_with("'") ? value : trimmed(value.substr(0, value.find('/')));
}

/// The cards of the header at `offset`; `offset` becomes that of the data behind it.
std::vector<std::string> read_cards(const InputFile& file, Index& offset) {
    std::vector<std::string> cards;
    std::array<char, fits_block> block{};
    for (Index i = 0; i < most_blocks; ++i) {
        if (file.size() - offset < fits_block)
            throw Error(fmt::format("a header ends at byte {} without END: the file is cut off", file.size()));
        file.read(offset, block.data(), fits_block);
        offset += fits_block;
        for (std::size_t at = 0; at < block.size(); at += fits_card) {
            std::string card(block.data() + at, fits_card);
            for (char& c : card)
                if (c < ' ' || c > '~') c = '?';  // the standard allows no others; in comments they are met
            card.erase(card.find_last_not_of(' ') + 1);
            if (card == "END") return cards;
            cards.push_back(std::move(card));
        }
    }
    throw Error(fmt::format("a header has no END within {} blocks: the file is damaged", most_blocks));
}

Index require(const FitsHeader& header, const std::string& keyword) {
    const auto value = header.integer(keyword);
    if (!value) throw Error(fmt::format("a header has no {}: the file is damaged", keyword));
    return *value;
}

/// NAXISn or, behind "Z", ZNAXISn, slowest first.
Dims sizes_of(const FitsHeader& header, const std::string& prefix) {
    const Index count = require(header, prefix + "NAXIS");
    if (count < 0 || count > 999) throw Error(fmt::format("{}NAXIS is {}: the file is damaged", prefix, count));
    Dims shape;
    for (Index n = count; n > 0; --n) {
        const std::string keyword = fmt::format("{}NAXIS{}", prefix, n);
        shape.push_back(require(header, keyword));
        if (shape.back() < 0) throw Error(fmt::format("{} is {}: the file is damaged", keyword, shape.back()));
    }
    return shape;
}

DType dtype_of_bitpix(Index bitpix) {
    switch (bitpix) {
        case 8:
            return DType::uint8;
        case 16:
            return DType::int16;
        case 32:
            return DType::int32;
        case 64:
            return DType::int64;
        case -32:
            return DType::float32;
        case -64:
            return DType::float64;
        default:
            throw Error(fmt::format("BITPIX is {}; expected 8, 16, 32, 64, -32 or -64: the file is damaged", bitpix));
    }
}

/// Bytes of the data behind a header: |BITPIX| / 8 * GCOUNT * (PCOUNT + product of NAXISn).
Index data_bytes(const FitsHeader& header, const Dims& sizes) {
    const Index element = std::abs(require(header, "BITPIX")) / 8;
    const Index groups = header.integer("GCOUNT").value_or(1), parameters = header.integer("PCOUNT").value_or(0);
    if (sizes.empty()) return 0;
    Dims counted = sizes;
    if (sizes.back() == 0 && header.is_true("GROUPS")) counted.pop_back();
    Index bytes = 0;
    if (groups < 0 || parameters < 0 || __builtin_add_overflow(product(counted), parameters, &bytes) ||
        __builtin_mul_overflow(bytes, groups, &bytes) || __builtin_mul_overflow(bytes, element, &bytes) ||
        bytes > INT64_MAX - fits_block)
        throw Error("a header asks for more bytes than 64 bits can count: the file is damaged");
    return bytes;
}

/// A tile-compressed image is a table of as many rows as tiles.
void describe_compressed(FitsImage& image, const Dims& table) {
    const FitsHeader& header = image.header;
    image.shape = sizes_of(header, "Z");
    image.stored = dtype_of_bitpix(require(header, "ZBITPIX"));
    Index tiles = 1;
    for (std::size_t i = 0; i < image.shape.size(); ++i) {
        const std::size_t n = image.shape.size() - i;
        const Index size = header.integer(fmt::format("ZTILE{}", n)).value_or(n == 1 ? image.shape[i] : 1);
        if (size < 1) throw Error(fmt::format("ZTILE{} is {}: the file is damaged", n, size));
        image.tile.push_back(std::min(size, std::max<Index>(image.shape[i], 1)));
        if (__builtin_mul_overflow(tiles, ceil_div(image.shape[i], image.tile.back()), &tiles)) tiles = -1;
    }
    if (table.size() != 2 || table[0] != tiles)
        throw Error(
            fmt::format("a compressed image of {} in tiles of {} needs {} rows, its table has {}: the file is "
                        "damaged",
                        to_string(image.shape), to_string(image.tile), tiles, table.empty() ? 0 : table[0]));
    if (image.shape.size() > 6)
        image.unsupported = fmt::format("{} axes of a compressed image; at most 6 are supported", image.shape.size());
    if (product(image.tile) > most_tile_bytes / 8)
        image.unsupported = fmt::format("tiles of {} pixels are larger than supported", to_string(image.tile));
}

/// The image that a header describes; empty for a table.
std::optional<FitsImage> describe(FitsHeader header, Index number, const Dims& sizes, Index offset, Index bytes) {
    FitsImage image;
    image.number = number;
    image.header = std::move(header);
    const FitsHeader& cards = image.header;
    image.name = cards.text("EXTNAME");
    image.version = cards.integer("EXTVER").value_or(1);
    image.offset = offset;
    image.data_bytes = bytes;
    const std::string kind = number == 0 ? "IMAGE" : cards.text("XTENSION");
    if (kind == "BINTABLE" && cards.is_true("ZIMAGE")) {
        describe_compressed(image, sizes);
        return image;
    }
    if (kind != "IMAGE" && kind != "IUEIMAGE") return std::nullopt;
    image.stored = dtype_of_bitpix(require(cards, "BITPIX"));
    if (cards.is_true("GROUPS") && !sizes.empty() && sizes.back() == 0) image.unsupported = "random groups";
    else image.shape = sizes;
    return image;
}

}  // namespace

std::string fits_keyword(const std::string& card) { return trimmed(card.substr(0, 8)); }

const std::string* FitsHeader::find(const std::string& keyword) const {
    std::string begin = keyword;
    begin.resize(8, ' ');
    for (const std::string& card : cards_)
        if (card.compare(0, 10, begin + "= ") == 0) return &card;
    return nullptr;
}

std::optional<Index> FitsHeader::integer(const std::string& keyword) const {
    const std::string* card = find(keyword);
    if (!card) return std::nullopt;
    const std::string value = value_of(*card);
    Index number = 0;
    const char *begin = value.data() + value.starts_with('+'), *end = value.data() + value.size();
    if (std::from_chars(begin, end, number) != std::from_chars_result{end, std::errc{}})
        throw Error(fmt::format("{} is '{}', expected an integer: the file is damaged", keyword, value));
    return number;
}

std::optional<double> FitsHeader::number(const std::string& keyword) const {
    const std::string* card = find(keyword);
    if (!card) return std::nullopt;
    std::string value = value_of(*card);
    for (char& c : value)
        if (c == 'D' || c == 'd') c = 'E';
    double number = 0;
    const char *begin = value.data() + value.starts_with('+'), *end = value.data() + value.size();
    if (std::from_chars(begin, end, number) != std::from_chars_result{end, std::errc{}} || !std::isfinite(number))
        throw Error(fmt::format("{} is '{}', expected a number: the file is damaged", keyword, value));
    return number;
}

bool FitsHeader::is_true(const std::string& keyword) const {
    const std::string* card = find(keyword);
    return card && value_of(*card) == "T";
}

std::string FitsHeader::text(const std::string& keyword) const {
    const std::string* card = find(keyword);
    const std::string value = card ? value_of(*card) : "";
    std::string text;
    for (std::size_t i = 1; i < value.size() && value[0] == '\''; ++i) {
        if (value[i] == '\'' && (i + 1 == value.size() || value[++i] != '\'')) break;
        text += value[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::vector<FitsImage> read_fits_images(const InputFile& file) {
    std::vector<FitsImage> images;
    Index offset = 0;
    for (Index number = 0; file.size() - offset >= fits_block; ++number) {
        if (number == most_hdus) throw Error(fmt::format("more than {} extensions: the file is damaged", most_hdus));
        std::string begin(8, '\0');
        file.read(offset, begin.data(), 8);
        if (begin != (number == 0 ? "SIMPLE  " : "XTENSION")) {
            if (number == 0) throw Error("not a FITS file: it does not begin with SIMPLE");
            break;  // special records, which the standard allows at the end
        }
        FitsHeader header(read_cards(file, offset));
        const Dims sizes = sizes_of(header, "");
        const Index bytes = data_bytes(header, sizes);
        if (bytes > file.size() - offset)
            throw Error(
                fmt::format("extension {} has {} bytes of data, but only {} follow its header: the file is cut "
                            "off",
                            number, bytes, file.size() - offset));
        if (auto image = describe(std::move(header), number, sizes, offset, bytes)) images.push_back(std::move(*image));
        offset = std::min(file.size(), offset + ceil_div(bytes, fits_block) * fits_block);
    }
    if (images.empty()) throw Error(fmt::format("{} bytes are too few for a FITS file", file.size()));
    return images;
}

}  // namespace levin::formats
