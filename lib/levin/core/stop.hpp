/// A flag that asks work to end early; whoever owns the flag (the engine's signal handling) outlives the work.
#pragma once
#include <atomic>

#include "levin/core/error.hpp"

namespace levin {

class StopToken {
  public:
    StopToken() = default;
    /// `signal` holds 0 while work should go on, then the signal's number.
    explicit StopToken(const std::atomic<int>* signal) : signal_(signal) {}
    bool stop_requested() const { return signal_ && signal_->load(std::memory_order_relaxed) != 0; }
    /// Throws Interrupted when a stop was requested.
    void check() const {
        if (stop_requested()) throw Interrupted(signal_->load(std::memory_order_relaxed));
    }

  private:
    const std::atomic<int>* signal_ = nullptr;
};

}  // namespace levin
