/// Arrays whose elements lie at constant strides in a run of bytes: raw binary, .npy, uncompressed TIFF, a chunk that
/// no codec has changed.
#pragma once
#include "levin/core/region.hpp"
#include "levin/core/view.hpp"

namespace levin {

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

/// The smallest box that costs no more than it holds: the rest of a run is not read, nor read over as a gap.
Dims least_box(const Dims& shape, const Dims& strides, std::size_t element_size);

/// Bytes from the first to the end of the last element of a box, or more than any file has where they cannot be
/// counted.
Index strided_span(const Dims& shape, const Dims& strides, Index element_size);

/// Strides of an array whose axes, slowest first, are those of `shape` in C order, with `skip` bytes before each run
/// along the last axis.
Dims record_strides(const Dims& shape, std::size_t element_size, Index skip = 0);

}  // namespace levin
