#include "levin/engine/signals.hpp"

#include <signal.h>

namespace levin::engine {
namespace {

// A signal handler can reach nothing but a global; it is private to this file.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

// The last three are a scheduler's warnings: Grid Engine's s_rt, -notify and s_cpu, Slurm's --signal.
constexpr int handled[] = {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};

void on_signal(int signal) { received.store(signal, std::memory_order_relaxed); }

}  // namespace

StopSignals::StopSignals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the second signal has its default effect
    for (const int signal : handled) sigaction(signal, &action, nullptr);
}

StopSignals::~StopSignals() {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (const int signal : handled) sigaction(signal, &action, nullptr);
}

StopToken StopSignals::token() const { return StopToken(&received); }

}  // namespace levin::engine
