/// DCIMG, which Hamamatsu's cameras record: versions 7, 0x1000000 and 0x2000000, uint8 and uint16, one session.
///
/// The array is (t, y, x). The camera displaces four pixels (eight of uint8) of a row to a footer; they are put back.
/// Where rows are longer than the image the first pixels count, which a note says; --row-offset takes later ones. A
/// file that was cut off while recording is read as far as its frames are whole, which a note says too.
///
/// Attributes, in "dcimg": version, frames (as the header says), binning, crop {x, y, width, height} in pixels of the
/// sensor, and timestamps in seconds since 1970 UTC. Of more than 100,000 frames these are of every
/// timestamps_every-th. When no interval is further than half of the mean from it, that is the spacing of t.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format dcimg_format();

}  // namespace levin::formats
