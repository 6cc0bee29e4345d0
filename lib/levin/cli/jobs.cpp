#include "levin/cli/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "levin/cli/completion.hpp"
#include "levin/cli/programs.hpp"
#include "levin/cli/render.hpp"
#include "levin/core/error.hpp"

namespace levin::cli {
namespace {

/// What fanout says to each part itself.
constexpr const char* decided[] = {"--part", "--merge",  "--create-only", "--threads",  "-j",     "--memory",
                                   "-f",     "--resume", "--dry-run",     "--log-json", "--force"};

CompletionTool description_of(const std::string& name, const std::string& program) {
    const auto text = output_of({program, "--help-completion"});
    if (!text) throw UsageError(fmt::format("{} does not say what its options are", program_name(name)));
    return parse_completion(*text);
}

const CompletionEntry& option_of(const CompletionTool& tool, const std::string& word) {
    const auto found = std::find_if(tool.options.begin(), tool.options.end(), [&](const CompletionEntry& option) {
        return word == option.name || word == option.short_name;
    });
    if (found == tool.options.end())
        throw UsageError(fmt::format("{} has no option {}", program_name(tool.name), word));
    return *found;
}

/// Which words of a command are neither options nor their values, nor the program; `paths` are options' paths.
std::vector<std::size_t> arguments_of(const CompletionTool& tool, const std::vector<std::string>& words,
                                      std::vector<std::size_t>& paths) {
    std::vector<std::size_t> arguments;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word.size() < 2 || word[0] != '-') {
            arguments.push_back(i);
            continue;
        }
        const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
        const std::string name = word.substr(0, equals);
        const CompletionEntry& option = option_of(tool, name);
        for (const char* ours : decided)
            if (name == ours)
                throw UsageError(fmt::format("{}: leave {} out, it is said to each part by fanout: see --help",
                                             program_name(tool.name), name));
        if (option.value != CompletionEntry::Value::none && equals == word.npos) ++i;
        if (option.value == CompletionEntry::Value::path) paths.push_back(i);
    }
    return arguments;
}

/// Which word is OUTPUT, counted from whichever end no list of inputs is at.
std::size_t output_word(const CompletionTool& tool, const std::vector<std::string>& words,
                        const std::vector<std::size_t>& arguments) {
    for (std::size_t i = 0; i < tool.arguments.size(); ++i) {
        if (tool.arguments[i].name != "OUTPUT") continue;
        const std::size_t behind = tool.arguments.size() - 1 - i;
        if (arguments.size() < tool.arguments.size()) break;
        return arguments[arguments.size() - 1 - behind];
    }
    std::string given;
    for (const std::size_t i : arguments) given += (given.empty() ? "" : " ") + words[i];
    throw UsageError(fmt::format("{}: no OUTPUT among '{}'", program_name(tool.name), given));
}

Step parse_step(std::vector<std::string> words, const std::map<std::string, std::string>& tools) {
    if (words.size() > 1 && words[0] == "levin") words.erase(words.begin());
    else if (!words.empty() && words[0].starts_with(program_name("")))
        words[0] = words[0].substr(program_name("").size());
    if (words.empty()) throw UsageError("there is no command before or after '::'");
    const auto tool = tools.find(words[0]);
    if (tool == tools.end())
        throw UsageError(
            fmt::format("'{}' is no tool of levin's: a command begins with levin-TOOL, or levin TOOL", words[0]));
    const CompletionTool declared = description_of(tool->first, tool->second);
    Step step;
    step.text = program_name(tool->first);
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    for (const std::string& word : rest) step.text += " " + shell_quoted(word);
    step.command = {tool->second};
    step.command.insert(step.command.end(), rest.begin(), rest.end());
    step.output = output_word(declared, step.command, arguments_of(declared, step.command, step.paths));
    step.store = step.command[step.output];
    const auto has = [&](const char* name) {
        return std::any_of(declared.options.begin(), declared.options.end(),
                           [&](const CompletionEntry& option) { return option.name == name; });
    };
    step.in_parts = has("--part"), step.resumes = has("--resume"), step.logs = has("--log-json");
    step.in_rounds = step.in_parts && has("--merge");
    return step;
}

}  // namespace

std::string shell_quoted(const std::string& word) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) || std::string_view("_-+=./,:@%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::vector<Step> parse_steps(const std::vector<std::string>& words) {
    const std::map<std::string, std::string> tools = find_tools();
    std::vector<Step> steps;
    for (auto begin = words.begin();;) {
        const auto end = std::find(begin, words.end(), "::");
        steps.push_back(parse_step({begin, end}, tools));
        if (end == words.end()) return steps;
        begin = end + 1;
    }
}

}  // namespace levin::cli
