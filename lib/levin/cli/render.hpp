/// The renderings of a tool's declaration: --help, the man page, and the lines from which completion is made.
#pragma once
#include <string>

#include "levin/cli/manual.hpp"
#include "levin/cli/parser.hpp"

namespace levin::cli {

/// The file name of a tool: "levin-filter" for "filter", "levin" for "levin".
std::string program_name(const std::string& tool);

/// "levin-filter [OPTIONS] KIND INPUT OUTPUT"
std::string usage_line(const Parser& parser);

/// Plain text of at most 80 columns (single words and preformatted lines may be longer).
std::string render_help(const Manual& manual, const Parser& parser);

/// A roff page of section 1 with the man macros. It carries the version and no date: the same declaration, the same
/// bytes.
std::string render_man_page(const Manual& manual, const Parser& parser);

/// What completion needs, one declaration a line, fields separated by tabs; see completion.hpp.
std::string render_completion(const Manual& manual, const Parser& parser);

// The pieces that help and man page have in common.

/// "-j, --threads N", "INPUT..."
std::string term_of(const Option& option);
/// The help text, with the choices (unless each has its own explanation) and the default.
std::string help_of(const Option& option);
/// Whether the choices come with help of their own, so that they are listed one by one.
bool explains_choices(const Option& option);
/// An entry of "see also": "levin-toseries(1)" for a tool, other references as they are.
std::string page_reference(const std::string& name);

/// The exit statuses in words, for help and man page.
struct StatusText {
    const char* status;
    const char* meaning;
};
extern const StatusText status_texts[5];

}  // namespace levin::cli
