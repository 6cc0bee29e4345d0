#include "levin/cli/parser.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <stdexcept>

#include "levin/cli/suggest.hpp"

namespace levin::cli {
namespace {

const char* const general = "General";

/// The command line split into values per option, arguments, and findings.
struct Split {
    std::map<const Option*, std::vector<std::string>> values;
    std::vector<std::string> arguments;
    std::vector<std::pair<const Option*, std::string>> typed;  ///< the options, in the order typed
    std::vector<std::string> findings;
    bool arguments_doubtful = false;  ///< an option went wrong, and what follows it may have been its value
};

bool names(const Option& option, const std::string& text) {
    return text == option.name || (!text.empty() && (text == option.short_name || text == option.negation));
}

const Option* find_option(const std::list<Option>& options, const std::string& text) {
    const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return names(o, text); });
    return found == options.end() || found->positional() ? nullptr : &*found;
}

std::string unknown_option(const std::list<Option>& options, const std::string& text) {
    const std::string name = text.substr(0, text.find('='));
    std::vector<std::string> known;
    for (const Option& option : options)
        if (!option.positional() && !option.is_hidden) known.push_back(option.name.substr(2));
    const std::string near = closest(name.substr(name.find_first_not_of('-')), known);
    if (!near.empty()) return fmt::format("unknown option {}, did you mean --{}?", name, near);
    if (name[1] != '-') return fmt::format("unknown option {} (an argument that begins with - goes after --)", name);
    return fmt::format("unknown option {}", name);
}

/// What CLI11 would misread: it takes the next word for the value of "--name=", and stops at "--flag=value".
void take_out_misread(const std::list<Option>& options, std::vector<std::string>& words, Split& split) {
    const auto misread = [&](const std::string& word) {
        const std::size_t equals = word.find('=');
        if (!word.starts_with("--") || equals == std::string::npos) return false;
        const Option* const option = find_option(options, word.substr(0, equals));
        if (!option) return false;
        if (option->flag())
            split.findings.push_back(
                fmt::format("{} takes no value, found '{}'", option->name, word.substr(equals + 1)));
        else if (equals + 1 == word.size()) split.findings.push_back(fmt::format("{} needs a value", option->name));
        else return false;
        return true;
    };
    words.erase(std::remove_if(words.begin(), words.end(), misread), words.end());
}

/// A CLI11 application that only splits: no callback, no check, every option as often as it likes. So it cannot stop at
/// the first finding. `origin` gets the declaration and the name (a toggle has two) behind each of its options.
using Origin = std::map<const CLI::Option*, std::pair<const Option*, std::string>>;
void fill_app(CLI::App& app, Origin& origin, const std::list<Option>& options) {
    app.set_help_flag();
    app.allow_extras();
    const auto add = [&](const Option& option, const std::string& name) {
        CLI::Option* added = option.flag() ? app.add_flag(name) : app.add_option(name, CLI::callback_t())->expected(1);
        added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
        origin[added] = {&option, name};
    };
    for (const Option& option : options) {
        if (option.positional()) continue;
        add(option, option.short_name.empty() ? option.name : option.name + "," + option.short_name);
        if (!option.negation.empty()) add(option, option.negation);
    }
}

void take_option(const std::list<Option>& options, const Option& option, std::string text, Split& split) {
    if (!option.flag() && text.starts_with("--")) {
        if (const Option* const swallowed = find_option(options, text.substr(0, text.find('=')))) {
            split.findings.push_back(
                fmt::format("{} needs a value, found the option {}", option.name, swallowed->name));
            split.arguments_doubtful = true;
            return;
        }
    }
    split.values[&option].push_back(text);
    split.typed.emplace_back(&option, std::move(text));
}

Split split_words(const std::list<Option>& options, std::vector<std::string> words) {
    Split split;
    const auto end = std::find(words.begin(), words.end(), "--");
    const std::vector<std::string> after(end == words.end() ? end : end + 1, words.end());
    words.erase(end, words.end());
    take_out_misread(options, words, split);

    CLI::App app;
    Origin origin;
    fill_app(app, origin, options);
    try {
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 wants them reversed
    } catch (const CLI::ParseError& error) {
        // The one thing left to go wrong: the last word is an option that needs a value.
        const Option* const last = words.empty() ? nullptr : find_option(options, words.back());
        split.findings.push_back(last ? fmt::format("{} needs a value", last->name) : error.what());
    }
    std::map<const CLI::Option*, std::size_t> next;
    for (const CLI::Option* parsed : app.parse_order()) {
        const std::size_t position = next[parsed]++;
        if (position >= parsed->results().size()) continue;  // the option without its value
        const auto& [option, name] = origin[parsed];
        const std::string flag_text = name == option->negation ? name : option->name;
        take_option(options, *option, option->flag() ? flag_text : parsed->results()[position], split);
    }
    for (const std::string& word : app.remaining()) {
        // "-[t=0:10]" is a selection from standard input.
        const bool is_option = word.size() > 1 && word.front() == '-' && word[1] != '[';
        if (is_option) split.findings.push_back(unknown_option(options, word));
        else split.arguments.push_back(word);
        split.arguments_doubtful |= is_option;
    }
    split.arguments.insert(split.arguments.end(), after.begin(), after.end());
    return split;
}

/// Hands the arguments to the positionals: each gets what it needs, then the first that can take more takes the rest.
void distribute(const std::list<Option>& options, Split& split) {
    std::vector<const Option*> positionals;
    std::size_t spare = split.arguments.size();
    for (const Option& option : options) {
        if (!option.positional()) continue;
        positionals.push_back(&option);
        if (option.needed) spare -= std::min<std::size_t>(spare, 1);
    }
    std::size_t next = 0;
    for (const Option* positional : positionals) {
        std::size_t count = positional->needed ? 1 : 0;
        const std::size_t more = positional->repeatable ? spare : std::min<std::size_t>(spare, 1 - count);
        count += more;
        spare -= more;
        for (; count > 0 && next < split.arguments.size(); --count)
            split.values[positional].push_back(split.arguments[next++]);
    }
    for (; next < split.arguments.size() && !split.arguments_doubtful; ++next)
        split.findings.push_back(fmt::format("unexpected argument '{}'", split.arguments[next]));
}

void collect(std::vector<std::string>& findings, const std::string& subject, const std::function<void()>& work) {
    try {
        work();
    } catch (const UsageError& error) {
        const std::string text = error.what();
        const bool named = subject.empty() || text.find(subject) != std::string::npos;
        findings.push_back(named ? text : subject + ": " + text);
    }
}

void assign_values(const std::list<Option>& options, Split& split) {
    for (const Option& option : options) {
        if (option.positional() && split.arguments_doubtful) continue;
        const auto found = split.values.find(&option);
        if (found == split.values.end()) {
            if (option.needed) split.findings.push_back(fmt::format("{} is missing", option.name));
        } else if (found->second.size() > 1 && !option.repeatable) {
            split.findings.push_back(fmt::format("{} is given {} times", option.name, found->second.size()));
        } else {
            collect(split.findings, option.name, [&] { option.assign(found->second); });
        }
    }
}

std::string join_lines(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
}

}  // namespace

Parser::Parser(std::string tool) : tool_(std::move(tool)) {
    group(general, false);
    flag(help_, "--help,-h", "show this help and exit");
    flag(man_page_, "--help-man", "write this help as a man page (roff) and exit");
    flag(version_, "--version", "show the version of levin and of its libraries and exit");
    flag(completion_, "--help-completion", "write the declarations for shell completion").hidden();
    group("");
}

void Parser::group(std::string heading, bool in_history) {
    group_ = std::move(heading);
    group_in_history_ = in_history;
}

Option& Parser::declare(const std::string& names, const std::string& metavar, const std::string& help) {
    const std::size_t comma = names.find(',');
    Option option;
    option.name = names.substr(0, comma);
    if (comma != std::string::npos) option.short_name = names.substr(comma + 1);
    option.metavar = metavar;
    option.help = help;
    option.group = group_;
    option.in_history = group_in_history_;
    return options_.emplace_back(std::move(option));
}

Option& Parser::positional_list(std::vector<std::string>& values, const std::string& name, const std::string& help) {
    Option& declared = declare(name, "", help).required();
    declared.repeatable = true;
    declared.assign = [&values](const std::vector<std::string>& texts) { values = texts; };
    return declared;
}

Option& Parser::custom(const std::string& names, const std::string& metavar, const std::string& help,
                       std::function<void(const std::string&)> assign) {
    Option& declared = declare(names, metavar, help);
    declared.needed = declared.positional();
    declared.assign = [assign = std::move(assign)](const std::vector<std::string>& texts) { assign(texts.front()); };
    return declared;
}

Option& Parser::flag(bool& value, const std::string& names, const std::string& help) {
    Option& declared = declare(names, "", help);
    declared.repeatable = true;  // saying it twice says the same
    declared.assign = [&value](const std::vector<std::string>&) { value = true; };
    return declared;
}

Option& Parser::toggle(bool& value, const std::string& name, const std::string& help) {
    Option& declared = declare(name, "", help);
    declared.negation = "--no-" + name.substr(2);
    declared.default_text = value ? "yes" : "no";
    declared.assign = [&value, name](const std::vector<std::string>& texts) { value = texts.front() == name; };
    return declared;
}

Option& Parser::count(int& value, const std::string& names, const std::string& help) {
    Option& declared = declare(names, "", help);
    declared.repeatable = true;
    declared.assign = [&value](const std::vector<std::string>& texts) { value += static_cast<int>(texts.size()); };
    return declared;
}

void Parser::remove(const std::string& name) {
    at(name);
    options_.remove_if([&](const Option& option) { return option.name == name; });
}

Option& Parser::at(const std::string& name) {
    for (Option& option : options_)
        if (option.name == name) return option;
    throw std::logic_error(fmt::format("levin-{} declares no {}", tool_, name));
}

Request Parser::parse(int argc, const char* const* argv) {
    Split split = split_words(options_, std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    for (const Option& option : options_)
        if (option.group == general && split.values.count(&option)) option.assign({});
    if (help_) return Request::help;
    if (man_page_) return Request::man_page;
    if (version_) return Request::version;
    if (completion_) return Request::completion;

    distribute(options_, split);
    assign_values(options_, split);
    if (split.findings.empty())
        for (const auto& rule : rules_) collect(split.findings, "", rule);
    if (!split.findings.empty()) throw UsageError(join_lines(split.findings));

    for (const Option& option : options_)
        if (option.positional() && option.in_history)
            for (const std::string& text : split.values[&option]) history_.push_back(text);
    for (const auto& [option, text] : split.typed) {
        if (!option->in_history) continue;
        if (!option->flag()) history_.push_back(option->name);
        history_.push_back(text);
    }
    for (const auto& action : actions_) action(*this);
    return Request::run;
}

std::vector<std::string> Parser::groups() const {
    std::vector<std::string> headings{""};
    for (const Option& option : options_)
        if (option.group != general && std::find(headings.begin(), headings.end(), option.group) == headings.end())
            headings.push_back(option.group);
    headings.push_back(general);
    return headings;
}

}  // namespace levin::cli
