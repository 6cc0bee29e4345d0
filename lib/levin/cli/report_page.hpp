/// What `levin report` draws: one page of HTML with SVG in it, no script, nothing from elsewhere.
#pragma once
#include <string>

#include "levin/cli/run_log.hpp"

namespace levin::cli {

/// A section a command, in the order of their first runs; in it a row a run, parts in order, all commands on one scale
/// of time. Rows become thinner as there are more of them; titles and a table have every figure.
std::string report_page(const RunLogs& logs);

}  // namespace levin::cli
