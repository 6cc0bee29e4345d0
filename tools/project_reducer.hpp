/// The statistics of `project` as the engine reduces them: alone, in parts, and put together from parts by `check`.
#pragma once
#include <span>

#include "levin/engine/fold.hpp"
#include "levin/kernels/statistics.hpp"

namespace levin::project {

struct Request {
    std::vector<kernels::Statistic> statistics;
    DType dtype = DType::uint8;  ///< of the samples
    Index ddof = 0;
    Index samples = 0;  ///< of one pixel
    Index block = 0;    ///< samples that are accumulated before they are appended to what came before
};

/// Of samples along `axes` of `info`.
Request request_of(std::span<const kernels::Statistic> statistics, Index ddof, const ArrayInfo& info,
                   const std::vector<std::size_t>& axes);
bool selects(const Request& request);

/// How the reduction goes: percentiles take all samples of a pixel at once, or in passes.
engine::ReduceOptions reduce_options(const Request& request, const std::vector<std::size_t>& axes, bool at_once);
engine::MakeReducer make_reducer(const Request& request, bool at_once);
/// What `check --publish` puts the parts' results together with.
engine::MakeFolder make_folder(const engine::Recipe& recipe);

}  // namespace levin::project
