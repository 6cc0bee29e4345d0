#include <png.h>

#include "levin/formats/versions.hpp"

namespace levin::formats {

std::string png_version() { return png_get_libpng_ver(nullptr); }

}  // namespace levin::formats
