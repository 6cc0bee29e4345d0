#include "levin/formats/hdf5/types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace levin::formats {
namespace {

/// IEEE binary16, of which the library has no name.
Hdf5Id half_type(bool big_endian) {
    Hdf5Id type(H5Tcopy(big_endian ? H5T_IEEE_F32BE : H5T_IEEE_F32LE), H5Tclose);
    H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
    H5Tset_size(type.get(), 2);
    H5Tset_ebias(type.get(), 15);
    return type;
}

Hdf5Element number_element(hid_t type) {
    const std::array<std::pair<hid_t, DType>, 10> little{{{H5T_STD_I8LE, DType::int8},
                                                          {H5T_STD_I16LE, DType::int16},
                                                          {H5T_STD_I32LE, DType::int32},
                                                          {H5T_STD_I64LE, DType::int64},
                                                          {H5T_STD_U8LE, DType::uint8},
                                                          {H5T_STD_U16LE, DType::uint16},
                                                          {H5T_STD_U32LE, DType::uint32},
                                                          {H5T_STD_U64LE, DType::uint64},
                                                          {H5T_IEEE_F32LE, DType::float32},
                                                          {H5T_IEEE_F64LE, DType::float64}}};
    const std::array<hid_t, 10> big{H5T_STD_I8BE,  H5T_STD_I16BE, H5T_STD_I32BE, H5T_STD_I64BE,  H5T_STD_U8BE,
                                    H5T_STD_U16BE, H5T_STD_U32BE, H5T_STD_U64BE, H5T_IEEE_F32BE, H5T_IEEE_F64BE};
    for (std::size_t i = 0; i < little.size(); ++i) {
        const bool is_little = H5Tequal(type, little[i].first) > 0;
        if (!is_little && H5Tequal(type, big[i]) <= 0) continue;
        return {little[i].second, !is_little, std::string(name_of(little[i].second))};
    }
    for (const bool is_big : {false, true})
        if (H5Tequal(type, half_type(is_big).get()) > 0) return {DType::float16, is_big, "float16"};
    return {{}, false, fmt::format("number of {} bytes with an unusual layout", H5Tget_size(type))};
}

/// h5py's bool is an enumeration of int8, FALSE 0 and TRUE 1; another one gives its numbers.
Hdf5Element enum_element(hid_t type) {
    const Hdf5Id base(H5Tget_super(type), H5Tclose);
    Hdf5Element element = number_element(base.get());
    std::int8_t no = -1, yes = -1;
    if (element.dtype == DType::int8 && H5Tget_nmembers(type) == 2 && H5Tenum_valueof(type, "FALSE", &no) >= 0 &&
        H5Tenum_valueof(type, "TRUE", &yes) >= 0 && no == 0 && yes == 1)
        return {DType::boolean, false, "bool"};
    H5Eclear2(H5E_DEFAULT);
    return element;
}

std::string member_name(hid_t type, unsigned i) {
    char* text = H5Tget_member_name(type, i);
    const std::string name = text ? text : "";
    H5free_memory(text);
    return name;
}

/// Complex numbers are a pair of equal floats: (r, i) of h5py, (real, imag) of MATLAB.
Hdf5Element compound_element(hid_t type) {
    const int members = H5Tget_nmembers(type);
    if (members != 2) return {{}, false, fmt::format("compound of {}", std::max(members, 0))};
    const std::string names = member_name(type, 0) + "," + member_name(type, 1);
    const Hdf5Id real(H5Tget_member_type(type, 0), H5Tclose), imaginary(H5Tget_member_type(type, 1), H5Tclose);
    const Hdf5Element part = number_element(real.get());
    const std::size_t size = H5Tget_size(real.get());
    const bool is_pair = H5Tequal(real.get(), imaginary.get()) > 0 && H5Tget_member_offset(type, 0) == 0 &&
                         H5Tget_member_offset(type, 1) == size && H5Tget_size(type) == 2 * size;
    if (is_pair && (names == "r,i" || names == "real,imag" || names == "re,im")) {
        if (part.dtype == DType::float32) return {DType::complex64, part.swap, "complex64"};
        if (part.dtype == DType::float64) return {DType::complex128, part.swap, "complex128"};
    }
    return {{}, false, "compound (" + names + ")"};
}

/// FALSE and TRUE, as h5py has them.
Hdf5Id bool_type() {
    Hdf5Id type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    const std::int8_t no = 0, yes = 1;
    H5Tenum_insert(type.get(), "FALSE", &no);
    H5Tenum_insert(type.get(), "TRUE", &yes);
    return type;
}

Hdf5Id complex_type(hid_t part) {
    const std::size_t size = H5Tget_size(part);
    Hdf5Id type(H5Tcreate(H5T_COMPOUND, 2 * size), H5Tclose);
    H5Tinsert(type.get(), "r", 0, part);
    H5Tinsert(type.get(), "i", size, part);
    return type;
}

}  // namespace

Hdf5Element hdf5_element(hid_t type) {
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
        case H5T_FLOAT:
            return number_element(type);
        case H5T_ENUM:
            return enum_element(type);
        case H5T_COMPOUND:
            return compound_element(type);
        case H5T_STRING:
            return {{}, false, "string"};
        case H5T_REFERENCE:
            return {{}, false, "reference"};
        case H5T_VLEN:
            return {{}, false, "variable length"};
        case H5T_ARRAY:
            return {{}, false, "array"};
        case H5T_BITFIELD:
            return {{}, false, "bit field"};
        case H5T_OPAQUE:
            return {{}, false, "opaque"};
        default:
            return {{}, false, "unknown"};
    }
}

Hdf5Id hdf5_type(DType dtype) {
    const auto number = [](hid_t type) { return Hdf5Id(H5Tcopy(type), H5Tclose); };
    switch (dtype) {
        case DType::boolean:
            return bool_type();
        case DType::int8:
            return number(H5T_STD_I8LE);
        case DType::int16:
            return number(H5T_STD_I16LE);
        case DType::int32:
            return number(H5T_STD_I32LE);
        case DType::int64:
            return number(H5T_STD_I64LE);
        case DType::uint8:
            return number(H5T_STD_U8LE);
        case DType::uint16:
            return number(H5T_STD_U16LE);
        case DType::uint32:
            return number(H5T_STD_U32LE);
        case DType::uint64:
            return number(H5T_STD_U64LE);
        case DType::float16:
            return half_type(false);
        case DType::float32:
            return number(H5T_IEEE_F32LE);
        case DType::float64:
            return number(H5T_IEEE_F64LE);
        case DType::complex64:
            return complex_type(H5T_IEEE_F32LE);
        case DType::complex128:
            break;
    }
    return complex_type(H5T_IEEE_F64LE);
}

}  // namespace levin::formats
