/// The version of levin, as the build knows it.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace levin {

/// "0.1.0"
const char* version();

/// Names and versions of the libraries that a layer uses, for --version.
using LibraryVersions = std::vector<std::pair<std::string, std::string>>;

}  // namespace levin
