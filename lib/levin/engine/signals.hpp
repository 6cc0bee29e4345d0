/// Turns SIGINT, SIGTERM and the warnings of schedulers (SIGUSR1, SIGUSR2, SIGXCPU) into a request to stop: the current
/// chunks are finished or dropped, the journal is kept.
#pragma once
#include "levin/core/stop.hpp"

namespace levin::engine {

/// While an instance lives, the first of these signals only sets the flag behind token(); a second one ends the
/// process at once.
class StopSignals {
  public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    StopToken token() const;
};

}  // namespace levin::engine
