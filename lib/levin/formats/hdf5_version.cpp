#include <fmt/format.h>

#include "levin/formats/hdf5_file.hpp"
#include "levin/formats/versions.hpp"

namespace levin::formats {

std::string hdf5_version() {
    const Hdf5Lock lock;
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace levin::formats
