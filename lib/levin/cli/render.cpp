#include "levin/cli/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace levin::cli {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t help_column = 26;

std::size_t columns(const std::string& text) {  // code points; levin's texts have no wide or combining ones
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
    return count;
}

/// `text` filled to `width`, following lines indented by `indent`; the first begins at column `at`.
std::string fill(const std::string& text, std::size_t indent, std::size_t at) {
    std::string filled;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        begin = end + 1;
        if (word.empty()) continue;
        if (at > indent && at + 1 + columns(word) > width) {
            filled += '\n' + std::string(indent, ' ');
            at = indent;
        } else if (at > indent) {
            filled += ' ';
            ++at;
        }
        filled += word;
        at += columns(word);
    }
    return filled + '\n';
}

/// "smooth images" -> "Smooth images."
std::string sentence(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text + ".";
}

/// "  --sigma SIZE           help", the help in a column of its own.
std::string entry(const std::string& term, const std::string& help, std::size_t indent, std::size_t column) {
    std::string line = std::string(indent, ' ') + term;
    if (help.empty()) return line + '\n';
    if (columns(line) + 2 > column) line += '\n' + std::string(column, ' ');
    else line.resize(line.size() + column - columns(line), ' ');
    return line + fill(help, column, column);
}

std::string render_option(const Option& option) {
    std::string text = entry(term_of(option), help_of(option), 2, help_column);
    if (!explains_choices(option)) return text;
    for (const Choice& choice : option.choices)
        text += entry(choice.name, choice.help, help_column + 2, help_column + 14);
    return text;
}

std::string render_options(const Parser& parser, const std::string& group, bool positional) {
    std::string text;
    for (const Option& option : parser.options())
        if (!option.is_hidden && option.positional() == positional && (positional || option.group == group))
            text += render_option(option);
    return text;
}

}  // namespace

const StatusText status_texts[5] = {{"0", "done"},
                                    {"1", "the work failed"},
                                    {"2", "the request can never be right; nothing was done"},
                                    {"75", "a system call failed that may pass on another try, such as a full disk"},
                                    {"128+n", "stopped by signal n; --resume goes on where it stopped"}};

std::string term_of(const Option& option) {
    if (option.positional()) return option.name + (option.repeatable ? "..." : "");
    std::string term = option.short_name.empty() ? option.name : option.short_name + ", " + option.name;
    if (!option.negation.empty()) term += ", " + option.negation;
    return option.metavar.empty() ? term : term + " " + option.metavar;
}

std::string help_of(const Option& option) {
    std::string help = option.help;
    if (!explains_choices(option) && !option.choices.empty()) {
        std::string names;
        for (const Choice& choice : option.choices) names += (names.empty() ? "" : ", ") + choice.name;
        help += "; one of " + names;
    }
    if (!option.needed && !option.default_text.empty()) help += fmt::format(" [default: {}]", option.default_text);
    return help;
}

bool explains_choices(const Option& option) {
    return std::any_of(option.choices.begin(), option.choices.end(),
                       [](const Choice& choice) { return !choice.help.empty(); });
}

std::string page_reference(const std::string& name) {
    const bool is_tool = name.find_first_of(". /(") == std::string::npos;
    return is_tool ? program_name(name) + "(1)" : name;
}

std::string program_name(const std::string& tool) { return tool == "levin" ? tool : LEVIN_TOOL_PREFIX + tool; }

std::string usage_line(const Parser& parser) {
    std::string line = program_name(parser.tool()) + " [OPTIONS]";
    for (const Option& option : parser.options()) {
        if (option.positional()) line += option.needed ? " " + term_of(option) : " [" + term_of(option) + "]";
        else if (option.needed) line += " " + option.name + " " + option.metavar;
    }
    return line;
}

std::string render_help(const Manual& manual, const Parser& parser) {
    std::string text = "Usage: " + fill(usage_line(parser), 9, 7);
    text += '\n' + fill(sentence(manual.summary), 0, 0);
    for (const std::string& paragraph : manual.description)
        text += '\n' + (paragraph.starts_with("  ") ? paragraph + '\n' : fill(paragraph, 0, 0));
    const std::string arguments = render_options(parser, "", true);
    if (!arguments.empty()) text += "\nArguments:\n" + arguments;
    for (const std::string& group : parser.groups()) {
        const std::string options = render_options(parser, group, false);
        if (!options.empty()) text += '\n' + (group.empty() ? "Options" : group) + ":\n" + options;
    }
    if (!manual.examples.empty()) text += "\nExamples:\n";
    for (const Example& example : manual.examples)
        text += "  " + example.command + "\n      " + fill(example.explains, 6, 6);
    text += "\nExit status:\n";
    for (const StatusText& status : status_texts) text += entry(status.status, status.meaning, 2, 10);
    std::string see_also;
    for (const std::string& other : manual.see_also) see_also += (see_also.empty() ? "" : ", ") + page_reference(other);
    if (!see_also.empty()) text += "\nSee also:\n  " + fill(see_also, 2, 2);
    return text;
}

}  // namespace levin::cli
