/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): reflected polynomial 0x82F63B78, start and end inverted.
#pragma once
#include <cstdint>

#include "levin/store/file.hpp"

namespace levin::store {

/// By the processor's own instruction where this machine has it. `before` is the checksum of what comes before.
std::uint32_t crc32c(Bytes bytes, std::uint32_t before = 0);
/// By a table, on any machine.
std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t before = 0);

}  // namespace levin::store
