#include "levin/engine/wait.hpp"

#include <unistd.h>

#include <chrono>

namespace levin::engine {

bool wait_until(const Execution& execution, int seconds, const std::function<bool()>& seen) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(seconds);
    bool found = seen();
    while (!found && Clock::now() < until) {
        ::usleep(500'000);
        execution.stop().check();
        found = seen();
    }
    return found;
}

}  // namespace levin::engine
