/// Descriptors that bytes flow through. A stop request ends every wait; a pipe holds 1 MiB, so that its two ends wake
/// each other up seldom.
#pragma once
#include "levin/core/stop.hpp"
#include "levin/store/file.hpp"

namespace levin::store {

class PipeReader {
  public:
    PipeReader(int descriptor, StopToken stop);
    /// Waits for bytes and takes what there is, out.size() at most; 0 at the end.
    std::size_t read(MutableBytes out);

  private:
    int descriptor_;
    StopToken stop_;
};

class PipeWriter {
  public:
    PipeWriter(int descriptor, StopToken stop);
    ~PipeWriter();
    PipeWriter(const PipeWriter&) = delete;
    PipeWriter& operator=(const PipeWriter&) = delete;
    /// Writes `first`, then `second`. Interrupted(SIGPIPE) when nobody reads any more: the caller ignores that signal.
    void write(Bytes first, Bytes second = {});
    std::uint64_t written() const { return written_; }

  private:
    int descriptor_;
    bool own_ = false;  ///< the descriptor is ours, and does not block
    StopToken stop_;
    std::uint64_t written_ = 0;
};

}  // namespace levin::store
