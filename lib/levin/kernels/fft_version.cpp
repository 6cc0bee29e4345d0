#include <fftw3.h>

#include "levin/kernels/versions.hpp"

namespace levin::kernels {

/// "fftw-3.3.10-sse2-avx" -> "3.3.10"
std::string fftw_version() {
    const std::string text = ::fftw_version;
    const std::size_t begin = text.find('-') + 1;
    return text.substr(begin, text.find('-', begin) - begin);
}

}  // namespace levin::kernels
