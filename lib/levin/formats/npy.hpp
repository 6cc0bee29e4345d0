/// NumPy's .npy, as numpy/lib/format.py describes it: magic, version, length of the header, a Python dict of descr,
/// fortran_order and shape, values.
///
/// Reading: versions 1 to 3, C and Fortran order, both byte orders, every dtype of core/dtype.hpp. Structured, object
/// and text dtypes are refused by name. The file must end with its last value. Axes have no names. Writing:
/// version 1.0, C order, little-endian.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format npy_format();

/// Writes the same through a function that takes bytes, as to a pipe.
void write_npy_stream(const ArraySource& source, const WriteOptions& options);

}  // namespace levin::formats
