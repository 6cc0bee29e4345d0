/// The text of --version.
#pragma once
#include <string>

namespace levin::cli {

/// "levin-filter (levin) 0.1.0" and a line for each library that the layers below cli use.
std::string version_text(const std::string& program);

}  // namespace levin::cli
