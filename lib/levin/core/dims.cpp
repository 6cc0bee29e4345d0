#include "levin/core/dims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "levin/core/error.hpp"

namespace levin {

Index product(const Dims& dims) {
    Index total = 1;
    bool overflow = false, zero = false;
    for (const Index n : dims) {
        if (n < 0) throw Error(fmt::format("negative size {} in shape {}", n, to_string(dims)));
        if (n == 0) zero = true;
        else overflow |= __builtin_mul_overflow(total, n, &total);
    }
    if (zero) return 0;
    if (overflow) throw Error(fmt::format("shape {} has more elements than 64 bits can count", to_string(dims)));
    return total;
}

std::size_t byte_count(const Dims& dims, std::size_t element_size) {
    Index bytes = 0;
    if (__builtin_mul_overflow(product(dims), static_cast<Index>(element_size), &bytes))
        throw Error(fmt::format("shape {} with {} bytes an element has more bytes than 64 bits can count",
                                to_string(dims), element_size));
    return static_cast<std::size_t>(bytes);
}

std::string to_string(const Dims& dims) {
    return dims.size() == 1 ? fmt::format("({},)", dims[0]) : fmt::format("({})", fmt::join(dims, ", "));
}

}  // namespace levin
