/// Nodes of a hierarchy: what lies in a folder, and what a group holds.
#pragma once
#include <nlohmann/json.hpp>

#include "levin/store/codec.hpp"

namespace levin::store {

/// A node's kind and attributes, read from zarr.json, .zarray, .zgroup and .zattrs, in this order.
struct Node {
    enum class Kind { none, array, group } kind = Kind::none;
    int zarr_format = 3;
    Json attributes;  ///< of a group
};
/// Error for metadata that cannot be read.
Node read_node(const std::string& path);

/// Gives the group at `path` other attributes, by one rename; makes it when there is none, its folder must be there.
/// Copies of its members' metadata that zarr-python consolidated in it go: they are of the state before.
void write_group_attributes(const std::string& path, int zarr_format, const Json& attributes, bool fsync);

/// The paths of the images and arrays inside the group at `path`, sorted, at most `limit`; goes three levels deep.
std::vector<std::string> list_members(const std::string& path, std::size_t limit);

/// Metadata files longer than this are not read.
inline constexpr std::uint64_t max_metadata = std::uint64_t{256} << 20;

}  // namespace levin::store
