#include "levin/formats/rehearsal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <new>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

constexpr rlim_t seconds = 10;
constexpr int no_memory = 3;

/// In the copy: dies silently, without a core, and in time.
void prepare_to_die(std::size_t memory) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) ::signal(signal, SIG_DFL);
    const rlimit time{seconds, seconds + 5}, core{0, 0};  // the second is SIGKILL, which tells nothing
    ::setrlimit(RLIMIT_CPU, &time);
    ::setrlimit(RLIMIT_CORE, &core);
    if (std::ifstream sizes("/proc/self/statm"); sizes) {
        rlim_t pages = 0;
        sizes >> pages;
        const rlim_t bytes = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + memory;
        const rlimit space{bytes, bytes};
        ::setrlimit(RLIMIT_AS, &space);
    }
    // The C library has a last word when it finds its memory damaged.
    if (const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0)
        for (const int output : {1, 2}) ::dup2(nowhere, output);
}

}  // namespace

void rehearse(const std::string& library, std::size_t memory, const std::function<void()>& work) {
    const pid_t copy = ::fork();
    if (copy < 0) throw_system_error("cannot start a process", errno);
    if (copy == 0) {
        prepare_to_die(memory);
        try {
            work();
        } catch (const std::bad_alloc&) {
            ::_exit(no_memory);
        } catch (...) {  // this process will say it
        }
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(copy, &status, 0) < 0)
        if (errno != EINTR) throw_system_error("cannot wait for a process", errno);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == no_memory)
        throw Error("the file is damaged: " + library + " finds sizes in it that no memory holds");
    if (WIFSIGNALED(status) &&
        (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGKILL))
        throw TransientError("a process was killed while it looked at the file");
    throw Error(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU
                    ? "the file is damaged: " + library + " finds no end in it"
                    : "the file is damaged: " + library + " crashes on it");
}

}  // namespace levin::formats
