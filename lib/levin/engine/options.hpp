/// What every tool lets the user say about input, output and execution. Plain data; cli/groups binds it to flags.
#pragma once
#include <string>
#include <vector>

#include "levin/formats/format.hpp"

namespace levin::engine {

struct InputOptions {
    std::string path;     ///< INPUT, perhaps with a selection: "a.zarr[t=0:10]"
    std::string select;   ///< --select
    std::string axes;     ///< --axes
    std::string spacing;  ///< --spacing
    formats::ReadOptions read;
    int level = 0;                  ///< --level of an OME-Zarr group
    std::string mask;               ///< --mask: an array of pixels that take part
    bool missing_is_error = false;  ///< --missing error
    bool no_trailer = false;        ///< --no-trailer: a pipe need not be ordered nor have levin's end marker
};

struct OutputOptions {
    std::string path;    ///< OUTPUT
    std::string chunks;  ///< --chunks
    std::string shards;  ///< --shards; "none" for no sharding, "" to let the number of files decide
    std::string codec;   ///< --codec; "" for zstd:1, or none into a pipe
    std::string dtype;
    bool clip = false;
    int zarr_format = 3;
    bool write_fill = false;
};

struct ExecutionOptions {
    int threads = 0;
    std::string memory;
    std::string part;          ///< --part: "3/8", "auto", or "" for the whole
    bool create_only = false;  ///< --create-only: make the output and leave it to the parts
    bool merge = false;        ///< --merge: bring together what the parts of a round have done
    bool resume = false, force = false, fsync = false, dry_run = false, quiet = false;
    int verbose = 0;
    std::string progress = "auto";  ///< auto | bar | log | none
    bool log_json = false;
    /// Set by cli::run_tool for the history: the tool's name and what the user typed after it, execution options and
    /// OUTPUT left out.
    std::string tool;
    std::vector<std::string> arguments;
};

}  // namespace levin::engine
