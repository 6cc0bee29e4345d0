#include "levin/core/border.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "levin/core/error.hpp"

namespace levin {

Border parse_border(std::string_view text) {
    if (text == "reflect") return {BorderMode::reflect};
    if (text == "nearest") return {BorderMode::nearest};
    if (text == "mirror") return {BorderMode::mirror};
    if (text == "wrap") return {BorderMode::wrap};
    if (text == "constant") return {BorderMode::constant};
    constexpr std::string_view prefix = "constant:";
    if (text.starts_with(prefix)) {
        Border border{BorderMode::constant};
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, border.value);
        if (error == std::errc{} && stop == end) return border;
    }
    throw UsageError(fmt::format(
        "unknown border mode '{}': expected reflect, nearest, mirror, wrap, constant or constant:VALUE", text));
}

Index border_index(Index i, Index n, BorderMode mode) {
    if (i >= 0 && i < n) return i;
    const auto modulo = [](Index a, Index period) { return a % period + (a % period < 0 ? period : 0); };
    switch (mode) {
        case BorderMode::reflect: {
            const Index folded = modulo(i, 2 * n);
            return folded < n ? folded : 2 * n - 1 - folded;
        }
        case BorderMode::nearest:
            return i < 0 ? 0 : n - 1;
        case BorderMode::mirror: {
            if (n == 1) return 0;
            const Index folded = modulo(i, 2 * n - 2);
            return folded < n ? folded : 2 * n - 2 - folded;
        }
        case BorderMode::wrap:
            return modulo(i, n);
        case BorderMode::constant:
            break;
    }
    return -1;
}

}  // namespace levin
