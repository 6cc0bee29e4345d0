/// The head of NumPy's .npy: magic, version, length, and a Python dict of descr, fortran_order and shape.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "levin/core/dims.hpp"
#include "levin/core/dtype.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

struct NpyHeader {
    DType dtype = DType::uint8;
    bool swapped = false;  ///< words are big-endian
    bool fortran_order = false;
    Dims shape;
    Index bytes = 0;  ///< of the head: where the values begin
};

/// Reads a head through read(to, bytes), which fills `to` or throws. Error for what is no .npy, or has elements that
/// levin does not know.
NpyHeader read_npy_header(const std::function<void(void* to, Index bytes)>& read);

struct NpyArray {
    ArrayInfo info;
    StridedLayout layout;  ///< from the begin of the .npy
};
/// What lies behind a head that `found` bytes of values follow; Error unless they are as many as it says.
NpyArray npy_array(const NpyHeader& header, Index found);

/// The head of a C-order, little-endian array; values begin at a multiple of 64 bytes, so that they can be mapped.
std::string npy_header(const Dims& shape, DType dtype);

}  // namespace levin::formats
