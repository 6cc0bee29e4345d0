/// What the module does; formats/hdf5.hpp says what that means for the user.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

std::unique_ptr<ArraySource> open_hdf5_source(const std::string& path, const ReadOptions& options);
std::vector<Dataset> list_hdf5(const std::string& path);
void write_hdf5(const ArraySource& source, const std::string& path, const WriteOptions& options);
/// UsageError for an array that HDF5 cannot hold.
void check_hdf5(const ArrayInfo& info);

}  // namespace levin::formats
