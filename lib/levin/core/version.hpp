/// The version of the library, set by CMake from the project's.
#pragma once
namespace levin {
/// "0.1.0"
const char* version();
}  // namespace levin
