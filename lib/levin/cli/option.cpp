#include "levin/cli/option.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "levin/cli/suggest.hpp"

namespace levin::cli {

Option& Option::required() {
    needed = true;
    return *this;
}

Option& Option::optional() {
    needed = false;
    return *this;
}

Option& Option::defaults_to(std::string text) {
    default_text = std::move(text);
    return *this;
}

Option& Option::one_of(std::vector<Choice> values) {
    std::vector<std::string> known;
    for (const Choice& choice : values) known.push_back(choice.name);
    assign = [known, next = std::move(assign)](const std::vector<std::string>& texts) {
        for (const std::string& text : texts)
            for (const std::string& piece : detail::split_list(text)) detail::find_name(piece, known);
        next(texts);
    };
    return shows(std::move(values));
}

Option& Option::shows(std::vector<Choice> values) {
    choices = std::move(values);
    return *this;
}

Option& Option::path() {
    is_path = true;
    return *this;
}

Option& Option::hidden() {
    is_hidden = true;
    return *this;
}

Option& Option::outside_history() {
    in_history = false;
    return *this;
}

namespace detail {
namespace {

template <class T>
void parse_number(const std::string& text, T& value, const char* expected) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc::result_out_of_range)
        throw UsageError(fmt::format("'{}' is too large for {}", text, expected));
    if (error != std::errc() || stop != end) throw UsageError(fmt::format("'{}' is not {}", text, expected));
}

}  // namespace

void parse(const std::string& text, std::string& value) { value = text; }
void parse(const std::string& text, int& value) { parse_number(text, value, "an integer"); }
void parse(const std::string& text, Index& value) { parse_number(text, value, "an integer"); }
void parse(const std::string& text, std::uint64_t& value) { parse_number(text, value, "an integer of at least 0"); }
void parse(const std::string& text, double& value) {
    parse_number(text, value, "a number");
    if (!std::isfinite(value)) throw UsageError(fmt::format("'{}' is not a finite number", text));
}
void parse(const std::string& text, Quantity& value) { value = parse_quantity(text); }
void parse(const std::string& text, DType& value) { value = parse_dtype(text); }

std::string show(const std::string& value) { return value; }
std::string show(int value) { return std::to_string(value); }
std::string show(Index value) { return std::to_string(value); }
std::string show(std::uint64_t value) { return std::to_string(value); }
std::string show(double value) { return fmt::format("{}", value); }
std::string show(const Quantity& value) { return fmt::format("{}{}", value.value, value.unit); }
std::string show(DType value) { return std::string(name_of(value)); }

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> pieces;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        if (begin == end) throw UsageError(fmt::format("'{}' has an empty entry", text));
        pieces.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return pieces;
}

std::size_t find_name(const std::string& text, const std::vector<std::string>& names) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    const std::string near = closest(text, names);
    throw UsageError(fmt::format("unknown value '{}'{}; expected one of {}", text,
                                 near.empty() ? "" : fmt::format(", did you mean '{}'?", near), known));
}

}  // namespace detail
}  // namespace levin::cli
