/// Strided N-d views of memory that somebody else owns, and the copies between them.
#pragma once
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"
#include "levin/core/region.hpp"

namespace levin {

template <class Byte>
struct BasicView {
    Byte* data = nullptr;  ///< element (0, ..., 0)
    DType dtype = DType::uint8;
    Dims shape;
    Dims strides;  ///< in bytes; may be 0 or negative

    BasicView() = default;
    BasicView(Byte* data_, DType dtype_, Dims shape_, Dims strides_)
        : data(data_), dtype(dtype_), shape(std::move(shape_)), strides(std::move(strides_)) {}
    /// A mutable view reads too.
    template <class Other>
    requires std::is_same_v<const Other, Byte> BasicView(const BasicView<Other>& other)
        : BasicView(other.data, other.dtype, other.shape, other.strides) {}

    std::size_t rank() const { return shape.size(); }
    Index count() const { return product(shape); }
    /// True when the elements lie one after another in C order.
    bool is_contiguous() const;
    /// The part inside `region`, which must lie within the shape.
    BasicView sub(const Region& region) const;
    /// The first element as T; T must be the dtype's type. Meaningful as an array only when contiguous.
    template <class T>
    auto as() const {
        return reinterpret_cast<std::conditional_t<std::is_const_v<Byte>, const T*, T*>>(data);
    }
};
using View = BasicView<std::byte>;
using ConstView = BasicView<const std::byte>;

/// Byte strides of a C-order array.
Dims c_strides(const Dims& shape, std::size_t element_size);
View contiguous(void* data, DType dtype, Dims shape);
ConstView contiguous(const void* data, DType dtype, Dims shape);
/// The same memory with axis i of the result being axis order[i] of `view`.
template <class Byte>
BasicView<Byte> permuted(const BasicView<Byte>& view, const std::vector<std::size_t>& order) {
    BasicView<Byte> result = view;
    for (std::size_t i = 0; i < order.size(); ++i) {
        result.shape[i] = view.shape[order[i]];
        result.strides[i] = view.strides[order[i]];
    }
    return result;
}

/// Copies every element; shapes and dtypes must agree. Works through cache-sized tiles when the two memory orders
/// differ.
void copy(const ConstView& from, const View& to);
/// Sets every element to the size_of(dtype) bytes at `value`.
void fill(const View& to, const void* value);
/// Reverses the bytes of every word (half a complex number) in place. Contiguous views only.
void swap_bytes(const View& view);

/// What convert does with a value that the target type cannot hold. It never wraps.
enum class OutOfRange { refuse, clip };
/// Copies with conversion. Float to integer rounds to nearest, ties to even; NaN to an integer is out of range (0 when
/// clipped). Integer to float and float to a narrower float round once; a finite value that would become infinite is
/// out of range. Real to complex has imaginary part 0; complex to real is refused. To bool: 0 is false, all else true.
/// Error (not UsageError) names the first value that does not fit.
void convert(const ConstView& from, const View& to, OutOfRange policy = OutOfRange::refuse);

/// Uninitialised memory, aligned to 64 bytes, from blocks.hpp. Throws TransientError, naming the size, when there is
/// none.
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(std::size_t bytes);
    std::byte* data() { return data_.get(); }
    const std::byte* data() const { return data_.get(); }
    std::size_t size() const { return size_; }
    template <class T>
    T* as() {
        return reinterpret_cast<T*>(data_.get());
    }
    template <class T>
    const T* as() const {
        return reinterpret_cast<const T*>(data_.get());
    }
    /// Grows (contents lost) so that at least `bytes` fit.
    void reserve(std::size_t bytes);

  private:
    struct Free {
        std::size_t size;
        void operator()(std::byte* block) const;
    };
    static std::size_t allocated(std::size_t bytes) { return bytes > 0 ? bytes : 1; }  // so that data() is never null
    std::unique_ptr<std::byte, Free> data_;
    std::size_t size_ = 0;
};

/// A C-order array that owns its memory.
struct OwnedArray {
    Buffer buffer;
    View view;
    OwnedArray() = default;
    OwnedArray(DType dtype, Dims shape);
};

}  // namespace levin
