// Reads and verifies every chunk of a store, and finishes a store whose writers are all done.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/execution.hpp"
#include "levin/store/array.hpp"
#include "levin/store/listing.hpp"
#include "levin/store/writer.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "check",
    .group = "Input and output",
    .summary = "verify every chunk of a store",
    .description = {"Reads every chunk of an array, or of every array in a group, and decodes it: checksums, "
                    "compressed frames, shard indexes and sizes. What is damaged or missing is listed on "
                    "standard output by its key, and the exit status is 1.",
                    "A chunk that is not stored stands for the fill value, which is legal; --missing error lists those "
                    "too. A store in progress is reported with how far it has come; "
                    "--publish makes it visible when every chunk is done."},
    .examples = {{"levin check fish.zarr", "verify a store"},
                 {"levin check fish.zarr --missing error", "expect every chunk to be stored"},
                 {"levin check fish.zarr --publish", "finish a store that is complete"}},
    .see_also = {"info", "copy", "levin-array(5)"},
};

struct Options {
    engine::ExecutionOptions execution;
    std::string path;
    bool missing_is_error = false, publish = false;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional(options.path, "STORE", "Zarr array or group to verify").path();
    parser.option(options.missing_is_error, "--missing", "fill|error",
                  {{"fill", false, "is the fill value"}, {"error", true, "is an error"}},
                  "what a chunk that is not stored is");
    parser.flag(options.publish, "--publish", "make a store in progress visible when every chunk is done");
    cli::add_execution(parser, options.execution, cli::ExecutionKind::reading);
}

struct Findings {
    std::map<Index, std::string> lines;  ///< by unit
    Index stored = 0, missing = 0;
};

Findings verify(engine::Execution& execution, const store::Array& array, bool missing_is_error) {
    Findings findings;
    std::mutex guard;
    const Index units = array.units().size();
    const std::size_t unit_bytes =
        byte_count(array.units().cell(), array.info().element_size()) + array.scratch_bytes();
    if (unit_bytes > execution.budget())
        execution.refuse_memory("one stored chunk", execution.memory() - execution.budget() + unit_bytes,
                                "give more --memory");
    const int threads = static_cast<int>(std::min<std::size_t>(
        static_cast<std::size_t>(execution.threads()), execution.budget() / std::max<std::size_t>(1, unit_bytes)));
    execution.progress().start(units);
    parallel_for(units, threads, execution.stop(), [&](Index unit) {
        std::string line;
        bool stored = false;
        try {
            stored = array.verify(unit);
            if (!stored && missing_is_error) line = fmt::format("missing {}", array.key(unit));
        } catch (const TransientError&) {
            throw;
        } catch (const Error& error) {
            line = fmt::format("damaged {}: {}", array.key(unit), error.what());
        }
        execution.progress().advance();
        const std::lock_guard lock(guard);
        (stored || line.starts_with("damaged") ? findings.stored : findings.missing) += 1;
        if (!line.empty()) findings.lines.emplace(unit, line);
    });
    return findings;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    if (const auto pending = store::pending_state(options.path)) {
        if (!options.publish)
            throw Error(
                fmt::format("{} is in progress: {} of {} chunks are done; finish it with the same command and "
                            "--resume, or with levin check --publish when it is complete",
                            options.path, pending->done, pending->total));
        store::publish_pending(options.path, false);
    } else if (!store::is_store(options.path)) {
        throw Error(fmt::format("{} is not a Zarr store: no zarr.json, .zarray or .zgroup in it", options.path));
    }
    bool failed = false;
    for (const std::string& member : store::list_arrays(options.path, true)) {
        const std::string path = member.empty() ? options.path : options.path + "/" + member;
        const auto array = store::Array::open(path);
        const Findings findings = verify(execution, *array, options.missing_is_error);
        std::string text;
        for (const auto& [unit, line] : findings.lines)
            text += fmt::format("{}{}\n", member.empty() ? "" : member + ": ", line);
        text += fmt::format("{}: {} of {} chunks stored, {} not stored, {} faults\n", path, findings.stored,
                            array->units().size(), findings.missing, findings.lines.size());
        execution.print_result(text);
        failed |= !findings.lines.empty();
    }
    execution.progress().finish();
    if (failed) throw Error(fmt::format("{} is damaged or incomplete; the list is on standard output", options.path));
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
