#include "levin/formats/module.hpp"

#include <fmt/format.h>
#include <matio.h>

#include "levin/formats/mat/format.hpp"

namespace levin::formats {
namespace {

std::string library_version() {
    int major = 0, minor = 0, release = 0;
    Mat_GetLibraryVersion(&major, &minor, &release);
    return fmt::format("{}.{}.{}", major, minor, release);
}

const FormatModule contents{open_mat_source, list_mat, write_mat, check_mat, library_version};

}  // namespace
}  // namespace levin::formats

extern "C" const levin::Module levin_module;
const levin::Module levin_module{LEVIN_VERSION, &levin::formats::contents};
