/// Per-axis quantities (shapes, chunk shapes, origins), in storage order, slowest axis first.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace levin {

using Index = std::int64_t;
using Dims = std::vector<Index>;

/// The product of all entries, 1 for none. Error when it overflows 63 bits or an entry is negative.
Index product(const Dims& dims);
/// product(dims) * element_size as a byte count; Error on overflow.
std::size_t byte_count(const Dims& dims, std::size_t element_size);
/// a / b rounded up, for a >= 0, b > 0.
constexpr Index ceil_div(Index a, Index b) { return a / b + (a % b != 0); }
/// "(5, 19, 23)", as NumPy prints shapes.
std::string to_string(const Dims& dims);

}  // namespace levin
