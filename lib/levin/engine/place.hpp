/// Where results may go.
#pragma once
#include <string>

namespace levin::engine {

/// To be called before any work, for whatever a tool is about to make at `path` (which may begin with "FORMAT:"). Error
/// when the folder to hold it does not exist, which is more often a slip than a wish, or when it would lie inside a
/// Zarr array or a store in the making, among chunks that are not its own.
void check_place(const std::string& path);

}  // namespace levin::engine
