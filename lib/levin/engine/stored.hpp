/// Stores as INPUT: Zarr and N5, whole or a member of them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "levin/engine/sources.hpp"

namespace levin::engine {

struct StoreName {
    std::string path;
    int level = 0;  ///< of an OME-Zarr image
    bool is_n5 = false;
};

/// The store that INPUT names: PATH; PATH::MEMBER, an array in a group or container (of an OME-Zarr image: one of its
/// levels, with what the image says of it); PATH::N, level N of an image. Empty when nothing there is a store: then it
/// is a file, or an error of the formats'. UsageError when N and `level` are both said.
std::optional<StoreName> store_named(const std::string& input, int level);

/// What store::Array::open or store::open_n5 gives, with their errors.
Source open_store(const StoreName& name, bool missing_is_error);

/// The files by which `name` changes when it is made anew.
std::vector<std::string> metadata_files(const StoreName& name);

}  // namespace levin::engine
