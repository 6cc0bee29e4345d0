/// The versions of the codec libraries, for --version.
#pragma once
#include "levin/core/version.hpp"

namespace levin::store {

LibraryVersions library_versions();

}  // namespace levin::store
