#include "levin/engine/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "levin/core/error.hpp"

namespace levin::engine {
namespace {

Index parse_index(std::string_view text, std::string_view where) {
    Index value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || text.empty())
        throw UsageError(fmt::format(
            "selection '{}': '{}' is not an integer; expected AXIS=START:STOP[:STEP] or AXIS=INDEX", where, text));
    return value;
}

AxisRange parse_range(std::string_view text, const std::string& where, const Axis& axis, Index n) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        const std::size_t colon = text.find(':', begin);
        parts.push_back(text.substr(begin, colon - begin));
        if (colon == std::string_view::npos) break;
        begin = colon + 1;
    }
    const auto out_of_range = [&](std::string_view found) {
        throw UsageError(fmt::format("selection '{}': {} is outside axis {}, which has {} samples (0 to {})", where,
                                     found, axis.name, n, n - 1));
    };
    if (parts.size() == 1) {
        const Index index = parse_index(parts[0], where), from_start = index < 0 ? index + n : index;
        if (from_start < 0 || from_start >= n) out_of_range(parts[0]);
        return {from_start, 1, 1, true};
    }
    if (parts.size() > 3)
        throw UsageError(fmt::format("selection '{}': expected AXIS=START:STOP[:STEP] or AXIS=INDEX", where));
    const Index step = parts.size() == 3 && !parts[2].empty() ? parse_index(parts[2], where) : 1;
    if (step < 1)
        throw UsageError(
            fmt::format("selection '{}': step {} must be at least 1; an axis cannot be reversed", where, step));
    const auto bound = [&](std::string_view part, Index fallback) {
        if (part.empty()) return fallback;
        const Index value = parse_index(part, where), from_start = value < 0 ? value + n : value;
        if (from_start < 0 || from_start > n) out_of_range(part);
        return from_start;
    };
    const Index start = bound(parts[0], 0), stop = bound(parts[1], n);
    if (start >= stop)
        throw UsageError(fmt::format("selection '{}' is empty: axis {} from {} to {} holds no sample", where, axis.name,
                                     start, stop));
    return {start, ceil_div(stop - start, step), step, false};
}

}  // namespace

std::pair<std::string, std::string> split_selection(const std::string& path) {
    const std::size_t open = path.rfind('[');
    if (path.empty() || path.back() != ']' || open == std::string::npos || path.find('=', open) == std::string::npos)
        return {path, ""};
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return {path, ""};
    return {path.substr(0, open), path.substr(open + 1, path.size() - open - 2)};
}

std::vector<AxisRange> parse_selection(const std::string& text, const ArrayInfo& info) {
    std::vector<AxisRange> ranges(info.rank());
    for (std::size_t i = 0; i < info.rank(); ++i) ranges[i] = {0, info.shape[i], 1, false};
    for (const auto& [name, value] : parse_assignments(text, "selection")) {
        const std::size_t axis = require_axis(info.axes, name);
        ranges[axis] = parse_range(value, fmt::format("{}={}", name, value), info.axes[axis], info.shape[axis]);
    }
    return ranges;
}

}  // namespace levin::engine
