#include "levin/store/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

constexpr int max_depth = 100;

/// Puts quotes around NaN, Infinity and -Infinity where they stand outside strings.
std::string quote_bare_words(std::string_view text) {
    std::string quoted;
    quoted.reserve(text.size());
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') inside = !inside;
        if (inside && text[i] == '\\' && i + 1 < text.size()) {
            quoted += text[i++];
        } else if (!inside) {
            bool replaced = false;
            for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
                if (text.substr(i, word.size()) != word) continue;
                quoted += fmt::format("\"{}\"", word);
                i += word.size() - 1;
                replaced = true;
                break;
            }
            if (replaced) continue;
        }
        quoted += text[i];
    }
    return quoted;
}

}  // namespace

Json parse_json(std::string_view text) {
    const bool bare_words = text.find("NaN") != text.npos || text.find("Infinity") != text.npos;
    const std::string quoted = bare_words ? quote_bare_words(text) : "";
    const std::string_view input = bare_words ? std::string_view(quoted) : text;
    const auto guard = [](int depth, Json::parse_event_t, Json&) {
        if (depth > max_depth) throw Error(fmt::format("JSON nested deeper than {} levels", max_depth));
        return true;
    };
    try {
        return Json::parse(input.begin(), input.end(), guard);
    } catch (const Json::exception& error) {
        const std::string_view what = error.what();
        const std::size_t tag = what.find("] ");  // nlohmann's messages begin with "[json.exception.parse_error.101] "
        throw Error(fmt::format("invalid JSON: {}", tag == what.npos ? what : what.substr(tag + 2)));
    }
}

const Json& member(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) throw Error(fmt::format("the field \"{}\" is missing", key));
    return *found;
}

std::string shown(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

void require_object(const Json& value, std::string_view where, std::initializer_list<std::string_view> known) {
    if (!value.is_object()) throw Error(fmt::format("{}: expected an object, found {}", where, shown(value)));
    for (const auto& item : value.items())
        if (std::find(known.begin(), known.end(), item.key()) == known.end())
            throw Error(fmt::format("{}: unknown member \"{}\"", where, item.key()));
}

std::string string_of(const Json& value, std::string_view where) {
    if (!value.is_string()) throw Error(fmt::format("{}: expected a string, found {}", where, shown(value)));
    return value.get<std::string>();
}

Index integer_of(const Json& value, std::string_view where, Index minimum, Index maximum) {
    const bool fits = value.is_number_unsigned()
                          ? value.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<Index>::max()}
                          : value.is_number_integer();
    if (fits && value.get<Index>() >= minimum && value.get<Index>() <= maximum) return value.get<Index>();
    const std::string range = minimum == maximum ? fmt::format("{}", minimum)
                              : maximum == std::numeric_limits<Index>::max()
                                  ? fmt::format("an integer of at least {}", minimum)
                                  : fmt::format("an integer from {} to {}", minimum, maximum);
    throw Error(fmt::format("{}: expected {}, found {}", where, range, shown(value)));
}

Dims dims_of(const Json& value, std::string_view where, Index minimum) {
    if (!value.is_array()) throw Error(fmt::format("{}: expected a list of integers, found {}", where, shown(value)));
    Dims dims;
    for (const Json& entry : value)
        dims.push_back(
            integer_of(entry, fmt::format("{}[{}]", where, dims.size()), minimum, std::numeric_limits<Index>::max()));
    return dims;
}

int level_of(const Json& configuration, int minimum, int maximum, int otherwise) {
    const auto found = configuration.find("level");
    if (found == configuration.end()) return otherwise;
    return static_cast<int>(integer_of(*found, "level", minimum, maximum));
}

}  // namespace levin::store
