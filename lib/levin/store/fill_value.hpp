/// Fill values: one element in memory, and its JSON in either format's metadata.
#pragma once
#include "levin/core/dtype.hpp"
#include "levin/store/codec.hpp"

namespace levin::store {

/// The bytes of one element of `dtype`, in this machine's order. v3: true or false; an integer in range; a number,
/// "NaN", "Infinity",
/// "-Infinity" or "0x" and the IEEE bits; a pair of these for complex types. v2 also: null (undefined, so zero) and 5.0
/// for 5.
std::vector<std::byte> parse_fill_value(const Json& value, DType dtype, int zarr_format);
/// The JSON text of `value` as a fill value of `dtype`. UsageError when `dtype` cannot hold it.
std::string fill_value_text(double value, DType dtype);

}  // namespace levin::store
