#include "levin/formats/nifti.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/gzip_file.hpp"
#include "levin/formats/nifti_header.hpp"
#include "levin/formats/scaled.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {
namespace {

/// Up to `bytes` bytes from the file's begin, unpacked where it is packed.
std::vector<std::byte> begin_of(const std::string& path, Index bytes) {
    const InputFile file(path);
    std::vector<std::byte> begin(static_cast<std::size_t>(std::min(bytes, file.size())));
    file.read(0, begin.data(), static_cast<Index>(begin.size()));
    const std::string_view text(reinterpret_cast<const char*>(begin.data()), begin.size());
    return text.starts_with(gzip_magic) ? GzipFile(path).begin(bytes) : begin;
}

bool is_packed(const std::string& path) {
    std::string magic(gzip_magic.size(), '\0');
    InputFile(path).read_some(0, magic.data(), static_cast<Index>(magic.size()));
    return magic == gzip_magic;
}

/// The other file of a pair: beside `path`, of the same name, with .hdr for .img or .img for .hdr; "" when there is
/// none.
std::string partner_of(const std::string& path, const std::string& extension) {
    const std::string ending = extension_of(path), stem = path.substr(0, path.size() - ending.size());
    const bool upper = ending.size() > 1 && ending[1] >= 'A' && ending[1] <= 'Z';
    const std::string other = upper ? (extension == ".img" ? ".IMG" : ".HDR") : extension;
    for (const auto& candidate : {stem + other, stem + other + ".gz"})
        if (is_file(candidate)) return candidate;
    return "";
}

bool ends_like(const std::string& path, const std::string& extension) {
    const std::string ending = lower_extension(path);
    return ending == extension || ending == extension + ".gz";
}

/// The file that has the header of the image to which `path` belongs.
std::string header_path(const std::string& path) {
    if (!ends_like(path, ".img")) return path;
    const std::string header = partner_of(path, ".hdr");
    if (header.empty()) throw Error(fmt::format("{}: no header of the same name, .hdr, lies beside it", path));
    return header;
}

bool matches(const std::string& path, const std::string& head) {
    const bool packed = head.starts_with(gzip_magic);
    if (packed && !ends_like(path, ".nii") && !ends_like(path, ".hdr") && !ends_like(path, ".img")) return false;
    try {
        const auto begin = begin_of(header_path(path), NiftiHeader::longest);
        return NiftiHeader::matches({reinterpret_cast<const char*>(begin.data()), begin.size()});
    } catch (const Error&) {
        return false;
    }
}

constexpr const char* axis_names[]{"x", "y", "z", "t", "c"};

/// Unit of NIfTI dimension `d` (1 to 5), and t's name where it is a frequency.
void name_axis(Axis& axis, Index d, Index units) {
    axis.name = axis_names[d - 1];
    const Index space = units & 7, time = units & 56;
    if (d <= 3) axis.unit = space == 1 ? "m" : space == 2 ? "mm" : space == 3 ? "um" : "";
    if (d != 4) return;
    axis.unit = time == 8 ? "s" : time == 16 ? "ms" : time == 24 ? "us" : "";
    if (time == 32 || time == 40 || time == 48) axis = {"f", 0, time == 32 ? "Hz" : time == 40 ? "ppm" : "rad/s"};
}

/// Sizes of the dimensions that are more than 1 long or before one that is.
Dims dims_of(const NiftiHeader& header) {
    const Index count = header.integer("dim", 0);
    if (count < 1 || count > 7)
        throw Error(fmt::format("{} dimensions; NIfTI has 1 to 7: the header is damaged", count));
    Dims dims;
    for (Index d = 1; d <= count; ++d) {
        const Index size = header.integer("dim", static_cast<std::size_t>(d));
        if (size < 1) throw Error(fmt::format("dimension {} has size {}: the header is damaged", d, size));
        if (d > 5 && size > 1)
            throw Error(
                fmt::format("dimension {} has size {}: beyond x, y, z, t and one for channels nothing is "
                            "supported",
                            d, size));
        if (d <= 5) dims.push_back(size);
    }
    return dims;
}

/// What the header says of the values, in the order of the file, slowest first.
ArrayInfo info_of(const NiftiHeader& header) {
    ArrayInfo info;
    const Index datatype = header.integer("datatype");
    info.dtype = dtype_of_nifti(datatype);
    const Dims dims = dims_of(header);
    for (std::size_t d = dims.size(); d > 0; --d) {
        Axis axis;
        name_axis(axis, static_cast<Index>(d), header.integer("xyzt_units"));
        axis.spacing = std::abs(header.number("pixdim", d));
        if (d == 5 || !std::isfinite(axis.spacing) || axis.spacing == 0) axis.spacing = 0, axis.unit.clear();
        info.axes.push_back(axis);
        info.shape.push_back(dims[d - 1]);
    }
    if (datatype == nifti_rgb24 || datatype == nifti_rgba32) {
        if (dims.size() == 5 && dims[4] > 1)
            throw Error("pixels of RGB in an image with channels are not supported: there is one axis c");
        if (dims.size() == 5) info.axes.erase(info.axes.begin()), info.shape.erase(info.shape.begin());
        info.axes.push_back({"c", 0, ""});
        info.shape.push_back(datatype == nifti_rgb24 ? 3 : 4);
    }
    product(info.shape);
    byte_count(info.shape, info.element_size());
    return info;
}

/// Where the values begin, in the file that has them.
Index offset_of(const NiftiHeader& header) {
    const Index offset = header.integer("vox_offset"), least = static_cast<Index>(header.bytes().size());
    if (header.is_pair() ? offset >= 0 : offset >= least) return offset;
    if (offset == 0) return least + 4;
    throw Error(fmt::format("values at byte {}, within the header of {} bytes: the header is damaged", offset, least));
}

/// The scale that is to be applied, if one is.
std::optional<Scale> scale_of(const NiftiHeader& header, bool raw) {
    const double slope = header.number("scl_slope"), intercept = header.number("scl_inter");
    const Index datatype = header.integer("datatype");
    if (raw || slope == 0 || !std::isfinite(slope) || !std::isfinite(intercept) || (slope == 1 && intercept == 0) ||
        datatype == nifti_rgb24 || datatype == nifti_rgba32)
        return std::nullopt;
    if (is_complex(dtype_of_nifti(datatype)))
        throw Error(
            fmt::format("complex values with a scale ({} times, plus {}) are not supported; --raw reads them as "
                        "stored",
                        slope, intercept));
    return Scale{slope, intercept, std::nullopt};
}

std::string attributes_of(const NiftiHeader& header, bool scaled) {
    nlohmann::ordered_json nifti{{"version", header.version()}};
    for (std::size_t d = 1; d <= 7 && static_cast<Index>(d) <= header.integer("dim", 0); ++d)
        nifti["dim"].push_back(header.integer("dim", d));
    nifti["datatype"] = header.integer("datatype");
    nifti.update(header.to_json());
    if (scaled || header.number("scl_slope") == 0) nifti.erase("scl_slope"), nifti.erase("scl_inter");
    return nlohmann::ordered_json{{"nifti", nifti}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::unique_ptr<ArraySource> open_image(const std::string& path, const std::string& head, const ReadOptions& options) {
    const NiftiHeader header(begin_of(head, NiftiHeader::longest));
    ArrayInfo info = info_of(header);
    const auto scale = scale_of(header, options.raw);
    info.attributes = attributes_of(header, scale.has_value());
    StridedLayout layout{offset_of(header), record_strides(info.shape, info.element_size()), header.swapped()};
    std::string values = head;
    if (header.is_pair()) values = partner_of(head, ".img");
    if (values.empty()) throw Error("its values should lie beside it in a file of the same name, .img, but do not");
    auto source = is_packed(values) ? open_strided_gzip(path, std::move(info), values, std::move(layout))
                                    : open_strided(path, std::move(info), {values}, std::move(layout));
    if (scale) source = scaled(std::move(source), *scale);
    return in_ome_order(std::move(source));
}

std::unique_ptr<ArraySource> open_nifti(const std::string& path, const ReadOptions& options) {
    const std::string head = header_path(path);
    return with_context([&] { return head; }, [&] { return open_image(path, head, options); });
}

}  // namespace

Format nifti_format() {
    return {"nifti",    {".nii", ".nii.gz", ".hdr"}, "NIfTI-1 and NIfTI-2", matches,
            open_nifti, write_nifti,         check_nifti,           nullptr,
            {"--raw"}};
}

}  // namespace levin::formats
