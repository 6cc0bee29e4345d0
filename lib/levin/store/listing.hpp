/// What is in a store, in words and numbers: for people and for tools that walk over a group.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "levin/store/array.hpp"

namespace levin::store {

/// The arrays at `path`, relative to it: "" for an array, the members' paths for a group. An OME-Zarr image counts as
/// one array, "", unless all of its levels are asked for.
std::vector<std::string> list_arrays(const std::string& path, bool all_levels = false);

struct Description {
    int zarr_format = 3;
    std::string codecs;  ///< "bytes, zstd"; shards with their inner codecs in brackets
};
Description describe(const Array& array);

/// The units that are stored, and the bytes of each. Costs a look at every unit, or a listing of a bucket; empty when
/// there are more than `limit` units, and at a URL where nothing can be listed.
std::optional<std::vector<std::pair<Index, std::size_t>>> stored_units(const Array& array, Index limit = 1000000);

/// The sum of these.
struct Storage {
    std::size_t bytes = 0;
    Index stored = 0;
};
std::optional<Storage> measure(const Array& array, Index limit = 1000000);

}  // namespace levin::store
