/// The selection syntax: "t=0:100:2,z=1,y=10:20" over named axes, 0-based, half-open, negative from the end.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "levin/engine/sources.hpp"

namespace levin::engine {

/// "a.zarr[t=0:10]" -> {"a.zarr", "t=0:10"}; no brackets at the end: {path, ""}. An existing file of that very name is
/// taken as it is.
std::pair<std::string, std::string> split_selection(const std::string& path);

/// One range per axis of `info`; axes not named are kept whole, an integer drops the axis. UsageError for an unknown
/// axis, an index out of range, a step below 1, or a selection of nothing, naming the axis and its size.
std::vector<AxisRange> parse_selection(const std::string& text, const ArrayInfo& info);

}  // namespace levin::engine
