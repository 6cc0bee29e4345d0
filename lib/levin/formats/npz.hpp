/// NumPy's .npz, zip archives of .npy as numpy.savez and savez_compressed write them, as FILE::NAME. Read only.
///
/// A file alone means its only array. What is stored is read in place; what is compressed as GzipFile does, with its
/// checksum where it is read from begin to end.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

Format npz_format();

}  // namespace levin::formats
