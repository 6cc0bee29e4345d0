/// Blocks that threads finish in any order, handed on in the order of their numbers.
///
/// The thread that brings the next block hands it on, and all that follow it and wait. A block that comes early waits
/// in memory up to a limit; beyond it the thread that brings it waits: while another one is handing on (the reader of a
/// pipe is slow) for as long as it takes, else for a while, since the thread with the next block may have failed. Then
/// blocks go to a scratch file without a name.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "levin/core/view.hpp"
#include "levin/engine/shared_failure.hpp"
#include "levin/store/spool.hpp"

namespace levin::engine {

class InOrder {
  public:
    using Bytes = store::Bytes;
    /// `hand_on` is called once for each number from 0 on, never by two threads at a time; empty bytes: left out.
    using HandOn = std::function<void(Index number, Bytes bytes)>;
    /// `on_spool`: the first block goes to disk.
    InOrder(std::size_t memory, std::string folder, HandOn hand_on, std::function<void()> on_spool);

    /// Thread-safe for different numbers; what `bytes` shows is not needed any more after the call.
    void put(Index number, Bytes bytes);
    /// Blocks handed on.
    Index count() const;

  private:
    struct Waiting {
        Buffer values;
        std::size_t size = 0;
        std::optional<std::uint64_t> place;
    };
    using Lock = std::unique_lock<std::mutex>;
    void wait_for_room(Index number, std::size_t size, Lock& lock);
    void hand_on_from(Index number, Bytes bytes, Lock& lock);
    void hand_on(Index number, Bytes bytes, Lock& lock);

    std::size_t memory_;
    HandOn hand_on_;
    std::function<void()> on_spool_;
    mutable std::mutex guard_;
    std::condition_variable moved_;
    std::map<Index, Waiting> waiting_;
    store::Spool spool_;
    Index next_ = 0;
    std::size_t in_memory_ = 0;
    bool busy_ = false, spooled_ = false, patient_ = true;
    SharedFailure failure_;
};

}  // namespace levin::engine
