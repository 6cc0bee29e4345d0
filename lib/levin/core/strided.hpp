/// Walking two strided views in step, for the copies of view.cpp and convert.cpp.
#pragma once
#include <vector>

#include "levin/core/view.hpp"

namespace levin {

/// One loop of a walk: `count` steps of `from` and `to` bytes.
struct StridedLoop {
    Index count, from, to;
};

/// The fewest nested loops that pair every element of `from` with its counterpart in `to`, outermost first, the one
/// with the smallest step in `to` last. Never empty: a single element is one loop of one step. For views of equal,
/// non-empty shape.
std::vector<StridedLoop> paired_loops(const ConstView& from, const View& to);

/// Calls run(from, to) for every start that the first `depth` loops reach.
template <class Run>
void for_each_start(const StridedLoop* loops, std::size_t depth, const std::byte* from, std::byte* to, const Run& run) {
    if (depth == 0) return run(from, to);
    for (Index i = 0; i < loops->count; ++i, from += loops->from, to += loops->to)
        for_each_start(loops + 1, depth - 1, from, to, run);
}

/// Throws Error when the shapes differ, naming both; `act` is what was being done.
void require_same_shape(const ConstView& from, const View& to, const char* act);

}  // namespace levin
