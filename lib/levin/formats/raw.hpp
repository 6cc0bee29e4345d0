/// Raw binary: values and nothing else, so that shape, dtype and order must be said. `.raw` and `.bin`.
///
/// --shape names the axes in storage order, slowest first (--order C), or fastest first (--order F). A record is one
/// run along the fastest axis; --skip bytes stand before each. The file must hold exactly the records that the shape
/// asks for. The array is presented in OME order: a file of --shape z=2,x=87,y=76,t=240 reads as (t, z, y, x). Values
/// are little-endian. Writing: C order, little-endian, nothing else.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format raw_format();

}  // namespace levin::formats
