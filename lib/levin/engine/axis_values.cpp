#include "levin/engine/axis_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "levin/core/error.hpp"

namespace levin::engine {

std::vector<double> axis_values(const std::string& text, const std::string& option, const Axes& axes,
                                const std::string& scalar_axes, double otherwise) {
    std::vector<double> values(axes.size(), otherwise);
    return with_context([&] { return option; },
                        [&] {
                            if (text.find('=') != std::string::npos) {
                                for (const auto& [name, value] : parse_assignments(text, option)) {
                                    const std::size_t axis = require_axis(axes, name);
                                    values[axis] = to_samples(parse_quantity(value), axes[axis]);
                                }
                            } else {
                                for (const std::size_t axis : axis_list(scalar_axes, option, axes))
                                    values[axis] = to_samples(parse_quantity(text), axes[axis]);
                            }
                            return values;
                        });
}

std::vector<Index> axis_counts(const std::string& text, const std::string& option, const Axes& axes,
                               const std::string& scalar_axes, Index otherwise) {
    std::vector<Index> counts;
    for (const double value : axis_values(text, option, axes, scalar_axes, static_cast<double>(otherwise))) {
        if (!(value >= 0 && value < 1e15))
            throw UsageError(fmt::format("{} {}: {} samples is not a size", option, text, value));
        counts.push_back(static_cast<Index>(std::llround(value)));
    }
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
