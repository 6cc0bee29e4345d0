#include "levin/formats/fits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/gzip_file.hpp"
#include "levin/formats/scaled.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

bool has_pixels(const FitsImage& image) { return !image.shape.empty() && product(image.shape) > 0; }

std::string type_of(const FitsImage& image) {
    if (!is_sign_flipped(image.header, image.stored)) return std::string(name_of(image.stored));
    return image.stored == DType::uint8 ? "int8" : "u" + std::string(name_of(image.stored));
}

std::string describe(const FitsImage& image) {
    return fmt::format("{}{} {} {}", image.number, image.name.empty() ? "" : " (" + image.name + ")",
                       to_string(image.shape), type_of(image));
}

/// The HDUs that `wanted` may mean: a number, or EXTNAME, or EXTNAME,EXTVER.
std::vector<const FitsImage*> find(const std::vector<FitsImage>& images, const std::string& wanted) {
    const auto upper = [](std::string text) {
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
        return text;
    };
    std::vector<const FitsImage*> found;
    for (const FitsImage& image : images) {
        const bool by_number = wanted == fmt::format("{}", image.number);
        const bool by_name =
            !image.name.empty() && (upper(wanted) == upper(image.name) ||
                                    upper(wanted) == upper(image.name) + fmt::format(",{}", image.version));
        if (by_number) return {&image};
        if (by_name) found.push_back(&image);
    }
    return found;
}

const FitsImage& choose(const std::vector<FitsImage>& images, const std::string& path, const std::string& wanted) {
    std::vector<const FitsImage*> found;
    if (!wanted.empty()) {
        found = find(images, wanted);
    } else {
        for (const FitsImage& image : images)
            if (has_pixels(image)) found.push_back(&image);
        if (!found.empty() && found[0]->number == 0) found.resize(1);
    }
    if (found.size() == 1 && has_pixels(*found[0])) return *found[0];
    std::string list;
    for (const FitsImage& image : images)
        if (has_pixels(image) && list.size() < 500) list += (list.empty() ? "" : ", ") + describe(image);
    if (list.empty()) throw Error("holds no image");
    if (found.empty()) throw UsageError(fmt::format("has no image '{}'; it has {}", wanted, list));
    if (found.size() == 1) throw UsageError(fmt::format("'{}' has no pixels; the file has {}", wanted, list));
    throw UsageError(fmt::format("holds several images{}; say which, as {}::{}: {}",
                                 wanted.empty() ? "" : " '" + wanted + "'", path, found[0]->number, list));
}

/// The number that a card says; nothing for one that is none: a damaged calibration leaves the pixels readable.
std::optional<double> number_if_any(const FitsHeader& header, const std::string& keyword) {
    try {
        return header.number(keyword);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// "t" of CTYPE3 = 'TIME'; "" for what has no name here.
std::string name_by_ctype(const std::string& ctype) {
    if (ctype.size() == 1 && std::string_view("TFCZYXK").find(ctype) != std::string_view::npos)
        return std::string(1, static_cast<char>(ctype[0] - 'A' + 'a'));
    for (const char* time : {"TIME", "UTC", "UT1", "TAI", "TT", "TDB", "TCB", "TCG", "GPS"})
        if (ctype == time) return "t";
    for (const char* spectral :
         {"FREQ", "ENER", "WAVN", "VRAD", "WAVE", "VOPT", "ZOPT", "AWAV", "VELO", "FELO", "BETA", "STOKES"})
        if (ctype.starts_with(spectral)) return "c";
    return "";
}

Axis calibration_of(const FitsHeader& header, std::size_t n, std::size_t rank) {
    const std::string ctype = header.text(fmt::format("CTYPE{}", n));
    Axis axis{"", std::abs(number_if_any(header, fmt::format("CDELT{}", n)).value_or(0)),
              header.text(fmt::format("CUNIT{}", n))};
    double sum = 0;  // of a matrix in the place of CDELT
    for (std::size_t i = 1; i <= rank; ++i)
        sum += std::pow(number_if_any(header, fmt::format("CD{}_{}", i, n)).value_or(0), 2);
    if (sum > 0) axis.spacing = std::sqrt(sum);
    if (axis.unit == "micron") axis.unit = "um";
    if (axis.unit.empty() && ctype.size() == 8 && ctype.find('-') != std::string::npos && n <= 2) axis.unit = "deg";
    if (!std::isfinite(axis.spacing) || (axis.spacing == 1 && ctype.empty() && axis.unit.empty())) axis.spacing = 0;
    if (axis.spacing == 0) axis.unit.clear();
    return axis;
}

nlohmann::ordered_json attributes_of(const FitsImage& image, bool scaled) {
    nlohmann::ordered_json fits{{"hdu", image.number}, {"naxis", Dims(image.shape.rbegin(), image.shape.rend())}};
    fits["cards"] = nlohmann::ordered_json::array();
    for (const std::string& card : image.header.cards()) {
        const std::string keyword = fits_keyword(card);
        const bool scale = keyword == "BSCALE" || keyword == "BZERO" || keyword == "BLANK";
        if (card.empty() || is_structural(keyword) || (scaled && scale)) continue;
        fits["cards"].push_back(card);
    }
    return {{"fits", fits}};
}

std::unique_ptr<ArraySource> open_image(const InputFile& file, const FitsImage& image, const ReadOptions& options) {
    if (!image.unsupported.empty()) throw Error(image.unsupported + ": this is not supported");
    const FitsHeader& header = image.header;
    const double slope = header.number("BSCALE").value_or(1), zero = header.number("BZERO").value_or(0);
    const bool flipped = !options.raw && is_sign_flipped(header, image.stored);
    const bool scale = !options.raw && !flipped && (slope != 1 || zero != 0);
    if (scale && image.compressed() && is_floating(image.stored))
        throw Error(fmt::format("compressed floats with BSCALE {} and BZERO {} are not supported", slope, zero));
    ArrayInfo info;
    info.dtype = image.stored;
    info.shape = image.shape;
    info.axes = fits_axes(header, info.rank());
    info.attributes = attributes_of(image, flipped || scale).dump();
    byte_count(info.shape, info.element_size());
    StridedLayout layout{image.offset, record_strides(info.shape, info.element_size()), true};
    auto source = image.compressed() ? open_fits_tiles(file.path(), std::move(info), image)
                                     : open_strided(file.path(), std::move(info), {file.path()}, std::move(layout));
    if (flipped) source = sign_flipped(std::move(source));
    if (scale) source = scaled(std::move(source), {slope, zero, header.integer("BLANK")});
    return in_ome_order(std::move(source));
}

/// A file that is packed as a whole is known too, and refused by name.
bool matches(const std::string& path, const std::string& head) {
    const std::string ending = extension_of(path);
    return head.starts_with("SIMPLE  =") ||
           (head.starts_with(gzip_magic) && (ending == ".fits.gz" || ending == ".fit.gz"));
}

/// The file, which is not packed as a whole.
std::unique_ptr<InputFile> open_file(const std::string& path) {
    auto file = std::make_unique<InputFile>(path);
    std::string magic(gzip_magic.size(), '\0');
    file->read_some(0, magic.data(), static_cast<Index>(magic.size()));
    if (magic == gzip_magic)
        throw Error(path + ": packed as a whole by gzip; gunzip it first, or pack its images in tiles (fpack)");
    return file;
}

std::unique_ptr<ArraySource> open_fits(const std::string& path, const ReadOptions& options) {
    const auto file = open_file(path);
    return with_context([&] { return path; },
                        [&] {
                            const auto images = read_fits_images(*file);
                            return open_image(*file, choose(images, path, options.dataset), options);
                        });
}

std::vector<Dataset> list_fits(const std::string& path) {
    std::vector<Dataset> datasets;
    for (const FitsImage& image : read_fits_images(*open_file(path))) {
        if (!has_pixels(image)) continue;
        std::string note = image.name.empty() ? "" : "EXTNAME " + image.name;
        if (image.compressed()) note += std::string(note.empty() ? "" : ", ") + "compressed in tiles";
        if (!image.unsupported.empty()) note += (note.empty() ? "" : ", not read: ") + image.unsupported;
        datasets.push_back({fmt::format("{}", image.number), image.shape, type_of(image), note});
    }
    return datasets;
}

}  // namespace

Axes fits_axes(const FitsHeader& header, std::size_t rank) {
    Axes axes(rank);
    const auto is_taken = [&](const std::string& name) { return find_axis(axes, name).has_value(); };
    for (std::size_t n = 1; n <= rank; ++n) {
        Axis& axis = axes[rank - n];
        const std::string ctype = header.text(fmt::format("CTYPE{}", n));
        std::string name = name_by_ctype(ctype);
        if (n <= 2 && (name.empty() || (name == "c" && ctype != "C"))) name = n == 1 ? "x" : "y";
        const bool taken = !name.empty() && is_taken(name);
        axis = calibration_of(header, n, rank);
        if (!taken) axis.name = name;
    }
    return axes;
}

bool is_sign_flipped(const FitsHeader& header, DType stored) {
    if (!is_integer(stored) || header.number("BSCALE").value_or(1) != 1) return false;
    const double zero = header.number("BZERO").value_or(0);
    const auto bits = static_cast<int>(8 * size_of(stored));
    return stored == DType::uint8 ? zero == -128 : zero == std::ldexp(1.0, bits - 1);
}

bool is_structural(const std::string& keyword) {
    for (const char* exact :
         {"SIMPLE",  "XTENSION", "BITPIX",  "NAXIS",    "EXTEND",   "PCOUNT",  "GCOUNT",   "GROUPS",
          "TFIELDS", "THEAP",    "END",     "CHECKSUM", "DATASUM",  "ZIMAGE",  "ZCMPTYPE", "ZBITPIX",
          "ZNAXIS",  "ZSIMPLE",  "ZEXTEND", "ZTENSION", "ZPCOUNT",  "ZGCOUNT", "ZQUANTIZ", "ZDITHER0",
          "ZBLANK",  "ZSCALE",   "ZZERO",   "ZHECKSUM", "ZDATASUM", "ZMASKCMP"})
        if (keyword == exact) return true;
    for (const std::string_view numbered : {"NAXIS", "ZNAXIS", "ZTILE", "ZNAME", "ZVAL", "TTYPE", "TFORM", "TUNIT",
                                            "TNULL", "TSCAL", "TZERO", "TDISP", "TDIM"}) {
        const std::size_t digits = keyword.find_first_not_of("0123456789", numbered.size());
        if (keyword.starts_with(numbered) && keyword.size() > numbered.size() && digits == keyword.npos) return true;
    }
    return false;
}

Format fits_format() {
    return {"fits",
            {".fits", ".fit", ".fts"},
            "FITS images, plain or tile-compressed",
            matches,
            open_fits,
            write_fits,
            check_fits,
            list_fits,
            {"--raw"}};
}

}  // namespace levin::formats
