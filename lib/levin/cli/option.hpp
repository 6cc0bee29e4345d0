/// One declared option or argument, and the conversions between an option's text and the variable it is bound to.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "levin/core/axes.hpp"
#include "levin/core/dtype.hpp"
#include "levin/core/error.hpp"

namespace levin::cli {

/// A value that an option takes by name.
struct Choice {
    std::string name;
    std::string help{};
};

/// A list of names for the values of an enumeration: {{"reflect", Mode::reflect, "d c b a | a b c d"}, ...}.
template <class T>
struct Named {
    std::string name;
    T value;
    std::string help{};
};

/// What is known of one option. Parser makes them; the methods refine one at the end of its declaration.
struct Option {
    std::string name;        ///< "--sigma"; "INPUT" for an argument given by position
    std::string short_name;  ///< "-j", or empty
    std::string negation;    ///< "--no-natural-sort" of a toggle, or empty
    std::string metavar;     ///< what stands for the value in help; empty for a flag
    std::string help;
    std::string default_text;  ///< shown in help; empty when there is nothing to show
    std::string group;         ///< heading in help; empty for the tool's own
    std::vector<Choice> choices;
    bool repeatable = false;  ///< may be given several times; an argument: any number
    bool needed = false;      ///< an error when absent
    bool is_path = false;     ///< completion offers file names
    bool is_hidden = false;   ///< not in help, man page and completion
    bool in_history = true;   ///< part of what a store's history says about this run
    /// Stores the values given, one per occurrence (a flag: its name or its negation). Throws UsageError for a bad one.
    std::function<void(const std::vector<std::string>&)> assign;

    bool positional() const { return name.front() != '-'; }
    bool flag() const { return metavar.empty() && !positional(); }

    /// Must be given.
    Option& required();
    /// An argument that may be left out.
    Option& optional();
    /// What help shows as default, where the variable's own text would not say it ("" for nothing).
    Option& defaults_to(std::string text);
    /// The only values there are, checked when parsing.
    Option& one_of(std::vector<Choice> values);
    /// Values shown in help and completion, not checked: for those with parameters ("percentile:20").
    Option& shows(std::vector<Choice> values);
    Option& path();
    Option& hidden();
    Option& outside_history();
};

namespace detail {

/// Text to value, UsageError saying what was found and expected. Numbers are whole texts in C notation.
void parse(const std::string& text, std::string& value);
void parse(const std::string& text, int& value);
void parse(const std::string& text, Index& value);
void parse(const std::string& text, std::uint64_t& value);
void parse(const std::string& text, double& value);
void parse(const std::string& text, Quantity& value);
void parse(const std::string& text, DType& value);

/// Value to the text that parse reads; what help shows as the default.
std::string show(const std::string& value);
std::string show(int value);
std::string show(Index value);
std::string show(std::uint64_t value);
std::string show(double value);
std::string show(const Quantity& value);
std::string show(DType value);

/// "a,b" -> {"a", "b"}; UsageError for an empty piece.
std::vector<std::string> split_list(const std::string& text);
/// The entry of `names` called `text`; UsageError lists the names and suggests one.
std::size_t find_name(const std::string& text, const std::vector<std::string>& names);

template <class T>
void parse(const std::string& text, std::optional<T>& value) {
    T parsed{};
    parse(text, parsed);
    value = std::move(parsed);
}
template <class T>
std::string show(const std::optional<T>& value) {
    return value ? show(*value) : std::string();
}
template <class T>
std::string show(const std::vector<T>& values) {
    std::string text;
    for (const T& value : values) text += (text.empty() ? "" : ",") + show(value);
    return text;
}

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

}  // namespace detail
}  // namespace levin::cli
