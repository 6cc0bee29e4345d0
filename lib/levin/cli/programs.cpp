#include "levin/cli/programs.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "levin/cli/render.hpp"
#include "levin/core/error.hpp"

namespace levin::cli {
namespace {

namespace fs = std::filesystem;

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

std::vector<char*> arguments_of(std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return arguments;
}

}  // namespace

std::map<std::string, std::string> find_tools() {
    const std::string prefix = program_name("");
    std::map<std::string, std::string> tools;
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

Outcome run_program(std::vector<std::string> words, Messages messages) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_system_error("cannot make a pipe", errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (messages == Messages::kept) posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    else posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
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
    if (!started) return {127, text};
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text};
}

std::optional<std::string> output_of(std::vector<std::string> words) {
    Outcome outcome = run_program(std::move(words), Messages::thrown_away);
    return outcome.status == 0 ? std::optional(std::move(outcome.text)) : std::nullopt;
}

void become(std::vector<std::string> words) {
    execvp(words[0].c_str(), arguments_of(words).data());
    throw_system_error("cannot run " + words[0], errno);
}

}  // namespace levin::cli
