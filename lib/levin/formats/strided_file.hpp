/// Arrays whose elements lie at constant strides in a file: raw binary, .npy, uncompressed TIFF, Thunder's records.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "levin/core/array.hpp"
#include "levin/core/strided_bytes.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {

/// The array in the files `paths`, read end to end as one sequence of bytes. No file is kept open between reads.
/// info.chunks is set here when it is empty.
/// Error when an element lies beyond the end.
std::unique_ptr<ArraySource> open_strided(std::string name, ArrayInfo info, std::vector<std::string> paths,
                                          StridedLayout layout);

}  // namespace levin::formats
