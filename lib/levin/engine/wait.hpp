/// Waiting for what other processes write: network file systems show late what other nodes wrote.
#pragma once
#include <functional>

#include "levin/engine/execution.hpp"

namespace levin::engine {

/// Asks at once, and then every half second for so many seconds; returns what `seen` said last.
bool wait_until(const Execution& execution, int seconds, const std::function<bool()>& seen);

}  // namespace levin::engine
