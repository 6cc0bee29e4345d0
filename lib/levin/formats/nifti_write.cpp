// An array as NIfTI: what of it goes into the header, and the values behind it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/gzip_file.hpp"
#include "levin/formats/nifti.hpp"
#include "levin/formats/nifti_header.hpp"

namespace levin::formats {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* dimension_of = "xyztc";  // f lies where t does

/// NIfTI's number of an axis, 1 to 5; 0 for one that it has not.
std::size_t dimension(const Axis& axis) {
    const std::string name = axis.name == "f" ? "t" : axis.name;
    const auto at = name.size() == 1 ? std::string_view(dimension_of).find(name) : std::string_view::npos;
    return at == std::string_view::npos ? 0 : at + 1;
}

/// The axes in the order of the file, slowest first.
std::vector<std::size_t> file_order(const Axes& axes) {
    std::vector<std::size_t> order;
    for (std::size_t d = 5; d > 0; --d)
        for (std::size_t i = 0; i < axes.size(); ++i)
            if (dimension(axes[i]) == d) order.push_back(i);
    return order;
}

struct Unit {
    const char* name;
    Index code;
};
constexpr Unit lengths[]{{"m", 1}, {"mm", 2}, {"um", 3}},
    times[]{{"s", 8}, {"ms", 16}, {"us", 24}, {"Hz", 32}, {"ppm", 40}, {"rad/s", 48}};

std::optional<double> factor(const std::string& from, const Unit& to) {
    return from == to.name ? 1 : unit_factor(from, to.name);
}

/// The one of `units` that `unit` is, or `other` if it can be turned into that; nullptr for none.
const Unit* find_unit(std::span<const Unit> units, const Unit& other, const std::string& unit) {
    for (const Unit& each : units)
        if (factor(unit, each) == 1) return &each;
    return factor(unit, other) ? &other : nullptr;
}

/// Sets pixdim and xyzt_units: one unit for x, y and z, one for t.
void put_spacing(NiftiHeader& header, const Axes& axes) {
    Index codes = 0;
    for (const bool is_time : {false, true}) {
        const std::span<const Unit> units = is_time ? std::span<const Unit>(times) : std::span<const Unit>(lengths);
        const Unit* common = nullptr;
        bool without = false;
        for (const Axis& axis : axes) {
            const std::size_t d = dimension(axis);
            if (d == 0 || d == 5 || (d == 4) != is_time || !(axis.spacing > 0)) continue;
            without |= axis.unit.empty();
            if (axis.unit.empty()) continue;
            if (!common) common = find_unit(units, units[is_time ? 0 : 2], axis.unit);
            if (!common || !factor(axis.unit, *common))
                throw UsageError(fmt::format("NIfTI has no place for a spacing of {} of axis {}: it has {} for {}",
                                             to_string({axis.spacing, axis.unit}), axis.name,
                                             is_time ? "s, ms, us, Hz, ppm and rad/s" : "one unit, m, mm or um,",
                                             is_time ? "t" : "x, y and z"));
        }
        if (common && without)
            throw UsageError(
                "NIfTI has one unit for x, y and z, but some of them have a spacing without a unit: say it "
                "with --spacing");
        if (common) codes |= common->code;
        for (const Axis& axis : axes)
            if (const std::size_t d = dimension(axis); d > 0 && d < 5 && (d == 4) == is_time && axis.spacing > 0)
                header.set("pixdim", d, axis.spacing * (common ? *factor(axis.unit, *common) : 1));
    }
    header.set_integer("xyzt_units", 0, codes);
}

/// Whether dimensions `first` to `last` have the sizes and the spacing of the image that the attributes came from.
bool fits(const NiftiHeader& header, const Json& nifti, std::size_t first, std::size_t last) {
    const Json dim = nifti.value("dim", Json::array()), pixdim = nifti.value("pixdim", Json::array());
    if (!dim.is_array() || !pixdim.is_array()) return false;
    for (std::size_t d = first; d <= last; ++d) {
        const Index size = d <= dim.size() && dim[d - 1].is_number_integer() ? dim[d - 1].get<Index>() : 1;
        if (header.integer("dim", d) != size) return false;
        const double spacing = d < pixdim.size() && pixdim[d].is_number() ? std::abs(pixdim[d].get<double>()) : 0;
        if (size > 1 && spacing > 0 && std::abs(header.number("pixdim", d) - spacing) > 1e-5 * spacing) return false;
    }
    const Json units = nifti.value("xyzt_units", Json(0));
    const Index mask = first == 4 ? 56 : 7;
    return units.is_number_integer() && (units.get<Index>() & mask) == (header.integer("xyzt_units") & mask);
}

/// What the array has brought along from a NIfTI file, as far as it still holds.
void put_attributes(NiftiHeader& header, const std::string& attributes) {
    const Json all = Json::parse(attributes, nullptr, false);
    if (!all.is_object() || !all.contains("nifti") || !all["nifti"].is_object()) return;
    const Json& nifti = all["nifti"];
    header.take(nifti, {"cal_max", "cal_min", "intent_code", "intent_p1", "intent_p2", "intent_p3", "intent_name",
                        "descrip", "aux_file"});
    if (nifti.value("datatype", Json()) == Json(header.integer("datatype")))
        header.take(nifti, {"scl_slope", "scl_inter"});
    if (fits(header, nifti, 4, 4)) header.take(nifti, {"toffset"});
    if (!fits(header, nifti, 1, 3)) return;
    header.take(nifti, {"dim_info", "slice_start", "slice_end", "slice_code", "slice_duration", "qform_code",
                        "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y", "qoffset_z",
                        "srow_x", "srow_y", "srow_z"});
    const Json pixdim = nifti.value("pixdim", Json::array());
    if (pixdim.is_array() && !pixdim.empty() && pixdim[0].is_number()) header.set("pixdim", 0, pixdim[0].get<double>());
}

NiftiHeader make_header(const ArrayInfo& info) {
    std::size_t dimensions = 0;
    Index longest = 0;
    for (std::size_t i = 0; i < info.rank(); ++i) {
        const std::size_t d = dimension(info.axes[i]);
        for (std::size_t j = 0; j < i; ++j)
            if (d == 0 || dimension(info.axes[j]) == d)
                throw UsageError(
                    fmt::format("NIfTI holds the axes x, y, z, t (or f) and c, not {}", letters(info.axes)));
        if (d == 0)
            throw UsageError(fmt::format("NIfTI holds the axes x, y, z, t (or f) and c, not {}", letters(info.axes)));
        dimensions = std::max(dimensions, d);
        longest = std::max(longest, info.shape[i]);
    }
    if (info.rank() == 0 || product(info.shape) == 0)
        throw UsageError(fmt::format("an array of shape {} has no values to write as NIfTI", to_string(info.shape)));
    NiftiHeader header(longest > std::numeric_limits<std::int16_t>::max() ? 2 : 1);
    const Index datatype = nifti_type_of(info.dtype);
    header.set_integer("datatype", 0, datatype);
    header.set_integer("bitpix", 0, static_cast<Index>(8 * info.element_size()));
    header.set_integer("dim", 0, static_cast<Index>(dimensions));
    for (std::size_t d = 1; d <= 7; ++d) header.set_integer("dim", d, 1);
    for (std::size_t d = 0; d <= 7; ++d) header.set("pixdim", d, 1);
    for (std::size_t i = 0; i < info.rank(); ++i) header.set_integer("dim", dimension(info.axes[i]), info.shape[i]);
    header.set("vox_offset", 0, static_cast<double>(header.bytes().size() + 4));
    put_spacing(header, info.axes);
    put_attributes(header, info.attributes);
    return header;
}

/// And that no extensions follow.
template <class File>
void write_header(File& file, const NiftiHeader& header) {
    const char no_extensions[4]{};
    file.write(header.bytes().data(), static_cast<Index>(header.bytes().size()));
    file.write(no_extensions, 4);
}

/// In the order of the file, to its end.
template <class File>
void write_values(File& file, const ArraySource& source, const WriteOptions& options) {
    for_each_block(PermutedSource(source, file_order(source.info().axes)), options.memory, options.stop,
                   [&](const Region&, const ConstView& block) {
                       file.write(block.data, static_cast<Index>(byte_count(block.shape, size_of(block.dtype))));
                   });
    file.close();
}

/// The values, put into their place beside the header that is in the making at `path`.
void write_pair(const ArraySource& source, NiftiHeader header, const std::string& path, const WriteOptions& options) {
    const std::string values = options.path.substr(0, options.path.size() - 4) + ".img";
    if (!options.force && fs::exists(fs::symlink_status(values)))
        throw Error(fmt::format("{} exists; --force replaces it", values));
    const std::string partial = partial_beside(values);
    try {
        OutputFile file(partial);
        write_values(file, source, options);
        header.make_pair();
        OutputFile head(path);
        write_header(head, header);
        head.close();
        if (options.before_publishing) options.before_publishing();
        fs::rename(partial, values);
    } catch (...) {
        std::error_code ignored;
        fs::remove(partial, ignored);
        throw;
    }
}

}  // namespace

void check_nifti(const ArrayInfo& info) { make_header(info); }

void write_nifti(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const NiftiHeader header = make_header(source.info());
    const std::string ending = lower_extension(options.path);
    if (ending == ".img" || ending == ".img.gz" || ending == ".hdr.gz")
        throw UsageError(
            fmt::format("{}: a pair is written under the name of its header, x.hdr, and not packed; or "
                        "write x.nii.gz",
                        options.path));
    if (ending == ".hdr") return write_pair(source, header, path, options);
    const auto write = [&](auto&& file) {
        write_header(file, header);
        write_values(file, source, options);
    };
    if (ending.ends_with(".gz")) write(GzipWriter(path));
    else write(OutputFile(path));
}

}  // namespace levin::formats
