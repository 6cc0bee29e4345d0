/// TIFF through libtiff: classic and BigTIFF, striped and tiled, both byte orders, every compression that libtiff was
/// built with.
///
/// Reading. Samples: 1 bit (as bool), 8 to 64 bit integers, float16, 32
/// and 64. Several samples a pixel are the axis c, whether they lie together or in planes. Palette images give their
/// indices and say so in the attribute `tiff.photometric`, as do grey images in which 0 is white: their values stay as
/// stored. Thumbnail pages are skipped. Pages must agree in shape and dtype. One page gives (y, x) or (c, y, x);
/// several give one more axis in front, whose name the file does not know. An ImageJ hyperstack gives t, c, z as its
/// description says, and reads beyond 4 GiB where only the first of its images has a directory. Spacing comes from the
/// resolution tags and ImageJ's description; 72 and 96 pixels an inch, and 1 a pixel, are what programs write that know
/// no spacing, and are no spacing here. Resolution in inches or cm is given in um.
///
/// OME-XML in the first page's description says which page is which t, c and z and how large pixels and intervals are;
/// of several images "::N" chooses one. Planes in other files are left to these, which are read when they are named
/// too: one file of a set is the part of the image that lies in it. Pages of lower resolution are skipped.
///
/// Writing. Pages follow c fastest, then z, then t; bool as 1 bit; BigTIFF above 3.9 GB. uint8, uint16 and float32
/// carry ImageJ's description; under a name like x.ome.tif OME-XML instead, with axes among t, c, z, y and x.
/// Compression none (default), lzw, deflate, packbits or zstd.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format tiff_format();
void write_tiff(const ArraySource& source, const std::string& path, const WriteOptions& options);
/// UsageError for an array that TIFF cannot hold.
void check_tiff(const ArrayInfo& info);

}  // namespace levin::formats
