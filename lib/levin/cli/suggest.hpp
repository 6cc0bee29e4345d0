/// "Did you mean ...?"
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace levin::cli {

/// Edits (insert, delete, replace a letter, swap two neighbours) from `a` to `b`: the optimal string alignment
/// distance.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, the first of equals, when near enough to be a typing error; else empty.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace levin::cli
