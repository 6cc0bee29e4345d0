// The dispatcher: `levin TOOL ...` becomes levin-TOOL, as git does. It knows no tool: it asks those that it finds.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "levin/cli/completion.hpp"
#include "levin/cli/programs.hpp"
#include "levin/cli/render.hpp"
#include "levin/cli/suggest.hpp"
#include "levin/cli/tool.hpp"
#include "levin/kernels/versions.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "levin",
    .summary = "time series from image stacks larger than memory",
    .description = {"Runs one of the tools below: `levin filter ...` is the program levin-filter.",
                    "INPUT and OUTPUT of the tools may be -, a pipe that carries one array; levin-array(5) says how.",
                    "levin help TOOL shows the manual of a tool, levin completion bash|zsh|fish writes a completion "
                    "script for a shell."},
    .examples = {{"levin ingest frames/ movie.zarr --axes tyx", "turns a folder of images into one store"},
                 {"levin project mean movie.zarr mean.png --axis t", "looks at its mean image"},
                 {"levin filter median movie.zarr - --size 3 | levin project std - std.zarr --axis t",
                  "two steps in a pipe, nothing in between on disk"},
                 {"source <(levin completion bash)", "completes tools, options and values in this shell"}},
    .libraries = kernels::library_versions(),
    .see_also = {"levin-array(5)", "levin-formats(7)", "levin-remote(7)"},
};

/// The declarations of the tools there are. A stranger of such a name runs as `levin NAME`, but says nothing of itself.
std::vector<cli::CompletionTool> ask_tools() {
    std::vector<cli::CompletionTool> declared;
    for (const auto& [name, program] : cli::find_tools()) {
        try {
            if (const auto text = cli::output_of({program, "--help-completion"}))
                declared.push_back(cli::parse_completion(*text));
        } catch (const Error&) {
            continue;
        }
    }
    return declared;
}

/// The manual with the tools by group, those that the pipeline begins with first.
cli::Manual manual_with_tools() {
    const std::vector<std::string> order{"Input and output", "Layout", "Images", "Series", "Jobs"};
    std::map<std::pair<std::ptrdiff_t, std::string>, std::string> groups;
    for (const cli::CompletionTool& tool : ask_tools()) {
        std::string& lines = groups[{std::find(order.begin(), order.end(), tool.group) - order.begin(), tool.group}];
        lines += fmt::format("\n    {:<12}{}", tool.name, tool.summary);
    }
    std::string list;
    for (const auto& [group, lines] : groups)
        list += fmt::format("{}  {}:{}", list.empty() ? "" : "\n", group.second, lines);
    cli::Manual full = manual;
    full.description.push_back(list);
    return full;
}

std::string require_tool(const std::string& name) {
    const std::map<std::string, std::string> tools = cli::find_tools();
    const auto found = tools.find(name);
    if (found != tools.end()) return found->second;
    std::vector<std::string> known{"help", "completion"};
    for (const auto& tool : tools) known.push_back(tool.first);
    const std::string near = cli::closest(name, known);
    throw UsageError(
        fmt::format("no tool '{}'{}", name, near.empty() ? "" : fmt::format(", did you mean '{}'?", near)));
}

/// The man page where it is installed, else --help.
[[noreturn]] void show_manual(const std::string& name) {
    const std::string program = require_tool(name);
    if (cli::output_of({"man", "-w", cli::program_name(name)})) cli::become({"man", cli::program_name(name)});
    cli::become({program, "--help"});
}

int print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    return cli::status::done;
}

int dispatch(const std::string& name, const std::vector<std::string>& words, const cli::Parser& parser) {
    if (name.empty() || (name == "help" && words.empty())) return print(cli::render_help(manual_with_tools(), parser));
    if (name == "help") show_manual(words[0]);
    if (name == "completion") {
        if (words.size() != 1) throw UsageError("completion needs the name of a shell: bash, zsh or fish");
        return print(cli::completion_script(words[0], ask_tools()));
    }
    std::vector<std::string> command{require_tool(name)};
    command.insert(command.end(), words.begin(), words.end());
    cli::become(command);
}

}  // namespace

int main(int argc, char** argv) {
    std::string tool;
    std::vector<std::string> words;
    cli::Parser parser(manual.name);
    parser.positional(tool, "TOOL", "one of the tools, or help or completion").optional();
    parser.positional_list(words, "ARGUMENTS", "handed to the tool as they are").optional();

    // Only what stands before the tool's name is meant for levin itself.
    const bool own = argc < 2 || argv[1][0] == '-';
    if (!own) {
        tool = argv[1];
        words.assign(argv + 2, argv + argc);
    }
    const auto work = [&] { return dispatch(tool, words, parser); };
    return cli::run_declared(own ? argc : 1, argv, own ? manual_with_tools() : manual, parser, work);
}
