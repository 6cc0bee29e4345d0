/// How an array continues beyond its edges, SciPy's names and meanings (scipy.ndimage, "mode").
#pragma once
#include <string_view>

#include "levin/core/dims.hpp"

namespace levin {

enum class BorderMode {
    reflect,   ///< d c b a | a b c d | d c b a
    nearest,   ///< a a a a | a b c d | d d d d
    mirror,    ///< d c b | a b c d | c b a
    wrap,      ///< a b c d | a b c d | a b c d
    constant,  ///< k k k k | a b c d | k k k k
};

struct Border {
    BorderMode mode = BorderMode::reflect;
    double value = 0;  ///< k of constant
};

/// "reflect", "constant:3.5", ... UsageError otherwise.
Border parse_border(std::string_view text);
/// The index in [0, n) that stands at position `i` (any integer) of an axis of length n > 0; -1 for constant outside.
Index border_index(Index i, Index n, BorderMode mode);

}  // namespace levin
