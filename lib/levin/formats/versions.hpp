/// The versions of the libraries behind the formats, for --version. Each is asked in the one kind of file that may
/// include it.
#pragma once
#include "levin/core/version.hpp"

namespace levin::formats {

std::string tiff_version();
std::string png_version();
std::string hdf5_version();
std::string mat_version();

inline LibraryVersions library_versions() {
    return {{"libtiff", tiff_version()}, {"libpng", png_version()}, {"HDF5", hdf5_version()}, {"matio", mat_version()}};
}

}  // namespace levin::formats
