/// Groups: one level of an OME-Zarr image, and what else a group holds.
#pragma once
#include <nlohmann/json.hpp>

#include "levin/core/axes.hpp"
#include "levin/store/codec.hpp"

namespace levin::store {

/// A resolution level of an OME-Zarr image (0.4: attribute `multiscales`; 0.5: `ome.multiscales`).
struct ImageLevel {
    std::string path;  ///< of its array, inside the group
    Axes axes;         ///< empty when the metadata name none
};

/// Whether a group's attributes describe an OME-Zarr image.
bool is_image(const Json& attributes);
/// Error names the field at fault; UsageError for a level that the image does not have.
ImageLevel image_level(const Json& attributes, int level);

/// A node's kind and attributes, read from zarr.json, .zarray, .zgroup and .zattrs, in this order.
struct Node {
    enum class Kind { none, array, group } kind = Kind::none;
    int zarr_format = 3;
    Json attributes;  ///< of a group
};
/// Error for metadata that cannot be read.
Node read_node(const std::string& path);

/// The paths of the images and arrays inside the group at `path`, sorted, at most `limit`; goes three levels deep.
std::vector<std::string> list_members(const std::string& path, std::size_t limit);

/// Metadata files longer than this are not read.
inline constexpr std::uint64_t max_metadata = std::uint64_t{256} << 20;

}  // namespace levin::store
