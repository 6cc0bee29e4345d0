#include <fmt/format.h>
#include <matio.h>

#include "levin/formats/versions.hpp"

namespace levin::formats {

std::string mat_version() {
    int major = 0, minor = 0, release = 0;
    Mat_GetLibraryVersion(&major, &minor, &release);
    return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace levin::formats
