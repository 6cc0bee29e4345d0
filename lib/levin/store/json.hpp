/// JSON text that came from anywhere, and its members with errors that name them. Only for .cpp files of this layer.
#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "levin/core/dims.hpp"
#include "levin/store/codec.hpp"

namespace levin::store {

/// Parses a whole document. Error says where the text goes wrong. Nesting deeper than 100 levels is refused. The bare
/// words NaN, Infinity and -Infinity, which Python's json module writes, become strings.
Json parse_json(std::string_view text);

/// The member called `key`; Error when it is missing.
const Json& member(const Json& object, const char* key);
/// Error unless `value` is an object with no members but `known`.
void require_object(const Json& value, std::string_view where, std::initializer_list<std::string_view> known);
std::string string_of(const Json& value, std::string_view where);
/// An integer in [minimum, maximum].
Index integer_of(const Json& value, std::string_view where, Index minimum, Index maximum);
/// A list of integers of at least `minimum`.
Dims dims_of(const Json& value, std::string_view where, Index minimum);
/// The value's text for a message, cut when it is long.
std::string shown(const Json& value);

/// Several codecs have one integer `level`: its value in [minimum, maximum], or `otherwise` when it is not there.
int level_of(const Json& configuration, int minimum, int maximum, int otherwise);

}  // namespace levin::store
