#include "levin/cli/tool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>

#include "levin/cli/render.hpp"
#include "levin/cli/versions.hpp"
#include "levin/core/error.hpp"
#include "levin/engine/pipes.hpp"

namespace levin::cli {
namespace {

/// A program started with a closed descriptor would open its first file in its place, and a result meant for stdout
/// would land in that file. Read-only /dev/null instead: writing to it fails, and is reported.
void occupy_standard_descriptors() {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            [[maybe_unused]] const int opened = open("/dev/null", O_RDONLY);
        }
}

/// What was printed has arrived, or an error.
void flush_stdout() {
    const bool failed_before = std::ferror(stdout) != 0;
    errno = 0;
    if (std::fflush(stdout) == 0 && !failed_before) return;
    if (errno == EPIPE) throw Interrupted(SIGPIPE);
    throw_system_error("cannot write to standard output", errno ? errno : EIO);
}

std::string indented_under(const std::string& program, const std::string& message) {
    std::string text = program + ": ";
    for (const char c : message) {
        text += c;
        if (c == '\n') text += program + ": ";
    }
    return text;
}

class Failure {
  public:
    Failure(const Manual& manual, const Parser& parser)
        : program_(program_name(manual.name)), report_(parser.failure_report()) {}

    int operator()(int status, const std::string& message) const {
        std::fflush(stdout);  // results first, where both go to the same place
        if (report_ && report_(status, message)) return status;
        std::string text = indented_under(program_, message) + '\n';
        if (status == status::wrong_request) text += fmt::format("try: {} --help\n", program_);
        std::fputs(text.c_str(), stderr);
        return status;
    }

  private:
    std::string program_;
    const Parser::FailureReport& report_;
};

int answer(int argc, char** argv, const Manual& manual, Parser& parser, const std::function<int()>& work) {
    const auto print = [](const std::string& text) {
        std::fputs(text.c_str(), stdout);
        return status::done;
    };
    switch (parser.parse(argc, argv)) {
        case Request::help:
            return print(render_help(manual, parser));
        case Request::man_page:
            return print(render_man_page(manual, parser));
        case Request::version:
            return print(version_text(manual));
        case Request::completion:
            return print(render_completion(manual, parser));
        case Request::run:
            break;
    }
    return work();
}

}  // namespace

int run_declared(int argc, char** argv, const Manual& manual, Parser& parser, const std::function<int()>& work) {
    occupy_standard_descriptors();
    const Failure fail(manual, parser);
    try {
        int status = status::try_later;
        try {
            status = answer(argc, argv, manual, parser, work);
        } catch (const AnotherRound&) {  // said already
        }
        flush_stdout();
        return status;
    } catch (const Interrupted& error) {
        if (error.signal() == SIGPIPE) return 128 + SIGPIPE;
        const auto& options = parser.options();
        // Nothing of what went through a pipe is left to go on from.
        const bool resumes =
            std::none_of(argv, argv + argc, engine::is_pipe) &&
            std::any_of(options.begin(), options.end(), [](const Option& option) { return option.name == "--resume"; });
        const bool warning = error.signal() == SIGUSR1 || error.signal() == SIGUSR2 || error.signal() == SIGXCPU;
        return fail(warning ? status::try_later : 128 + error.signal(),
                    fmt::format("{}{}", error.what(), resumes ? "; the same command with --resume goes on" : ""));
    } catch (const UsageError& error) {
        return fail(status::wrong_request, error.what());
    } catch (const TransientError& error) {
        return fail(status::try_later, error.what());
    } catch (const std::bad_alloc&) {
        return fail(
            status::try_later,
            "out of memory: the system gave no more; try a smaller --memory, fewer --threads, or a larger machine");
    } catch (const std::exception& error) {
        return fail(status::failed, error.what());
    }
}

}  // namespace levin::cli
