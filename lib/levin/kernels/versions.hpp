/// The versions of the libraries behind the kernels, for --version.
#pragma once
#include "levin/core/version.hpp"

namespace levin::kernels {

std::string fftw_version();

inline LibraryVersions library_versions() { return {{"FFTW", fftw_version()}}; }

}  // namespace levin::kernels
