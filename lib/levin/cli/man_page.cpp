// The man page: roff with the man macros, see groff_man(7). Passes `man --warnings` and `mandoc -T lint -W warning`.
#include <fmt/format.h>

#include <cctype>

#include "levin/cli/render.hpp"
#include "levin/core/version.hpp"

namespace levin::cli {
namespace {

/// Text as roff shows it literally: a plain "-" would become a hyphen, a quote a typographic one, and a line that
/// begins with a dot or a quote a request. In prose a "-" between letters stays the hyphen it is.
std::string literal(const std::string& text, bool prose) {
    std::string roff;
    bool hyphens = false;  // of the current word
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool word_begins = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n';
        if (word_begins)
            hyphens = prose && std::isalpha(static_cast<unsigned char>(c)) && text.compare(i, 6, "levin-") != 0;
        if ((i == 0 || text[i - 1] == '\n') && c == '.') roff += "\\&";
        switch (c) {
            case '\\':
                roff += "\\e";
                break;
            case '-':
                roff += hyphens ? "-" : "\\-";
                break;
            case '\'':
                roff += "\\(aq";
                break;
            case '`':
                roff += "\\(ga";
                break;
            case '^':
                roff += "\\(ha";
                break;
            case '~':
                roff += "\\(ti";
                break;
            case '"':
                roff += "\\(dq";
                break;
            default:
                roff += c;
        }
    }
    return roff;
}

std::string bold(const std::string& text) { return "\\fB" + literal(text, false) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + literal(text, false) + "\\fR"; }
std::string prose(const std::string& text) { return literal(text, true) + '\n'; }
std::string preformatted(const std::string& text) { return ".nf\n" + literal(text, false) + "\n.fi\n"; }

std::string tag_of(const Option& option) {
    if (option.positional()) return italic(term_of(option));
    std::string tag = option.short_name.empty() ? "" : bold(option.short_name) + ", ";
    tag += bold(option.name);
    if (!option.negation.empty()) tag += ", " + bold(option.negation);
    return option.metavar.empty() ? tag : tag + " " + italic(option.metavar);
}

std::string render_option(const Option& option) {
    std::string text = ".TP\n" + tag_of(option) + '\n' + prose(help_of(option));
    if (!explains_choices(option)) return text;
    text += ".RS\n";
    for (const Choice& choice : option.choices) text += ".TP\n" + bold(choice.name) + '\n' + prose(choice.help);
    return text + ".RE\n";
}

std::string render_synopsis(const Parser& parser) {
    const std::string usage = usage_line(parser);
    const std::size_t name_end = usage.find(' ');
    return ".SH SYNOPSIS\n" + bold(usage.substr(0, name_end)) + literal(usage.substr(name_end), false) + '\n';
}

std::string render_options(const Parser& parser) {
    std::string arguments, text = ".SH OPTIONS\n";
    for (const Option& option : parser.options())
        if (option.positional()) arguments += render_option(option);
    if (!arguments.empty()) text += ".SS Arguments\n" + arguments;
    for (const std::string& group : parser.groups()) {
        std::string options;
        for (const Option& option : parser.options())
            if (!option.positional() && !option.is_hidden && option.group == group) options += render_option(option);
        if (!options.empty())
            text += ".SS " + (group.empty() ? "Of this tool" : literal(group, false)) + '\n' + options;
    }
    return text;
}

}  // namespace

std::string render_man_page(const Manual& manual, const Parser& parser) {
    const std::string program = program_name(parser.tool());
    std::string title = program;
    for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string text = fmt::format(".TH {} 1 \"\" \"levin {}\" \"levin manual\"\n", literal(title, false), version());
    text += ".SH NAME\n" + literal(program, false) + " \\- " + prose(manual.summary) + render_synopsis(parser);
    text += ".SH DESCRIPTION\n";
    bool first = true;
    for (const std::string& paragraph : manual.description) {
        if (!first) text += ".PP\n";
        first = false;
        text += paragraph.starts_with("  ") ? preformatted(paragraph) : prose(paragraph);
    }
    text += render_options(parser);
    if (!manual.examples.empty()) text += ".SH EXAMPLES\n";
    for (const Example& example : manual.examples)
        text += ".TP\n" + bold(example.command) + '\n' + prose(example.explains + ".");
    text += ".SH EXIT STATUS\n";
    for (const StatusText& status : status_texts) text += ".TP\n" + bold(status.status) + '\n' + prose(status.meaning);
    text += ".SH SEE ALSO\n";
    std::string see_also;
    for (const std::string& other : manual.see_also) see_also += (see_also.empty() ? "" : ", ") + page_reference(other);
    return text + prose((see_also.empty() ? "" : see_also + ", ") + "levin(1)");
}

}  // namespace levin::cli
