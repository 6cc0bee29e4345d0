/// What a part of each step of a chain will need, before anything runs.
#pragma once
#include "levin/cli/jobs.hpp"

namespace levin::cli {

/// Sets `plan` and `memory` of every step: what its tool says with --dry-run about one part, within the memory that the
/// part will be given. A store that an earlier step will make is not there yet: its tool makes the metadata, with
/// --create-only, in a scratch folder, where the next ones see a store without chunks, which is all that a plan looks
/// at. Only behind a tool that cannot do so, having no parts, a step stays without a plan, and says so. Error for a
/// step that cannot run, UsageError when its request can never be right, with what the tool says.
void plan_steps(const JobOptions& options, std::vector<Step>& steps);

/// The memory that a part's tool is given of what is asked of the scheduler, in MiB: a fifth is left to the system and
/// to the program itself.
std::size_t tool_megabytes(std::size_t asked);

}  // namespace levin::cli
