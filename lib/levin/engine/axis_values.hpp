/// Values that a user gives per axis, with units: "3", "y=3,x=3", "1.3um".
#pragma once
#include <string>
#include <vector>

#include "levin/core/axes.hpp"

namespace levin::engine {

/// One value per axis, in samples. A single value holds for the axes at `scalar_axes`; AXIS=VALUE pairs for the named
/// ones; all others get `otherwise`. UsageError, naming `option`, for an unknown axis or a unit that the axis cannot
/// turn into samples.
std::vector<double> axis_values(const std::string& text, const std::string& option, const Axes& axes,
                                const std::vector<std::size_t>& scalar_axes, double otherwise);
/// The same as counts of at least 0: lengths are rounded to the nearest sample, numbers of samples must be whole.
std::vector<Index> axis_counts(const std::string& text, const std::string& option, const Axes& axes,
                               const std::vector<std::size_t>& scalar_axes, Index otherwise);

/// Positions of the axes named in `text`: letters ("zyx") or names joined by commas ("y,x"), each once; ascending.
/// UsageError otherwise.
std::vector<std::size_t> axis_list(const std::string& text, const std::string& option, const Axes& axes);

}  // namespace levin::engine
