// The dispatcher: `levin TOOL ...` becomes levin-TOOL, as git does. It knows no tool: it asks those that it finds.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "levin/cli/completion.hpp"
#include "levin/cli/render.hpp"
#include "levin/cli/suggest.hpp"
#include "levin/cli/tool.hpp"
#include "levin/kernels/versions.hpp"

namespace {

using namespace levin;
namespace fs = std::filesystem;

const cli::Manual manual{
    .name = "levin",
    .summary = "time series from image stacks larger than memory",
    .description = {"Runs one of the tools below: `levin filter ...` is the program levin-filter.",
                    "levin help TOOL shows the manual of a tool, levin completion bash|zsh|fish writes a completion "
                    "script for a shell."},
    .examples = {{"levin ingest frames/ movie.zarr --axes tyx", "turns a folder of images into one store"},
                 {"levin project mean movie.zarr mean.png --axis t", "looks at its mean image"},
                 {"source <(levin completion bash)", "completes tools, options and values in this shell"}},
    .libraries = kernels::library_versions(),
    .see_also = {"levin-array(5)"},
};

/// Folders in which tools live: that of this program, its libexec/levin, then PATH.
std::vector<fs::path> tool_folders() {
    std::error_code error;
    const fs::path own = fs::read_symlink("/proc/self/exe", error).parent_path();
    std::vector<fs::path> folders;
    if (!error) folders = {own, own.parent_path() / "libexec" / "levin"};
    const char* const path = std::getenv("PATH");
    std::string rest = path ? path : "";
    for (std::size_t begin = 0; begin < rest.size();) {
        const std::size_t end = std::min(rest.find(':', begin), rest.size());
        if (end > begin) folders.emplace_back(rest.substr(begin, end - begin));
        begin = end + 1;
    }
    return folders;
}

/// Every program called levin-NAME, by name; the first folder wins.
std::map<std::string, fs::path> find_tools() {
    const std::string prefix = cli::program_name("");
    std::map<std::string, fs::path> tools;
    for (const fs::path& folder : tool_folders()) {
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
            const std::string name = entry.path().filename();
            if (name.starts_with(prefix) && name.size() > prefix.size() && !entry.is_directory(error) &&
                access(entry.path().c_str(), X_OK) == 0)
                tools.emplace(name.substr(prefix.size()), entry.path());
        }
    }
    return tools;
}

std::vector<char*> arguments_of(std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return arguments;
}

/// What a program prints, run without input and with its messages thrown away; empty when it fails.
std::optional<std::string> output_of(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_system_error("cannot make a pipe", errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const bool started =
        posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments_of(words).data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string text;
    std::array<char, 4096> buffer;
    for (ssize_t count = 0; started && (count = read(ends[0], buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    close(ends[0]);
    int status = -1;
    if (started) waitpid(child, &status, 0);
    return status == 0 ? std::optional(text) : std::nullopt;
}

/// Becomes another program; returns only by an error.
[[noreturn]] void become(std::vector<std::string> words) {
    execvp(words[0].c_str(), arguments_of(words).data());
    throw_system_error("cannot run " + words[0], errno);
}

/// The declarations of the tools there are. A stranger of such a name runs as `levin NAME`, but says nothing of itself.
std::vector<cli::CompletionTool> ask_tools() {
    std::vector<cli::CompletionTool> declared;
    for (const auto& [name, program] : find_tools()) {
        try {
            if (const auto text = output_of({program, "--help-completion"}))
                declared.push_back(cli::parse_completion(*text));
        } catch (const Error&) {
            continue;
        }
    }
    return declared;
}

/// The manual with the tools by group, those that the pipeline begins with first.
cli::Manual manual_with_tools() {
    const std::vector<std::string> order{"Input and output", "Layout", "Images", "Series"};
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

fs::path require_tool(const std::string& name) {
    const std::map<std::string, fs::path> tools = find_tools();
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
    const fs::path program = require_tool(name);
    if (output_of({"man", "-w", program.filename()})) become({"man", program.filename()});
    become({program, "--help"});
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
    become(command);
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
