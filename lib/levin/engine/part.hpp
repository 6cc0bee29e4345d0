/// `--part I/N`: one of N jobs that make one output together, each a box of whole units of its own.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "levin/core/region.hpp"

namespace levin::engine {

struct Part {
    Index number = 1, count = 1;  ///< 1-based
};

/// "3/8", or "auto": what the array job's environment says. UsageError names what was found and what is expected.
///   LEVIN_PART / LEVIN_PARTS                     both set: taken as they are (HTCondor, by hand)
///   SLURM_ARRAY_TASK_ID _MIN _MAX _STEP _COUNT   Slurm
///   SGE_TASK_ID SGE_TASK_FIRST _LAST _STEPSIZE   Grid Engine
///   PBS_ARRAY_INDEX, PARALLEL_SEQ                say no count: LEVIN_PARTS does
/// With LEVIN_PARTS set a task's number counts from 1, so that a list of tasks can be submitted again.
Part parse_part(const std::string& text);

/// Cuts `counts` units into one box per part, the same for everyone who asks with the same arguments: in two, the parts
/// shared out between the halves, and so on (recursive coordinate bisection: Berger and Bokhari 1987). Each cut is
/// across the axis where the two halves together cost least. A box may be empty where there are more parts than units.
/// O(parts * rank) calls of `cost`.
std::vector<Region> cut_into_parts(const Dims& counts, Index parts,
                                   const std::function<double(const Region& units)>& cost);

}  // namespace levin::engine
