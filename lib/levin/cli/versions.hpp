/// The text of --version.
#pragma once
#include <string>

#include "levin/cli/manual.hpp"

namespace levin::cli {

/// "levin-filter (levin) 0.1.0" and a line for each library that the layers below cli use, and those of `manual`.
std::string version_text(const Manual& manual);

}  // namespace levin::cli
