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

/// How a program ends, and what it says.
struct Outcome {
    int status = 0;  ///< as a shell has it: 127 when it cannot be started
    std::string text;
};
/// Runs a program without input; `text` is what it prints, its messages too or without.
enum class Messages { kept, thrown_away };
Outcome run_program(std::vector<std::string> words, Messages messages);
/// What a program prints; none when it fails.
std::optional<std::string> output_of(std::vector<std::string> words);

/// Becomes another program; returns only by an error.
[[noreturn]] void become(std::vector<std::string> words);

}  // namespace levin::cli
