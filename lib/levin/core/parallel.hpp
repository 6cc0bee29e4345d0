/// The one place where threads start.
#pragma once
#include <functional>

#include "levin/core/dims.hpp"
#include "levin/core/stop.hpp"

namespace levin {

/// Calls body(i) for i in [0, count), each once, on up to `threads` threads, handing out indices in increasing order.
/// The first exception thrown wins: no further index starts, and it is rethrown here after all threads have come to
/// rest. A requested stop throws Interrupted in the same way, between two indices.
void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index)>& body);
/// The same, telling body(i, thread) the number of its thread in [0, threads), for per-thread scratch memory.
void parallel_for(Index count, int threads, const StopToken& stop, const std::function<void(Index, int)>& body);

}  // namespace levin
