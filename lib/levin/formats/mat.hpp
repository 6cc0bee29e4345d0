/// MATLAB's MAT files of version 5 (save -v6 and -v7), as FILE::VARIABLE. Those of version 7.3 are HDF5, see hdf5.hpp.
///
/// Reading through matio: any array of numbers, real or complex, and of logicals. MATLAB's A(row, column, frame) is
/// read as (frame, y, x), as from version 7.3: the axes in reverse, and of the last two y before x. A file alone means
/// its only such variable. Parts of plain variables are read in place, a compressed one is decoded up to the part.
/// Strings, cells, structures, objects and sparse matrices are refused by name.
///
/// Writing, of our own because matio takes an array whole: one variable ("data" unless named), compressed, in bounded
/// memory. The reverse of reading: (t, y, x) is A(y, x, t); an array of one axis is a column. 2 GiB at most, which is
/// the version's limit. Names of axes and spacing have no place in these files.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format mat_format();

}  // namespace levin::formats
