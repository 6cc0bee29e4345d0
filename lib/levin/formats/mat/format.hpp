/// What the module does; formats/mat.hpp says what that means for the user.
#pragma once
#include "levin/formats/format.hpp"

namespace levin::formats {

std::unique_ptr<ArraySource> open_mat_source(const std::string& path, const ReadOptions& options);
std::vector<Dataset> list_mat(const std::string& path);
void write_mat(const ArraySource& source, const std::string& path, const WriteOptions& options);
/// UsageError for an array that a MAT file of version 5 cannot hold.
void check_mat(const ArrayInfo& info);

}  // namespace levin::formats
