/// Which image of an OME-TIFF, and where its pages are.
#pragma once
#include <optional>

#include "levin/formats/format.hpp"
#include "levin/formats/tiff_file.hpp"
#include "levin/formats/tiff_ome.hpp"

namespace levin::formats {

/// The image that --dataset's "::N" names, or the only one that has pages in this file. Empty for a file without
/// OME-XML, and where --pages says that the pages are to be taken as they are. Error that lists the images where there
/// is a choice. What lies in other files becomes a note.
std::optional<OmeImage> choose_ome_image(const InputFile& file, const TiffDirectories& all, const ReadOptions& options);
/// The directories of its pages, by t, c, z.
std::vector<Index> offsets_of(const OmeImage& image, const TiffDirectories& all);
/// Its name and those of its channels as JSON: {"ome_tiff": {"name": ..., "channels": [...]}}.
std::string attributes_of(const OmeImage& image);

/// The images of the file at `path`.
std::vector<Dataset> list_tiff(const std::string& path);

}  // namespace levin::formats
