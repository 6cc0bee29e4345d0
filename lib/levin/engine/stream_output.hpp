/// A result that goes into a pipe while it is computed: chunks are encoded by all threads and leave in C order.
#pragma once
#include "levin/engine/execution.hpp"
#include "levin/engine/in_order.hpp"
#include "levin/store/pipe.hpp"
#include "levin/store/stream.hpp"

namespace levin::engine {

class StreamOutput {
  public:
    /// Takes standard output and writes the metadata.
    StreamOutput(Execution& execution, const store::ArraySpec& spec);
    /// Returns the bytes encoded.
    std::size_t write(Index unit, const ConstView& values);
    /// Bytes that one call of write may hold, its share of what waits included.
    std::size_t scratch_bytes() const { return writer_.scratch_bytes() + writer_.chunk_bytes(); }
    /// The end marker; Error when a chunk is missing.
    void publish();

  private:
    store::PipeWriter pipe_;
    store::StreamWriter writer_;
    InOrder order_;
};

}  // namespace levin::engine
