/// What info says of OME-Zarr images and of what lies in a store.
#pragma once
#include <nlohmann/json.hpp>

#include "levin/engine/stored.hpp"
#include "levin/formats/format.hpp"

namespace levin::tool {

/// Version, name, levels, channels and labels of the image that `name` is, or of which it is a level; null for an
/// array.
nlohmann::ordered_json describe_image(const engine::StoreName& name);
/// The same as lines: a heading and what stands after it.
std::vector<std::pair<std::string, std::string>> lines_of_image(const nlohmann::ordered_json& image);

/// The arrays in a store by the names after "::": of an image its levels and label images, of another group its
/// members. UsageError for a store that is one array.
std::vector<formats::Dataset> list_store(const std::string& path);

/// Names come from the file: what would move a terminal's cursor is shown as '?'.
std::string printable(std::string text);

}  // namespace levin::tool
