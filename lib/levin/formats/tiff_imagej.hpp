/// ImageJ's ImageDescription: lines of "key=value" that say how the pages of a stack are arranged and how far apart
/// they are. Keys as in ImageJ's ij/io/FileInfo.java, TiffEncoder.java and FileOpener.java.
#pragma once
#include <optional>
#include <string>

#include "levin/core/axes.hpp"
#include "levin/core/dims.hpp"

namespace levin::formats {

struct ImageJ {
    Index images = 0;                            ///< pages, 0 when not given
    Index channels = 1, slices = 1, frames = 1;  ///< pages follow c fastest, then z, then t
    double spacing = 0;                          ///< of z, in `unit`; 0 when not given
    double frame_interval = 0;                   ///< of t, in `time_unit`
    std::string unit, time_unit = "s";
};

/// Empty when `description` is none of ImageJ's. Error for counts that are no positive numbers.
std::optional<ImageJ> parse_imagej(const std::string& description);
std::string format_imagej(const ImageJ& stack);

/// `spacing` in the unit's short name as levin uses it: "micron", "\u00B5m" and the like are um; inch and cm are turned
/// into um. "pixel" is no unit and no spacing.
Quantity length_unit(double spacing, const std::string& unit);

/// The short name of a unit of time.
std::string time_unit(const std::string& unit);

}  // namespace levin::formats
