/// What an array is, and the one interface through which arrays are read, whatever they are stored in.
#pragma once
#include <string>

#include "levin/core/axes.hpp"
#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"
#include "levin/core/region.hpp"
#include "levin/core/view.hpp"

namespace levin {

struct ArrayInfo {
    Dims shape;
    DType dtype = DType::uint8;
    Axes axes;    ///< one per dimension; an axis the source does not know has an empty name
    Dims chunks;  ///< the unit in which reading is cheap: a chunk, a TIFF page. Entries > 0
    /// The source's other attributes as JSON object text, `levin` included, `dimension_units` not (that is in `axes`).
    std::string attributes = "{}";
    std::size_t rank() const { return shape.size(); }
    std::size_t element_size() const { return size_of(dtype); }
    std::size_t bytes() const { return byte_count(shape, element_size()); }
};

/// An N-d array that can be read box by box. Implementations are safe to read from several threads.
class ArraySource {
  public:
    virtual ~ArraySource() = default;
    virtual const ArrayInfo& info() const = 0;
    /// Fills `out` (shape region.shape, dtype info().dtype, any strides) with the elements in `region`, which must lie
    /// inside the array.
    virtual void read(const Region& region, const View& out) const = 0;
    /// Bytes that one call of read may hold besides `out`.
    virtual std::size_t scratch_bytes() const = 0;
    /// The smallest box, entries > 0, that costs no more than it holds: a chunk where chunks are decoded whole, less where
    /// elements are stored as they are.
    virtual Dims granule() const { return info().chunks; }
    /// For messages: the path as the user gave it.
    virtual std::string name() const = 0;

    /// Whether the array comes once, chunk by chunk in C order, as from a pipe: what is asked for late, or again, must
    /// be kept until then. Sources over other sources hand this on, and `expect` too.
    virtual bool comes_once() const { return false; }
    /// Announces `times` calls of read for exactly this region; a negative number takes them back. What has been read
    /// as often as announced is forgotten, what nobody announces is kept. Call it before the first of these reads.
    virtual void expect(const Region& /*region*/, Index /*times*/) const {}
};

}  // namespace levin
