/// OME-XML in a TIFF file's first ImageDescription: which page is which plane, and the sizes of things.
/// https://docs.openmicroscopy.org/ome-model, schema 2016-06, and its OME-TIFF specification (TiffData).
///
/// Entities that a document declares are not expanded. What TiffData says of other files is told, not followed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "levin/core/axes.hpp"
#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"

namespace levin::formats {

/// The part of one image that lies in one file.
struct OmeImage {
    std::string name;
    Index width = 0, height = 0;                 ///< SizeX, SizeY
    Index samples = 1;                           ///< of a pixel, in one page
    Index frames = 1, channels = 1, slices = 1;  ///< of this file's part; channels without the samples
    std::vector<Index> pages;                    ///< of the file, by t, then c, then z, which is fastest
    Axis t{"t", 0, ""}, z{"z", 0, ""}, y{"y", 0, ""}, x{"x", 0, ""};
    std::vector<std::string> channel_names;  ///< of all channels; empty when none is named
    /// Where planes lie in other files: these files' names, and how many planes the image has in all of them.
    std::vector<std::string> elsewhere;
    Index planes = 0;
};

/// The images that `description` tells of in file `file_name`, which has `pages` pages; empty when it is no OME-XML.
/// Error for XML that is damaged, for planes that are missing, or not arranged as a box of t, c and z, where the image
/// has a page in this file; images without one have no pages.
std::optional<std::vector<OmeImage>> parse_ome(const std::string& description, const std::string& file_name,
                                               Index pages);

/// OME-XML for pages of (y, x) that follow c fastest, then z, then t. UsageError for a dtype that OME has no word for.
std::string format_ome(const Axes& axes, const Dims& shape, DType dtype, const std::string& name);

}  // namespace levin::formats
