#include "levin/core/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "levin/core/error.hpp"

namespace levin {
namespace {

struct Unit {
    std::string_view kind;
    double size;  ///< in the kind's smallest unit, so that every quotient of two sizes is rounded only once
    std::array<std::string_view, 4> names;
};

// Abbreviations and the names that OME-NGFF lists for space and time units.
constexpr std::array units{
    Unit{"time", 1e9, {"s", "second", "seconds", "sec"}},
    Unit{"time", 1e6, {"ms", "millisecond", "milliseconds", "msec"}},
    Unit{"time", 1e3, {"us", "microsecond", "µs", "μs"}},
    Unit{"time", 1, {"ns", "nanosecond", "nanoseconds", ""}},
    Unit{"time", 60e9, {"min", "minute", "minutes", ""}},
    Unit{"time", 3600e9, {"h", "hour", "hours", "hr"}},
    Unit{"length", 1e12, {"m", "meter", "metre", "meters"}},
    Unit{"length", 1e10, {"cm", "centimeter", "centimetre", ""}},
    Unit{"length", 1e9, {"mm", "millimeter", "millimetre", "millimeters"}},
    Unit{"length", 1e6, {"um", "micrometer", "µm", "μm"}},
    Unit{"length", 1e6, {"micron", "micrometre", "microns", "micrometers"}},
    Unit{"length", 1e3, {"nm", "nanometer", "nanometre", "nanometers"}},
    Unit{"length", 1e2, {"angstrom", "Å", "", ""}},
    Unit{"frequency", 1e3, {"Hz", "hertz", "", ""}},
    Unit{"frequency", 1e6, {"kHz", "kilohertz", "", ""}},
    Unit{"frequency", 1e9, {"MHz", "megahertz", "", ""}},
    Unit{"frequency", 1, {"mHz", "millihertz", "", ""}},
    Unit{"samples", 1, {"px", "pixel", "pixels", ""}},
};

const Unit* find_unit(std::string_view name) {
    if (name.empty()) return nullptr;
    for (const Unit& unit : units)
        if (std::find(unit.names.begin(), unit.names.end(), name) != unit.names.end()) return &unit;
    return nullptr;
}

bool is_unit_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80 || c == '%' || c == '/' || c == '^';
    });
}

}  // namespace

Axes axes_from_letters(std::string_view names) {
    Axes axes;
    for (const char letter : names) {
        if (letter < 'a' || letter > 'z')
            throw UsageError(
                fmt::format("axes '{}': expected letters a to z, such as tzyx, found '{}'", names, letter));
        if (find_axis(axes, {&letter, 1})) throw UsageError(fmt::format("axes '{}': '{}' occurs twice", names, letter));
        axes.push_back({std::string(1, letter), 0, {}});
    }
    return axes;
}

std::string letters(const Axes& axes) {
    const bool long_names =
        std::any_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.name.size() > 1; });
    std::string text;
    for (const Axis& axis : axes) {
        if (long_names && !text.empty()) text += ",";
        text += axis.name.empty() ? "?" : axis.name;
    }
    return text;
}

std::optional<std::size_t> find_axis(const Axes& axes, std::string_view name) {
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (axes[i].name == name) return i;
    return std::nullopt;
}

std::size_t require_axis(const Axes& axes, std::string_view name) {
    if (const auto position = find_axis(axes, name)) return *position;
    throw UsageError(fmt::format("no axis '{}': the axes are {}", name, axes.empty() ? "none" : letters(axes)));
}

int ome_rank(std::string_view name) {
    constexpr std::string_view order = "ktfczyx";
    const auto position = name.size() == 1 ? order.find(name) : order.npos;
    return position == order.npos ? 0 : static_cast<int>(position) + 1;
}

std::optional<std::string> default_letters(std::size_t dimensions) {
    switch (dimensions) {
        case 0:
            return "";
        case 2:
            return "yx";
        case 4:
            return "tzyx";
        case 5:
            return "tczyx";
        default:
            return std::nullopt;
    }
}

Quantity parse_quantity(std::string_view text) {
    Quantity quantity;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, quantity.value);
    std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    if (error != std::errc{} || !std::isfinite(quantity.value) || !is_unit_text(unit))
        throw UsageError(
            fmt::format("'{}' is no quantity: expected a number and a unit, such as 0.65um, 60s, 2px or 3", text));
    quantity.unit = unit;
    return quantity;
}

std::string to_string(const Quantity& quantity) {
    return fmt::format("{}{}{}", quantity.value, quantity.unit.empty() ? "" : " ", quantity.unit);
}

namespace {

bool counts_samples(const Quantity& quantity) {
    const Unit* unit = find_unit(quantity.unit);
    return quantity.unit.empty() || (unit && unit->kind == "samples");
}

}  // namespace

double to_samples(const Quantity& quantity, const Axis& axis) {
    if (counts_samples(quantity)) return quantity.value;
    if (axis.spacing == 0 || axis.unit.empty())
        throw UsageError(
            fmt::format("{} on axis '{}': its spacing is not known; give the value in px, or set --spacing {}=...",
                        to_string(quantity), axis.name, axis.name));
    const auto factor = unit_factor(quantity.unit, axis.unit);
    if (!factor)
        throw UsageError(fmt::format("{} on axis '{}': its unit is {}, and '{}' is of another kind or unknown",
                                     to_string(quantity), axis.name, axis.unit, quantity.unit));
    return quantity.value * *factor / axis.spacing;
}

Index to_sample_count(const Quantity& quantity, const Axis& axis) {
    const double samples = to_samples(quantity, axis), whole = std::round(samples);
    if (counts_samples(quantity) && samples != whole)
        throw UsageError(fmt::format("{} is not a whole number of samples", to_string(quantity)));
    if (!(std::abs(whole) < 0x1p53))
        throw UsageError(fmt::format("{} on axis '{}' is out of range", to_string(quantity), axis.name));
    return static_cast<Index>(whole);
}

std::optional<double> unit_factor(std::string_view from, std::string_view to) {
    if (from == to) return 1.0;
    const Unit *a = find_unit(from), *b = find_unit(to);
    if (!a || !b || a->kind != b->kind) return std::nullopt;
    return a->size / b->size;
}

std::vector<std::pair<std::string, std::string>> parse_assignments(std::string_view text, std::string_view option) {
    std::vector<std::pair<std::string, std::string>> assignments;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view item = text.substr(begin, end - begin);
        const std::size_t equals = item.find('=');
        if (equals == item.npos || equals == 0 || equals + 1 == item.size())
            throw UsageError(fmt::format("{} {}: expected AXIS=VALUE[,AXIS=VALUE...], found '{}'", option, text, item));
        const std::string name(item.substr(0, equals));
        for (const auto& [other, value] : assignments)
            if (other == name) throw UsageError(fmt::format("{} {}: axis '{}' occurs twice", option, text, name));
        assignments.emplace_back(name, item.substr(equals + 1));
        begin = end + 1;
    }
    return assignments;
}

std::vector<std::pair<std::string, Index>> parse_integers(std::string_view text, std::string_view option,
                                                          Index minimum) {
    std::vector<std::pair<std::string, Index>> integers;
    for (const auto& [name, value] : parse_assignments(text, option)) {
        Index number = 0;
        const char* end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, number);
        if (error != std::errc{} || stop != end || number < minimum)
            throw UsageError(fmt::format("{} {}: expected an integer of at least {} for axis '{}', found '{}'", option,
                                         text, minimum, name, value));
        integers.emplace_back(name, number);
    }
    return integers;
}

}  // namespace levin
