/// Shell completion, made from what every tool says of itself with --help-completion.
#pragma once
#include <string>
#include <vector>

namespace levin::cli {

/// One option or argument as completion sees it.
struct CompletionEntry {
    std::string name;        ///< "--sigma", or "INPUT" for an argument
    std::string short_name;  ///< "-j", or empty
    enum class Value { none, text, path, choice } value = Value::none;
    bool repeatable = false;
    std::vector<std::string> choices;
    std::string help;  ///< the beginning of the option's help
};

struct CompletionTool {
    std::string name, group, summary;
    std::vector<CompletionEntry> options, arguments;
};

/// The lines of --help-completion, tab separated:
///   levin-completion  1  NAME  GROUP  SUMMARY
///   option    --sigma  -s|""  none|text|path|choice  once|many  choices,joined,by,commas  help
///   argument  INPUT    ""     ...
/// Throws Error for any other text, so that a stranger called levin-something is noticed.
CompletionTool parse_completion(const std::string& text);
std::string write_completion(const CompletionTool& tool);

/// The completion script for `shell` (bash, zsh or fish) covering `levin TOOL` and each levin-TOOL; UsageError for
/// another shell.
std::string completion_script(const std::string& shell, const std::vector<CompletionTool>& tools);

}  // namespace levin::cli
