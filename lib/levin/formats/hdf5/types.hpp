/// Data types of HDF5 and levin's.
#pragma once
#include <optional>
#include <string>

#include "levin/core/dtype.hpp"
#include "levin/formats/hdf5/file.hpp"

namespace levin::formats {

struct Hdf5Element {
    std::optional<DType> dtype;  ///< empty where levin has none
    bool swap = false;           ///< words are big-endian
    std::string name;            ///< as a user would call it
};

Hdf5Element hdf5_element(hid_t type);
/// Little-endian; bool and complex numbers as h5py has them.
Hdf5Id hdf5_type(DType dtype);

}  // namespace levin::formats
