/// Other programs: the tools that are installed, and what they say of themselves.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace levin::cli {

/// Every program called levin-NAME, by name, with its path: in the folder of this program, its libexec/levin, then
/// PATH; the first folder wins.
std::map<std::string, std::string> find_tools();

/// What a program prints, run without input and with its messages thrown away; none when it fails.
std::optional<std::string> output_of(std::vector<std::string> words);

/// Becomes another program; returns only by an error.
[[noreturn]] void become(std::vector<std::string> words);

}  // namespace levin::cli
