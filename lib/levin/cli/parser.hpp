/// The only way in which a tool declares its options. Declaring binds a variable: the value it has then is the default
/// (and is shown as such), parsing overwrites it. CLI11 splits the command line, unseen, in parser.cpp.
#pragma once
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "levin/cli/option.hpp"

namespace levin::cli {

/// What the command line asks for.
enum class Request { run, help, man_page, version, completion };

class Parser {
  public:
    /// `tool` is the manual's name, e.g. "filter".
    explicit Parser(std::string tool);
    Parser(const Parser&) = delete;  // the standard options are bound to this object
    Parser& operator=(const Parser&) = delete;

    /// Options declared from now on stand under this heading; "" is the tool's own group, which help shows first.
    /// Without `in_history` they are Option::outside_history().
    void group(std::string heading, bool in_history = true);

    /// An argument given by position. Required unless followed by .optional().
    template <class T>
    Option& positional(T& value, const std::string& name, const std::string& help) {
        return option(value, name, "", help).required();
    }
    /// An argument that takes one of a list of names.
    template <class T>
    Option& positional(T& value, const std::string& name, std::vector<Named<T>> names, const std::string& help) {
        return option(value, name, "", std::move(names), help).required();
    }
    /// At least one argument (any number with .optional()); at most one list per tool, other arguments may follow it.
    Option& positional_list(std::vector<std::string>& values, const std::string& name, const std::string& help);

    /// An option with a value. `names` is "--sigma" or "--threads,-j"; T is std::string, int, Index, std::uint64_t,
    /// double, Quantity, DType, or std::optional or std::vector of these. A vector takes a list separated by commas,
    /// may be given several times, and what is given replaces the default.
    template <class T>
    Option& option(T& value, const std::string& names, const std::string& metavar, const std::string& help) {
        Option& declared = declare(names, metavar, help);
        declared.default_text = detail::show(value);
        declared.repeatable = detail::is_vector<T>::value;
        declared.assign = [&value](const std::vector<std::string>& texts) {
            if constexpr (detail::is_vector<T>::value) {
                value.clear();
                for (const std::string& text : texts)
                    for (const std::string& piece : detail::split_list(text))
                        detail::parse(piece, value.emplace_back());
            } else {
                detail::parse(texts.front(), value);
            }
        };
        return declared;
    }
    /// An option that takes one of a list of names, stored as the value beside the name.
    template <class T>
    Option& option(T& value, const std::string& names, const std::string& metavar, std::vector<Named<T>> choices,
                   const std::string& help) {
        Option& declared = declare(names, metavar, help);
        std::vector<std::string> known;
        for (const Named<T>& choice : choices) {
            if (choice.value == value && !declared.positional()) declared.default_text = choice.name;
            declared.choices.push_back({choice.name, choice.help});
            known.push_back(choice.name);
        }
        declared.assign = [&value, choices = std::move(choices), known](const std::vector<std::string>& texts) {
            value = choices[detail::find_name(texts.front(), known)].value;
        };
        return declared;
    }
    /// An option or argument whose text `assign` understands; it throws UsageError for a bad one.
    Option& custom(const std::string& names, const std::string& metavar, const std::string& help,
                   std::function<void(const std::string&)> assign);

    /// Turns `value` true.
    Option& flag(bool& value, const std::string& names, const std::string& help);
    /// "--NAME" and "--no-NAME".
    Option& toggle(bool& value, const std::string& name, const std::string& help);
    /// Counts how often it is given: -vv is 2.
    Option& count(int& value, const std::string& names, const std::string& help);

    /// Takes a declaration back: for an option of a shared group that means nothing to this tool.
    void remove(const std::string& name);
    /// The declaration called `name`, to refine what a shared group declared; std::logic_error when there is none.
    Option& at(const std::string& name);

    /// `rule` runs after all values are set and throws UsageError; its message joins the others.
    void check(std::function<void()> rule) { rules_.push_back(std::move(rule)); }
    /// Runs after a parse without errors; for what needs to know the whole command line.
    void after_parse(std::function<void(const Parser&)> action) { actions_.push_back(std::move(action)); }
    /// Called by run_tool when the tool fails; true when it has told the user, so that no plain message follows.
    using FailureReport = std::function<bool(int status, const std::string& message)>;
    void on_failure(FailureReport report) { failure_report_ = std::move(report); }

    /// Reads the command line (argv[0] is skipped). All that is wrong with it is thrown as one UsageError with a line
    /// for each finding. Asking for help, man page, version or completion wins over any error.
    Request parse(int argc, const char* const* argv);

    const std::string& tool() const { return tool_; }
    const std::list<Option>& options() const { return options_; }
    /// Headings in the order of help: the tool's own "", shared groups as declared, "General" last.
    std::vector<std::string> groups() const;
    /// What was given, for a store's history: arguments, then options in the order typed, Option::outside_history()
    /// left out.
    const std::vector<std::string>& history() const { return history_; }
    const FailureReport& failure_report() const { return failure_report_; }

  private:
    Option& declare(const std::string& names, const std::string& metavar, const std::string& help);

    std::string tool_, group_;
    bool group_in_history_ = true;
    std::list<Option> options_;  // a list: references to its entries stay good
    std::vector<std::function<void()>> rules_;
    std::vector<std::function<void(const Parser&)>> actions_;
    FailureReport failure_report_;
    bool help_ = false, man_page_ = false, version_ = false, completion_ = false;
    std::vector<std::string> history_;
};

}  // namespace levin::cli
