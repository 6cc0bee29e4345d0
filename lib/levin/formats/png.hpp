/// PNG through libpng: one image, 8 or 16 bits a sample.
///
/// Reading: grey gives (y, x); grey with alpha, RGB and RGBA give (c, y, x). Grey of 1, 2 and 4 bits is expanded to
/// 0..255, a palette to RGB. Values are as stored: no gamma. Rows are decoded from the top each time, so an image is
/// best read whole. Writing: (y, x) or (c, y, x) with 3 or 4 channels, of uint8, uint16 or bool (1 bit).
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format png_format();

}  // namespace levin::formats
