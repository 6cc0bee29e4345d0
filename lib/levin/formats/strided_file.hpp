/// Arrays whose elements lie at constant strides in a file: raw binary, .npy, uncompressed TIFF, Thunder's records.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "levin/core/array.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {

/// Bytes to read from: one file, or several as if they were one.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    virtual void read(Index offset, void* to, Index bytes) = 0;
};

/// Where the elements are. Strides are in bytes, in the order of the array's axes, not negative.
struct StridedLayout {
    Index offset = 0;  ///< of element (0, ..., 0)
    Dims strides;
    bool swap = false;  ///< words are big-endian
};

/// The most that read_strided holds besides its output.
constexpr Index strided_scratch = Index{4} << 20;

/// Fills `out` with the elements in `region`. Reads runs of up to 4 MiB in file order; gaps below 64 KiB are read over,
/// which is cheaper than another system call or seek. Bytes of a bool that are not 0 become 1.
void read_strided(ByteSource& bytes, const StridedLayout& layout, const Region& region, const View& out);

/// A box that is cheap to read: the two axes of least stride, at most 8 MiB.
Dims cheap_chunks(const Dims& shape, const Dims& strides, std::size_t element_size);

/// Strides of an array whose axes, slowest first, are those of `shape` in C order, with `skip` bytes before each run
/// along the last axis.
Dims record_strides(const Dims& shape, std::size_t element_size, Index skip = 0);

/// The array in the files `paths`, read end to end as one sequence of bytes. No file is kept open between reads.
/// info.chunks is set here when it is empty.
/// Error when an element lies beyond the end.
std::unique_ptr<ArraySource> open_strided(std::string name, ArrayInfo info, std::vector<std::string> paths,
                                          StridedLayout layout);

}  // namespace levin::formats
