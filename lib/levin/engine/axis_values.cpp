#include "levin/engine/axis_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"

namespace levin::engine {
namespace {

/// One `convert(quantity, axis)` for each axis that `text` is about.
template <class T>
std::vector<T> values_of(const std::string& text, const std::string& option, const Axes& axes,
                         const std::vector<std::size_t>& scalar_axes, T otherwise,
                         T (*convert)(const Quantity&, const Axis&)) {
    std::vector<T> values(axes.size(), otherwise);
    const auto set = [&](std::size_t axis, const std::string& value) {
        values[axis] = with_context([&] { return fmt::format("{} {}", option, text); },
                                    [&] { return convert(parse_quantity(value), axes[axis]); });
    };
    if (text.find('=') == std::string::npos)
        for (const std::size_t axis : scalar_axes) set(axis, text);
    else
        for (const auto& [name, value] : parse_assignments(text, option))
            set(with_context([&] { return fmt::format("{} {}", option, text); },
                             [&, &axis = name] { return require_axis(axes, axis); }),
                value);
    return values;
}

}  // namespace

std::vector<double> axis_values(const std::string& text, const std::string& option, const Axes& axes,
                                const std::vector<std::size_t>& scalar_axes, double otherwise) {
    return values_of(text, option, axes, scalar_axes, otherwise, to_samples);
}

std::vector<Index> axis_counts(const std::string& text, const std::string& option, const Axes& axes,
                               const std::vector<std::size_t>& scalar_axes, Index otherwise) {
    std::vector<Index> counts = values_of(text, option, axes, scalar_axes, otherwise, to_sample_count);
    for (const Index count : counts)
        if (count < 0) throw UsageError(fmt::format("{} {}: must be at least 0", option, text));
    return counts;
}

std::vector<std::size_t> axis_list(const std::string& text, const std::string& option, const Axes& axes) {
    std::vector<std::size_t> list;
    const auto add = [&](const std::string& name) {
        const std::size_t axis =
            with_context([&] { return fmt::format("{} {}", option, text); }, [&] { return require_axis(axes, name); });
        if (std::find(list.begin(), list.end(), axis) != list.end())
            throw UsageError(fmt::format("{} {}: axis {} is named twice", option, text, name));
        list.push_back(axis);
    };
    if (text.find(',') != std::string::npos || find_axis(axes, text)) {
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t comma = std::min(text.find(',', begin), text.size());
            add(text.substr(begin, comma - begin));
            begin = comma + 1;
        }
    } else {
        for (const char letter : text) add(std::string(1, letter));
    }
    if (list.empty()) throw UsageError(fmt::format("{}: names no axis", option));
    std::sort(list.begin(), list.end());
    return list;
}

}  // namespace levin::engine
