/// Libraries that a damaged file can crash. libhdf5 and matio believe much of what a file says, and every version is
/// known to crash on some file that a broken disk, or somebody with bad intentions, can make. So what they do with a
/// file when it is opened is done in a copy of this process first. The copy has the same memory, so that what it
/// survives, this process survives too. It is no jail: a file made to take a program over takes the copy over.
#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace levin::formats {

/// Runs `work` in a forked copy, which has `memory` bytes more than this process, and waits for it; what it throws is
/// forgotten. Error naming `library` when the copy crashes, throws bad_alloc, or needs more than ten seconds of the
/// processor. Costs a millisecond. `work` must start no thread, and want no lock that a thread other than the caller
/// may hold.
void rehearse(const std::string& library, std::size_t memory, const std::function<void()>& work);

/// More than any list of contents takes.
constexpr std::size_t rehearsal_memory = std::size_t{256} << 20;

}  // namespace levin::formats
