/// From what the user typed as INPUT to an array with named axes in OME order.
#pragma once
#include "levin/engine/execution.hpp"
#include "levin/engine/sources.hpp"

namespace levin::engine {

/// Opens a Zarr store or any foreign format, names its axes (--axes, the source's own, or the default for 2, 4 and 5
/// dimensions), puts them in OME order, sets spacing where the source has none, and applies the selection in brackets
/// and --select. UsageError when axes must be said and are not; Error when the input cannot be read.
/// "-" is the array in the tar stream, "npy:-" the one in NumPy's format, that standard input brings. What the user
/// should know about files, e.g. pages left out, is said as a note.
Source open_input(Execution& execution, const InputOptions& options);
/// The same for several files that form one array (levin ingest).
Source open_inputs(Execution& execution, const std::vector<std::string>& paths, const InputOptions& options);

/// Whether every axis has a name of its own or by the default for the rank, so that `prepare` needs no --axes.
bool axes_are_known(const ArrayInfo& info);

/// Applies --axes, --spacing, OME order and a selection to an array that is open already.
Source prepare(Source source, const InputOptions& options, const std::string& selection);

}  // namespace levin::engine
