#include "levin/formats/tiff_imagej.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

Index parse_count(const std::string& key, const std::string& value) {
    Index count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error != std::errc{} || end != value.data() + value.size() || count <= 0)
        throw Error(fmt::format("ImageJ's description says '{}={}': expected a positive number", key, value));
    return count;
}

/// A distance or 0 for what is none: a damaged calibration does not make the pixels unreadable.
double parse_distance(const std::string& value) {
    const double number = std::abs(std::strtod(value.c_str(), nullptr));
    return std::isfinite(number) ? number : 0;
}

}  // namespace

std::optional<ImageJ> parse_imagej(const std::string& description) {
    if (!description.starts_with("ImageJ=")) return std::nullopt;
    ImageJ stack;
    std::istringstream lines(description);
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const std::string key = line.substr(0, equals);
        std::string value = line.substr(equals + 1);
        while (!value.empty() && (value.back() == '\r' || value.back() == '\0')) value.pop_back();
        if (key == "images") stack.images = parse_count(key, value);
        else if (key == "channels") stack.channels = parse_count(key, value);
        else if (key == "slices") stack.slices = parse_count(key, value);
        else if (key == "frames") stack.frames = parse_count(key, value);
        else if (key == "spacing") stack.spacing = parse_distance(value);
        else if (key == "finterval") stack.frame_interval = parse_distance(value);
        else if (key == "unit") stack.unit = value;
        else if (key == "tunit") stack.time_unit = time_unit(value);
    }
    return stack;
}

std::string format_imagej(const ImageJ& stack) {
    // Without "images=", which would say that all pixels follow those of the first page without a gap: ImageJ then
    // looks at no other directory, and tifffile neither where it finds room for them.
    std::string text = "ImageJ=1.53t\n";
    if (stack.channels > 1) text += fmt::format("channels={}\n", stack.channels);
    if (stack.slices > 1) text += fmt::format("slices={}\n", stack.slices);
    if (stack.frames > 1) text += fmt::format("frames={}\n", stack.frames);
    const int axes = (stack.channels > 1) + (stack.slices > 1) + (stack.frames > 1);
    if (axes > 1 || stack.channels > 1) text += "hyperstack=true\n";
    if (stack.channels > 1) text += "mode=grayscale\n";
    if (!stack.unit.empty()) text += fmt::format("unit={}\n", stack.unit == "um" ? "\\u00B5m" : stack.unit);
    if (stack.spacing > 0) text += fmt::format("spacing={}\n", stack.spacing);
    if (stack.frame_interval > 0) {
        text += fmt::format("finterval={}\n", stack.frame_interval);
        if (stack.time_unit != "s") text += fmt::format("tunit={}\n", stack.time_unit);
    }
    return text + "loop=false\n";
}

std::string time_unit(const std::string& unit) {
    if (unit.starts_with("ms") || unit.starts_with("milli")) return "ms";
    if (unit.starts_with("min")) return "min";
    if (unit.starts_with("h")) return "h";
    if (unit.starts_with("us") || unit.starts_with("micro") || unit.starts_with("\u00b5") || unit.starts_with("\u03bc"))
        return "us";
    return unit.starts_with("s") ? "s" : unit;
}

Quantity length_unit(double spacing, const std::string& unit) {
    if (!(spacing > 0) || !std::isfinite(spacing)) return {};
    if (unit.empty() || unit.starts_with("pixel") || unit == "px") return {};
    // U+00B5 micro sign and U+03BC Greek mu in UTF-8, in Latin-1 and as ImageJ escapes them.
    for (const std::string micro : {"\u00b5", "\u03bc", "\xb5", "\\u00B5", "\\u00b5", "\\u03BC", "\\u03bc"})
        if (unit.starts_with(micro)) return {spacing, "um"};
    if (unit == "um" || unit.starts_with("micro")) return {spacing, "um"};
    if (unit == "cm" || unit.starts_with("centim")) return {spacing * 1e4, "um"};
    if (unit.starts_with("inch")) return {spacing * 25400, "um"};
    if (unit.starts_with("nanom")) return {spacing, "nm"};
    if (unit.starts_with("millim")) return {spacing, "mm"};
    return {spacing, unit};
}

}  // namespace levin::formats
