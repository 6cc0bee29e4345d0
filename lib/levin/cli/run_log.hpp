/// The runs that the lines of --log-json tell of; the lines are described in engine/progress.hpp.
#pragma once
#include <string>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin::cli {

struct Run {
    std::string log;            ///< the file that tells of it
    std::string tool, command;  ///< "levin-filter", "median in.zarr --size 3"
    std::string host;
    Index pid = 0;
    Index part = 0, parts = 0;   ///< 0 of 0 for a run that does everything
    double begin = 0, last = 0;  ///< times of its first and last line, in seconds since 1970
    Index units = 0, units_done = 0;
    std::size_t bytes_read = 0, bytes_written = 0, peak_memory = 0;
    double read_seconds = 0, compute_seconds = 0, write_seconds = 0;  ///< of all its threads together
    enum class End { none, done, failed } end = End::none;            ///< none: killed, or still at work
    int status = 0;
    std::string message;
};

struct RunLogs {
    std::vector<Run> runs;            ///< by begin
    std::vector<std::string> silent;  ///< files without a line
};

/// Reads log files. A last line that was cut off counts for nothing. Error for a file that is not there, a folder,
/// a line that is none of --log-json, lines that contradict each other, and when there is no line at all.
RunLogs read_run_logs(const std::vector<std::string>& paths);

}  // namespace levin::cli
