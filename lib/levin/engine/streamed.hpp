/// An array from a pipe, read as any other array is. Chunks are received when somebody asks for them, or for later
/// ones; those that came and are still wanted stay in memory, up to a limit, and beyond it in a scratch file without a
/// name.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_map>

#include "levin/core/chunk_feed.hpp"
#include "levin/engine/shared_failure.hpp"
#include "levin/store/spool.hpp"

namespace levin::engine {

struct StreamedOptions {
    std::string name;                        ///< for messages
    std::size_t memory = 0;                  ///< for chunks that wait
    std::string folder;                      ///< for what memory does not hold
    std::function<void()> on_spool = [] {};  ///< the first chunk goes there
};

class StreamedArray final : public ArraySource {
  public:
    StreamedArray(std::unique_ptr<ChunkFeed> feed, StreamedOptions options);

    const ArrayInfo& info() const override { return feed_->info(); }
    std::string name() const override { return options_.name; }
    std::size_t scratch_bytes() const override { return feed_->chunk_bytes() + feed_->decode_bytes(); }
    bool comes_once() const override { return true; }
    void expect(const Region& region, Index times) const override;
    void read(const Region& region, const View& out) const override;

    /// Receives what nobody asked for, up to the end of the stream: Error when that is not as it should be. Nothing can
    /// be read after.
    void finish();

  private:
    struct Held {
        Buffer values;  ///< empty when the chunk lies in the scratch file
        std::size_t size = 0;
        std::optional<std::uint64_t> place;
        int users = 0;
    };
    using Lock = std::unique_lock<std::mutex>;
    void wait_for(Index chunk, Lock& lock) const;
    void receive(Index wanted, Lock& lock) const;
    void keep(ChunkFeed::Arrival arrival, Buffer values, Index wanted, Lock& lock) const;
    void spool_newest(Index but, Lock& lock) const;
    void decode(Index chunk, const Region& part, const View& out, Lock& lock) const;
    void forget(std::map<Index, Held>::iterator held) const;
    bool was_left_out(Index chunk) const;
    bool is_expected(Index chunk) const { return !planned_ || expected_.contains(chunk); }

    std::unique_ptr<ChunkFeed> feed_;
    StreamedOptions options_;
    Grid grid_;
    mutable std::mutex guard_;
    mutable std::condition_variable arrived_;
    mutable std::map<Index, Held> held_;                 ///< came and may be wanted
    mutable std::map<Index, Index> left_out_;            ///< first and end of runs of chunks that hold fill
    mutable std::unordered_map<Index, Index> expected_;  ///< reads that are still to come
    mutable store::Spool spool_;
    mutable Index next_ = 0;  ///< chunks below have come or were left out
    mutable std::size_t in_memory_ = 0;
    mutable bool planned_ = false, receiving_ = false, spooled_ = false, ended_ = false, finishing_ = false;
    mutable SharedFailure failure_;
};

}  // namespace levin::engine
