/// Reading N5 (https://github.com/saalfeldlab/n5, "File-system specification"): a folder with attributes.json, one file
/// a block. Dimensions are listed fastest first there, so they are reversed here: x, y, z become axes (z, y, x).
///
/// Block types raw, gzip (with useZlib too), zstd, blosc and lz4; bzip2, xz and others are refused by name. Blocks at
/// the end may be stored whole or cut; one that is not stored is zeros. Blocks of objects are refused. Axes: the
/// attributes `axes` (letters), `resolution` with `units`, or `pixelResolution` with dimensions and unit, listed
/// fastest first as well; without `axes` they have no names, without the others no spacing.
#pragma once
#include <memory>
#include <string>

#include "levin/core/array.hpp"

namespace levin::store {

/// Whether `path` is a folder whose attributes.json is that of an N5 array or container.
bool is_n5(const std::string& path);

/// Error for a container (naming arrays in it), for what is damaged, and for anything unsupported, by name. Blocks are
/// decoded one at a time; damage is an Error naming the file. With `missing_is_error` a block that is not there is one.
std::unique_ptr<ArraySource> open_n5(const std::string& path, bool missing_is_error = false);

}  // namespace levin::store
