#include "levin/formats/hdf5/meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "levin/core/error.hpp"
#include "levin/formats/hdf5/attributes.hpp"

namespace levin::formats {
namespace {

std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_numbered(std::string_view text, char letter) { return text.starts_with(letter) && is_number(text.substr(1)); }

void name_axes(Axes& axes, std::string_view letters) {
    for (std::size_t i = 0; i < std::min(letters.size(), axes.size()); ++i) axes[i].name = letters.substr(i, 1);
}

void set_spacing(Axis& axis, double spacing, const std::string& unit) {
    if (!(spacing > 0) || !std::isfinite(spacing)) return;
    axis.spacing = spacing;
    axis.unit = unit;
}

/// levin's name of an axis that somebody labelled; "" for one that it has no name for.
std::string axis_name(std::string label) {
    std::transform(label.begin(), label.end(), label.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::array<std::pair<std::string_view, std::string_view>, 15> names{{{"time", "t"},
                                                                                   {"frame", "t"},
                                                                                   {"frames", "t"},
                                                                                   {"channel", "c"},
                                                                                   {"channels", "c"},
                                                                                   {"depth", "z"},
                                                                                   {"plane", "z"},
                                                                                   {"slice", "z"},
                                                                                   {"height", "y"},
                                                                                   {"row", "y"},
                                                                                   {"rows", "y"},
                                                                                   {"width", "x"},
                                                                                   {"column", "x"},
                                                                                   {"columns", "x"},
                                                                                   {"frequency", "f"}}};
    for (const auto& [word, name] : names)
        if (label == word) return std::string(name);
    return label.size() == 1 && std::string_view("tczyxfk").find(label) != std::string_view::npos ? label : "";
}

/// DIMENSION_LABELS, levin's dimension_units, and element_size_um of ilastik and Fiji, which is of z, y, x.
void read_labels(hid_t id, Hdf5Meaning& meaning) {
    Axes& axes = meaning.axes;
    const auto labels = texts_attribute(id, "DIMENSION_LABELS");
    for (std::size_t i = 0; i < std::min(labels.size(), axes.size()); ++i) axes[i].name = axis_name(labels[i]);
    for (std::size_t i = 0; i < axes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (!axes[i].name.empty() && axes[i].name == axes[j].name) axes = Axes(axes.size());
    const auto sizes = numbers_attribute(id, "element_size_um");
    if (sizes.size() == 3) {
        const bool nameless = std::all_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.name.empty(); });
        if (nameless && axes.size() == 3) name_axes(axes, "zyx");
        for (std::size_t i = 0; i < 3; ++i)
            if (const auto axis = find_axis(axes, std::string_view("zyx").substr(i, 1)))
                set_spacing(axes[*axis], sizes[i], "um");
    }
    const auto units = texts_attribute(id, "dimension_units");
    for (std::size_t i = 0; i < std::min(units.size(), axes.size()); ++i) {
        if (units[i].empty()) continue;
        try {
            const Quantity quantity = parse_quantity(units[i]);
            set_spacing(axes[i], quantity.value, quantity.unit);
        } catch (const UsageError&) {  // somebody else's attribute of this name
        }
    }
}

/// MATLAB's A(y, x, ...) is stored as (..., x, y).
void read_matlab(const std::string& kind, const Hdf5Dataset& dataset, Hdf5Meaning& meaning) {
    constexpr std::array<std::string_view, 10> numeric{"double", "single", "int8",   "uint8", "int16",
                                                       "uint16", "int32",  "uint32", "int64", "uint64"};
    if (kind == "logical") meaning.dtype = DType::boolean;
    else if (std::find(numeric.begin(), numeric.end(), kind) == numeric.end())
        meaning.refusal = fmt::format("MATLAB's class {}, not an array of numbers", kind);
    if (meaning.dtype && size_of(*dataset.dtype) != 1) meaning.refusal = "a logical array of more than a byte each";
    const std::size_t rank = meaning.axes.size();
    meaning.note = "MATLAB " + kind;
    if (rank < 2) return;
    meaning.swap_last = true;
    meaning.axes[rank - 2].name = "x";
    meaning.axes[rank - 1].name = "y";
    Dims shape(dataset.shape.rbegin(), dataset.shape.rend());
    meaning.note += fmt::format(" {}, read as (..., y, x)", to_string(shape));
}

/// Series of NWB 2 are (t, x, y) or (t, x, y, z); rate in Hz, grid_spacing of x, y, z.
void read_nwb(hid_t file, const std::string& group, Hdf5Meaning& meaning) {
    const Hdf5Id series = find_hdf5_object(file, group);
    if (!series) return;
    const std::string kind = text_attribute(series.get(), "neurodata_type").value_or("");
    const std::size_t rank = meaning.axes.size();
    if ((kind != "TwoPhotonSeries" && kind != "OnePhotonSeries" && kind != "ImageSeries") || rank < 3 || rank > 4)
        return;
    name_axes(meaning.axes, "txyz");
    meaning.is_data = true;
    meaning.note = "NWB " + kind;
    if (const Hdf5Id start = find_hdf5_object(file, group + "/starting_time"))
        if (const auto rate = numbers_attribute(start.get(), "rate"); rate.size() == 1)
            set_spacing(meaning.axes[0], 1 / rate[0], "s");
    const Hdf5Id grid = find_hdf5_object(file, group + "/imaging_plane/grid_spacing");
    if (!grid || H5Iget_type(grid.get()) != H5I_DATASET) return;
    const Hdf5Dataset spacing = describe_hdf5(grid.get(), group);
    const std::string unit = text_attribute(grid.get(), "unit").value_or("meters");
    const auto factor = unit_factor(unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit, "um");
    std::array<double, 3> sizes{};
    // A damaged file, or one that keeps this in other files or in chunks, has no spacing.
    if (!factor || !spacing.refusal.empty() || !spacing.chunks.empty() ||
        (spacing.shape != Dims{2} && spacing.shape != Dims{3}) ||
        H5Dread(grid.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, sizes.data()) < 0)
        return;
    // Meters are turned into um; the digits that this adds are nobody's.
    for (std::size_t i = 0; i < std::min(static_cast<std::size_t>(spacing.shape[0]), rank - 1); ++i)
        set_spacing(meaning.axes[i + 1], std::strtod(fmt::format("{:.9g}", sizes[i] * *factor).c_str(), nullptr), "um");
}

/// /tTIME/sSETUP/LEVEL/cells: uint16, which the first versions could only store as int16.
bool read_big_data_viewer(const std::vector<std::string>& parts, const Hdf5Dataset& dataset, Hdf5Meaning& meaning) {
    if (parts.size() != 4 || !is_numbered(parts[0], 't') || !is_numbered(parts[1], 's') || !is_number(parts[2]) ||
        parts[3] != "cells" || dataset.shape.size() != 3)
        return false;
    name_axes(meaning.axes, "zyx");
    meaning.note = fmt::format("BigDataViewer: time point {}, setup {}, level {}", parts[0].substr(1),
                               parts[1].substr(1), parts[2]);
    if (dataset.dtype != DType::int16) return true;
    meaning.dtype = DType::uint16;
    meaning.note += "; int16 stands for uint16";
    return true;
}

/// A number that Imaris writes as an array of single characters.
std::optional<double> spelt_number(hid_t object, const std::string& name) {
    std::string text;
    for (const std::string& part : texts_attribute(object, name.c_str())) text += part;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

/// /DataSet/ResolutionLevel R/TimePoint T/Channel C/Data: (z, y, x), padded to whole chunks.
bool read_imaris(hid_t file, const std::vector<std::string>& parts, Hdf5Meaning& meaning) {
    if (parts.size() != 5 || parts[0] != "DataSet" || !parts[1].starts_with("ResolutionLevel ") ||
        !parts[2].starts_with("TimePoint ") || !parts[3].starts_with("Channel ") || parts[4] != "Data" ||
        meaning.axes.size() != 3)
        return false;
    name_axes(meaning.axes, "zyx");
    meaning.note = fmt::format("Imaris: {}, {}, {}", parts[1], parts[2], parts[3]);
    const Hdf5Id channel = find_hdf5_object(file, fmt::format("/DataSet/{}/{}/{}", parts[1], parts[2], parts[3]));
    const Hdf5Id image = find_hdf5_object(file, "/DataSetInfo/Image");
    const std::array<std::string, 3> letters{"Z", "Y", "X"};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto size = channel ? spelt_number(channel.get(), "ImageSize" + letters[i]) : std::nullopt;
        if (size && *size >= 1 && *size < static_cast<double>(meaning.shape[i])) {
            meaning.shape[i] = static_cast<Index>(*size);
            meaning.note += fmt::format("; {} padded", letters[i]);
        }
        const std::string number = std::to_string(2 - i);
        const auto low = image ? spelt_number(image.get(), "ExtMin" + number) : std::nullopt,
                   high = image ? spelt_number(image.get(), "ExtMax" + number) : std::nullopt;
        const std::string unit = image ? text_attribute(image.get(), "Unit").value_or("um") : "";
        if (low && high && unit == "um")
            set_spacing(meaning.axes[i], (*high - *low) / static_cast<double>(meaning.shape[i]), "um");
    }
    return true;
}

}  // namespace

bool is_internal(const std::string& name) { return name.starts_with("/#refs#/") || name.starts_with("/#subsystem#/"); }

Hdf5Meaning meaning_of(hid_t file, hid_t id, const Hdf5Dataset& dataset) {
    Hdf5Meaning meaning;
    meaning.shape = dataset.shape;
    meaning.axes.resize(dataset.shape.size());
    meaning.is_scale = text_attribute(id, "CLASS") == "DIMENSION_SCALE";
    const auto parts = parts_of(dataset.name);
    if (const auto kind = text_attribute(id, "MATLAB_class")) {
        read_matlab(*kind, dataset, meaning);
        if (H5Aexists(id, "MATLAB_empty") > 0) meaning.refusal = "empty";
    } else if (!read_big_data_viewer(parts, dataset, meaning) && !read_imaris(file, parts, meaning)) {
        read_labels(id, meaning);
        if (parts.size() >= 3 && parts.back() == "data")
            read_nwb(file, dataset.name.substr(0, dataset.name.size() - 5), meaning);
    }
    H5Eclear2(H5E_DEFAULT);
    return meaning;
}

}  // namespace levin::formats
