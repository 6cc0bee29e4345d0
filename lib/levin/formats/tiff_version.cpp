#include <tiffio.h>

#include "levin/formats/versions.hpp"

namespace levin::formats {

std::string tiff_version() {
    // "LIBTIFF, Version 4.5.0\nCopyright ..."
    const std::string text = TIFFGetVersion();
    const std::size_t begin = text.find_first_of("0123456789");
    return text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin);
}

}  // namespace levin::formats
