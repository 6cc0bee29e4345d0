/// Tables as CSV: a header line, commas, the shortest digits that read back the same, "nan" for no data.
#pragma once
#include <string>
#include <vector>

#include "levin/core/array.hpp"

namespace levin::engine {

struct Column {
    std::string name;
    ConstView values;  ///< any shape and real dtype, read in C order; all columns have the same count
};

/// Writes a table through a partial file and a rename. Error when `path` exists and `force` is not given.
void write_csv(const std::string& path, const std::vector<Column>& columns, bool force);
/// Error when `path` exists and `force` is not given, or cannot be where it is (check_place): to be called before the
/// work.
void check_table_path(const std::string& path, bool force);

/// Owns the index columns of an array: one per axis with the index, and one with the position where the axis has a
/// spacing ("t", "t [s]").
class IndexColumns {
  public:
    IndexColumns(const Dims& shape, const Axes& axes);
    std::vector<Column> columns() const;

  private:
    std::vector<std::string> names_;
    std::vector<OwnedArray> values_;
};

}  // namespace levin::engine
