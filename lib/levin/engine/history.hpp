/// The `levin` attribute: what was done to an array, step by step. No time of day, so that the same run gives the same
/// bytes.
#pragma once
#include <string>
#include <vector>

#include "levin/engine/options.hpp"

namespace levin::engine {

/// The attributes of a result: those of its input less what describes the input's own axes and levels (OME metadata,
/// _ARRAY_DIMENSIONS), with {tool, version, arguments} added to levin.history, and those of its `own`. JSON object text
/// in and out.
std::string attributes_with_history(const std::string& input_attributes, const ExecutionOptions& options,
                                    const std::string& own = "{}");

struct Step {
    std::string tool, version;
    std::vector<std::string> arguments;
};
/// The steps recorded in an array's attributes, oldest first; empty for an array that levin did not make.
std::vector<Step> history_of(const std::string& attributes);

}  // namespace levin::engine
