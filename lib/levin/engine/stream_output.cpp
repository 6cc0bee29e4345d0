#include "levin/engine/stream_output.hpp"

#include <fmt/format.h>

#include "levin/engine/scratch.hpp"

namespace levin::engine {

StreamOutput::StreamOutput(Execution& execution, const store::ArraySpec& spec)
    : pipe_(execution.claim_standard_output("OUTPUT"), execution.stop()),
      writer_(spec, [this](store::Bytes small, store::Bytes large) { pipe_.write(small, large); }),
      order_(
          writer_.chunk_bytes() * static_cast<std::size_t>(execution.threads()), scratch_folder(),
          [this](Index unit, store::Bytes encoded) {
              if (!encoded.empty()) writer_.add(unit, encoded);
          },
          [&execution] {
              execution.progress().detail(
                  fmt::format("chunks that are done before their turn wait in scratch in {}", scratch_folder()));
          }) {}

std::size_t StreamOutput::write(Index unit, const ConstView& values) {
    std::size_t size = 0;
    const bool stored = writer_.encode(unit, values, [&](store::Bytes encoded) {
        size = encoded.size();
        order_.put(unit, encoded);
    });
    if (!stored) order_.put(unit, {});
    return size;
}

void StreamOutput::publish() {
    if (order_.count() < writer_.units().size())
        throw Error(fmt::format("standard output: {} of {} chunks are missing", writer_.units().size() - order_.count(),
                                writer_.units().size()));
    writer_.finish();
}

}  // namespace levin::engine
