// An array as a FITS image: the cards of its header, and big-endian values behind them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/fits.hpp"
#include "levin/formats/scaled.hpp"

namespace levin::formats {
namespace {

using Json = nlohmann::ordered_json;

std::string card(const std::string& keyword, const std::string& value, const std::string& comment = "") {
    const std::string text = fmt::format("{:<8}= {:>20}", keyword, value);
    return comment.empty() ? text : text + " / " + comment;
}

std::string quoted(const std::string& text) { return fmt::format("'{:<8}'", text); }

/// Shortest digits that read back the same, with a point, as FITS wants a real number.
std::string real(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    std::replace(text.begin(), text.end(), 'e', 'E');
    return text;
}

/// BITPIX, and whether the integers are stored with the other sign.
std::pair<int, bool> bitpix_of(DType dtype) {
    const int bits = static_cast<int>(8 * size_of(dtype));
    switch (dtype) {
        case DType::uint8:
        case DType::int16:
        case DType::int32:
        case DType::int64:
            return {bits, false};
        case DType::int8:
        case DType::uint16:
        case DType::uint32:
        case DType::uint64:
            return {bits, true};
        case DType::float32:
        case DType::float64:
            return {-bits, false};
        default:
            throw UsageError(fmt::format(
                "FITS has no {}: {}", name_of(dtype),
                is_complex(dtype)
                    ? "write its parts or its power"
                    : fmt::format("levin copy --dtype {} first", dtype == DType::boolean ? "uint8" : "float32")));
    }
}

/// The numbers of axes in the keyword of a WCS, e.g. {3} of CRPIX3, {1, 2} of CD1_2 or none of WCSAXES; empty for
/// another keyword.
std::optional<std::vector<std::size_t>> wcs_axes(const std::string& keyword) {
    for (const char* whole : {"WCSAXES", "WCSNAME", "LONPOLE", "LATPOLE"})
        if (keyword.starts_with(whole)) return std::vector<std::size_t>{};
    for (const char* distortion : {"A_", "B_", "AP_", "BP_", "CPDIS", "CPERR", "CQDIS", "CQERR", "D2IM", "DP", "DQ"})
        if (keyword.starts_with(distortion) && keyword.find_first_of("0123456789O") != keyword.npos)
            return std::vector<std::size_t>{};
    for (const std::string_view root : {"CRPIX", "CRVAL", "CDELT", "CTYPE", "CUNIT", "CROTA", "CRDER", "CSYER", "CNAME",
                                        "PC", "CD", "PV", "PS", "LTM", "LTV"}) {
        if (!keyword.starts_with(root)) continue;
        std::vector<std::size_t> axes;
        const char *at = keyword.data() + root.size(), *end = keyword.data() + keyword.size();
        for (std::size_t n = 0;;) {
            const auto [next, error] = std::from_chars(at, end, n);
            if (error != std::errc{}) break;
            axes.push_back(n);
            if (next == end || *next != '_') break;
            at = next + 1;
        }
        if (axes.empty()) continue;
        if (root == "PV" || root == "PS") axes.resize(1);  // the second number is that of a parameter
        return axes;
    }
    return std::nullopt;
}

/// The cards that came with the array from a FITS file, as far as they are well-formed.
std::vector<std::string> kept_cards(const Json& fits) {
    std::vector<std::string> cards;
    const auto list = fits.find("cards");
    if (list == fits.end() || !list->is_array()) return cards;
    for (const Json& entry : *list) {
        const std::string text = entry.is_string() ? entry.get<std::string>() : "";
        const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
        if (!text.empty() && text.size() <= fits_card && std::all_of(text.begin(), text.end(), printable) &&
            !is_structural(fits_keyword(text)))
            cards.push_back(text);
    }
    return cards;
}

/// Whether what the cards say of axes is true of this array.
bool wcs_holds(const ArrayInfo& info, const Json& fits, const Axes& said) {
    const auto naxis = fits.find("naxis");
    if (naxis == fits.end() || !naxis->is_array() || naxis->size() < info.rank()) return false;
    for (std::size_t i = 0; i < info.rank(); ++i) {
        const Axis &axis = info.axes[i], &card = said[i];
        if ((*naxis)[info.rank() - 1 - i] != Json(info.shape[i])) return false;
        if (!card.name.empty() && card.name != axis.name) return false;
        if (card.spacing > 0 && (std::abs(card.spacing - axis.spacing) > 1e-9 * card.spacing || card.unit != axis.unit))
            return false;
    }
    return true;
}

/// Cards of `kept` that describe this array too: those of a WCS only where all of it holds.
std::vector<std::string> cards_that_hold(const ArrayInfo& info, const Json& fits) {
    std::vector<std::string> kept = kept_cards(fits), result;
    const bool holds = wcs_holds(info, fits, fits_axes(FitsHeader(kept), info.rank()));
    const bool flipped = bitpix_of(info.dtype).second;
    for (const std::string& text : kept) {
        const std::string keyword = fits_keyword(text);
        const auto axes = wcs_axes(keyword);
        const auto beyond = [&](std::size_t n) { return n > info.rank(); };
        if (axes && (!holds || keyword == "WCSAXES" || std::any_of(axes->begin(), axes->end(), beyond))) continue;
        if ((keyword == "BSCALE" || keyword == "BZERO") && flipped) continue;
        if (keyword == "BLANK" && is_floating(info.dtype)) continue;
        result.push_back(text);
    }
    return result;
}

/// Names and spacing of axes that the cards do not say already.
void add_axes(std::vector<std::string>& cards, const Axes& axes) {
    const FitsHeader header(cards);
    const Axes said = fits_axes(header, axes.size());
    for (std::size_t n = 1; n <= axes.size(); ++n) {
        const Axis &axis = axes[axes.size() - n], &known = said[axes.size() - n];
        const auto add = [&](const char* root, const std::string& value) {
            if (const std::string keyword = fmt::format("{}{}", root, n); !header.has(keyword))
                cards.push_back(card(keyword, value));
        };
        if (axis.name != known.name && axis.name.size() == 1)
            add("CTYPE",
                quoted(axis.name == "t" ? "TIME" : std::string(1, static_cast<char>(std::toupper(axis.name[0])))));
        if (!(axis.spacing > 0) || known.spacing > 0) continue;
        add("CDELT", real(axis.spacing));
        if (!axis.unit.empty()) add("CUNIT", quoted(axis.unit));
    }
}

std::vector<std::string> make_cards(const ArrayInfo& info) {
    const auto [bitpix, flipped] = bitpix_of(info.dtype);
    if (info.rank() == 0 || product(info.shape) == 0)
        throw UsageError(fmt::format("an array of shape {} has no pixels to write as FITS", to_string(info.shape)));
    std::vector<std::string> cards{card("SIMPLE", "T", "conforms to the FITS standard"),
                                   card("BITPIX", fmt::format("{}", bitpix)),
                                   card("NAXIS", fmt::format("{}", info.rank()))};
    for (std::size_t n = 1; n <= info.rank(); ++n)
        cards.push_back(card(fmt::format("NAXIS{}", n), fmt::format("{}", info.shape[info.rank() - n])));
    if (flipped) {
        cards.push_back(card("BSCALE", "1"));
        cards.push_back(card("BZERO",
                             info.dtype == DType::int8 ? "-128" : fmt::format("{}", std::uint64_t{1} << (bitpix - 1)),
                             fmt::format("values are {}", name_of(info.dtype))));
    }
    const Json attributes = Json::parse(info.attributes, nullptr, false);
    const auto fits = attributes.is_object() ? attributes.find("fits") : attributes.end();
    std::vector<std::string> more;
    if (fits != attributes.end() && fits->is_object()) more = cards_that_hold(info, *fits);
    add_axes(more, info.axes);
    cards.insert(cards.end(), more.begin(), more.end());
    cards.push_back("END");
    return cards;
}

}  // namespace

void check_fits(const ArrayInfo& info) { make_cards(info); }

void write_fits(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const ArrayInfo& info = source.info();
    const bool flipped = bitpix_of(info.dtype).second;
    std::string head;
    for (const std::string& text : make_cards(info)) head += fmt::format("{:<80}", text);
    head.resize(static_cast<std::size_t>(ceil_div(static_cast<Index>(head.size()), fits_block) * fits_block), ' ');
    OutputFile file(path);
    file.write(head);
    Index bytes = 0;
    Buffer values;
    for_each_block(source, options.memory / 2, options.stop, [&](const Region&, const ConstView& block) {
        const std::size_t size = byte_count(block.shape, info.element_size());
        values.reserve(size);
        std::copy_n(block.data, size, values.data());
        const View copy = contiguous(values.data(), info.dtype, block.shape);
        if (flipped) flip_sign(copy, copy);
        swap_bytes(copy);
        file.write(values.data(), static_cast<Index>(size));
        bytes += static_cast<Index>(size);
    });
    file.write(std::string(static_cast<std::size_t>(ceil_div(bytes, fits_block) * fits_block - bytes), '\0'));
    file.close();
}

}  // namespace levin::formats
