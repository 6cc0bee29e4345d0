/// HDF5 through libhdf5: any dataset of numbers, as FILE::/path/of/dataset.
///
/// Reading. Integers of 8 to 64 bits, float16, 32 and 64, h5py's bool and complex numbers, either byte order; values in
/// one piece or in chunks, filters gzip, shuffle, fletcher32, scaleoffset, and szip where the library has it. Others
/// (lzf, blosc, ...) are refused by name, and so is all that lies in other files: external storage, virtual datasets,
/// external links. A file alone means its only dataset of two or more axes, or the only series of NWB's acquisition.
/// Axes come from DIMENSION_LABELS; NWB's series are (t, x, y[, z]), BigDataViewer's cells and Imaris's data (z, y, x).
/// MATLAB (v7.3) stores its axes in reverse: A(row, column, frame) is (frame, column, row) in the file and is read as
/// (frame, y, x), as are all of its arrays, the last two axes swapped so that rows are y. Attributes are kept.
///
/// Writing. One dataset (/data unless named), in chunks of up to 1 MiB like the source's, gzip or none, the axis t
/// without limit; labels, spacing and attributes as reading wants them. h5py reads all of it.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format hdf5_format();

}  // namespace levin::formats
