#include "levin/formats/module.hpp"

#include <fmt/format.h>

#include "levin/formats/hdf5/file.hpp"
#include "levin/formats/hdf5/format.hpp"

namespace levin::formats {
namespace {

std::string library_version() {
    const Hdf5Lock lock;
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("{}.{}.{}", major, minor, release);
}

const FormatModule contents{open_hdf5_source, list_hdf5, write_hdf5, check_hdf5, library_version};

}  // namespace
}  // namespace levin::formats

extern "C" const levin::Module levin_module;
const levin::Module levin_module{LEVIN_VERSION, &levin::formats::contents};
