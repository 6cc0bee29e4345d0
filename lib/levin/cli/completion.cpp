#include "levin/cli/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "levin/cli/option.hpp"
#include "levin/cli/render.hpp"

namespace levin::cli {
namespace {

const std::vector<std::string> value_names{"none", "text", "path", "choice"};

/// The part of a help text that fits beside a word: up to its first stop, semicolon or example; no tabs, no line ends.
std::string in_short(const std::string& text) {
    std::size_t end = text.size();
    for (const char* stop : {". ", "; ", ", e.g."}) end = std::min(end, text.find(stop));
    std::string part = text.substr(0, end);
    for (char& c : part)
        if (c == '\t' || c == '\n') c = ' ';
    return part;
}

/// What can be typed of a choice: "zstd[:LEVEL]" -> "zstd", "percentile:Q" -> "percentile:".
std::string typeable(const std::string& choice) {
    const std::size_t bracket = choice.find('['), colon = choice.find(':');
    return bracket < colon ? choice.substr(0, bracket)
                           : choice.substr(0, colon == std::string::npos ? colon : colon + 1);
}

CompletionEntry entry_of(const Option& option) {
    CompletionEntry entry;
    entry.name = option.name;
    entry.short_name = option.short_name;
    entry.repeatable = option.repeatable;
    entry.help = in_short(option.help);
    using Value = CompletionEntry::Value;
    for (const Choice& choice : option.choices) entry.choices.push_back(typeable(choice.name));
    if (option.flag()) entry.value = Value::none;
    else if (!option.choices.empty()) entry.value = Value::choice;
    else entry.value = option.is_path ? Value::path : Value::text;
    return entry;
}

std::string write_entry(const char* kind, const CompletionEntry& entry) {
    std::string choices;
    for (const std::string& choice : entry.choices) choices += (choices.empty() ? "" : ",") + choice;
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", kind, entry.name, entry.short_name,
                       value_names[static_cast<std::size_t>(entry.value)], entry.repeatable ? "many" : "once", choices,
                       entry.help);
}

std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
        if (c == '\t') fields.emplace_back();
        else fields.back() += c;
    }
    return fields;
}

/// Names reach shell scripts unquoted, so nothing else gets in.
void require_plain(const std::string& name) {
    for (const char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && std::string("-_.:+|=/@%").find(c) == std::string::npos)
            throw Error(
                fmt::format("'{}' cannot be completed: only letters, digits and -_.:+|=/@% can be in a name", name));
}

CompletionEntry read_entry(const std::vector<std::string>& fields) {
    if (fields.size() != 7)
        throw Error("not a levin tool: a completion line has " + std::to_string(fields.size()) +
                    " fields instead of 7");
    CompletionEntry entry;
    entry.name = fields[1];
    entry.short_name = fields[2];
    entry.value = static_cast<CompletionEntry::Value>(detail::find_name(fields[3], value_names));
    entry.repeatable = fields[4] == "many";
    if (!fields[5].empty()) entry.choices = detail::split_list(fields[5]);
    entry.help = fields[6];
    require_plain(entry.name);
    require_plain(entry.short_name);
    for (const std::string& choice : entry.choices) require_plain(choice);
    return entry;
}

}  // namespace

std::string write_completion(const CompletionTool& tool) {
    std::string text = fmt::format("levin-completion\t1\t{}\t{}\t{}\n", tool.name, tool.group, tool.summary);
    for (const CompletionEntry& option : tool.options) text += write_entry("option", option);
    for (const CompletionEntry& argument : tool.arguments) text += write_entry("argument", argument);
    return text;
}

CompletionTool parse_completion(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> head = fields_of(line);
    if (head.size() != 5 || head[0] != "levin-completion" || head[1] != "1")
        throw Error("not a levin tool: no levin-completion line");
    CompletionTool tool{head[2], head[3], head[4], {}, {}};
    require_plain(tool.name);
    while (std::getline(lines, line)) {
        const std::vector<std::string> fields = fields_of(line);
        (fields[0] == "option" ? tool.options : tool.arguments).push_back(read_entry(fields));
    }
    return tool;
}

std::string render_completion(const Manual& manual, const Parser& parser) {
    CompletionTool tool{manual.name, manual.group, manual.summary, {}, {}};
    for (const Option& option : parser.options()) {
        if (option.is_hidden) continue;
        (option.positional() ? tool.arguments : tool.options).push_back(entry_of(option));
        if (option.negation.empty()) continue;
        tool.options.push_back(entry_of(option));
        tool.options.back().name = option.negation;
    }
    return write_completion(tool);
}

}  // namespace levin::cli
