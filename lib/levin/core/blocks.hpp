/// Large blocks of memory, given out again and again: a fresh page costs as much as decoding what goes into it.
///
/// Blocks that are given back stay with the process, idle, up to a limit on used and idle bytes together; before a new
/// block would pass it, idle ones go back to the system. So the limit bounds what is resident as long as what is in use
/// stays below it.
#pragma once
#include <cstddef>

namespace levin {

/// At least `bytes` (> 0), aligned to a cache line, contents undefined. Null when the system has no more.
void* take_block(std::size_t bytes);
void give_block(void* block, std::size_t bytes) noexcept;  ///< `bytes` as asked for

/// Sets the limit; 0, as at the start, keeps nothing idle.
void limit_blocks(std::size_t bytes);

}  // namespace levin
