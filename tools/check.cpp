// Reads and verifies every chunk of a store, and finishes a store whose writers are all done.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/execution.hpp"
#include "levin/engine/scratch.hpp"
#include "levin/engine/wait.hpp"
#include "levin/store/array.hpp"
#include "levin/store/listing.hpp"
#include "levin/store/output.hpp"
#include "levin/store/pending.hpp"
#include "levin/store/pipe.hpp"
#include "levin/store/stream.hpp"
#include "levin/store/writer.hpp"
#include "project_reducer.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "check",
    .group = "Input and output",
    .summary = "verify every chunk of a store",
    .description =
        {"Reads every chunk of an array, or of every array in a group, and decodes it: checksums, "
         "compressed frames, shard indexes and sizes. What is damaged or missing is listed on "
         "standard output by its key, and the exit status is 1.",
         "A chunk that is not stored stands for the fill value, which is legal; --missing error lists those "
         "too. A store in progress is reported with how far it has come; "
         "--publish makes it visible when every chunk is done, and reads none of them; what the parts of levin "
         "project have left it puts together first. Where parts of a shared job "
         "(--part) are missing "
         "it lists their numbers on standard output, as Slurm's --array takes them, and exits with 75; before "
         "that it looks again for --wait seconds, as network file systems show late what other nodes wrote.",
         "--clean removes the partial files that killed jobs left in a finished store; in one that is not "
         "finished --resume, or its last part, does so."},
    .examples = {{"levin check fish.zarr", "verify a store"},
                 {"levin check fish.zarr --missing error", "expect every chunk to be stored"},
                 {"levin check fish.zarr --publish", "finish a store that is complete"},
                 {"levin copy fish.zarr - | levin check -", "verify what comes through a pipe"}},
    .see_also = {"info", "copy", "levin-array(5)"},
};

struct Options {
    engine::ExecutionOptions execution;
    std::string path;
    bool missing_is_error = false, publish = false, clean = false, no_trailer = false;
    std::optional<int> wait;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional(options.path, "STORE", "Zarr array or group to verify; - is a pipe").path();
    parser.option(options.missing_is_error, "--missing", "fill|error",
                  {{"fill", false, "is the fill value"}, {"error", true, "is an error"}},
                  "what a chunk that is not stored is");
    parser.flag(options.no_trailer, "--no-trailer",
                "STORE - is a tar stream of a store's files in any order, perhaps without levin's end marker");
    parser.flag(options.publish, "--publish", "make a store in progress visible when every chunk is done");
    parser
        .option(options.wait, "--wait", "SECONDS",
                "look again for so long before --publish says that parts are missing")
        .defaults_to("10");
    parser.flag(options.clean, "--clean", "remove partial files that killed jobs left, when none is at work any more");
    parser.check([&options] {
        if (!options.wait) return;
        if (!options.publish)
            throw UsageError("--wait is how long --publish looks again; leave it out, or add --publish");
        if (*options.wait < 0) throw UsageError(fmt::format("--wait {}: must be at least 0", *options.wait));
    });
    cli::add_execution(parser, options.execution, cli::ExecutionKind::reading);
}

struct Findings {
    std::map<Index, std::string> lines;  ///< by unit
    Index stored = 0, missing = 0;
    void note(Index unit, const std::string& why) {
        if (!why.empty()) lines.emplace(unit, fmt::format("damaged {}", why));
    }
};

/// What is wrong with a chunk that `decode` decodes; "" for nothing.
std::string damage(const std::function<void()>& decode) {
    try {
        decode();
    } catch (const TransientError&) {
        throw;
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

void require_memory(const engine::Execution& execution, const char* what, std::size_t bytes) {
    if (bytes > execution.budget())
        execution.refuse_memory(what, execution.memory() - execution.budget() + bytes, "give more --memory");
}

Findings verify(engine::Execution& execution, const store::Array& array, bool missing_is_error) {
    Findings findings;
    std::mutex guard;
    const Index units = array.units().size();
    const std::size_t unit_bytes =
        byte_count(array.units().cell(), array.info().element_size()) + array.scratch_bytes();
    require_memory(execution, "one stored chunk", unit_bytes);
    const int threads = static_cast<int>(std::min<std::size_t>(
        static_cast<std::size_t>(execution.threads()), execution.budget() / std::max<std::size_t>(1, unit_bytes)));
    execution.progress().start(units);
    parallel_for(units, threads, execution.stop(), [&](Index unit) {
        bool stored = false;
        const std::string why = damage([&] {
            const engine::Timed reading(execution.progress(), engine::Stage::read);
            stored = array.verify(unit);
        });
        std::string line;
        if (!why.empty()) line = fmt::format("damaged {}: {}", array.key(unit), why);
        else if (!stored && missing_is_error) line = fmt::format("missing {}", array.key(unit));
        execution.progress().advance();
        const std::lock_guard lock(guard);
        (stored || !why.empty() ? findings.stored : findings.missing) += 1;
        if (!line.empty()) findings.lines.emplace(unit, line);
    });
    return findings;
}

/// How far a store has come, when what a reduction's parts have left is put together where that is complete.
std::optional<store::PendingState> look_at(engine::Execution& execution, const std::string& path) {
    const auto state = store::pending_state(path);
    if (!state || !state->foldable) return state;
    engine::fold_pending(execution, path, project::make_folder);
    return store::pending_state(path);
}

/// Looks again, and then a last time, before it calls anything missing.
void publish(const Options& options, engine::Execution& execution) {
    std::optional<store::PendingState> state;
    // Neither pending nor there: perhaps published a moment ago by a node whose files are not seen yet.
    engine::wait_until(execution, options.wait.value_or(10), [&] {
        state = look_at(execution, store::place_of_work(options.path));
        return state ? state->round || state->done == state->total : store::is_published(options.path);
    });
    if (state && state->round)
        throw Error(fmt::format("{} is in round {} of levin {}: the same command with --merge finishes it",
                                options.path, *state->round, state->tool));
    if (state && state->done < state->total && !state->missing.empty()) {
        execution.print_result(store::ranges(state->missing) + "\n");
        throw TransientError(fmt::format("{} is not finished: {} of its {} parts are missing ({} of {} chunks)",
                                         options.path, state->missing.size(), state->parts, state->total - state->done,
                                         state->total));
    }
    store::publish_pending(options.path, false);
}

std::string summary(const std::string& path, const Findings& findings, Index units) {
    return fmt::format("{}: {} of {} chunks stored, {} not stored, {} faults\n", path, findings.stored, units,
                       findings.missing, findings.lines.size());
}

/// The chunks as they come, and the end marker.
Index verify_stream(Findings& findings, const Options& options, const engine::Execution& execution,
                    const store::TarReader::Source& take) {
    store::StreamReader reader(take);
    const std::size_t needed = reader.chunk_bytes() + reader.decode_bytes();
    require_memory(execution, "one chunk of the pipe", needed);
    const Index units = Grid(reader.info().shape, reader.info().chunks).size();
    Buffer buffer;
    Index next = 0;
    const auto left_out = [&](Index end) {
        findings.missing += end - next;
        if (options.missing_is_error)
            for (; next < end; ++next) findings.lines.emplace(next, fmt::format("missing {}", reader.key(next)));
    };
    while (const auto arrival = reader.next(buffer)) {
        left_out(arrival->chunk);
        findings.note(arrival->chunk, damage([&] { reader.verify(arrival->chunk, {buffer.data(), arrival->size}); }));
        ++findings.stored;
        next = arrival->chunk + 1;
    }
    left_out(units);
    return units;
}

/// The same for files in any order.
Index verify_files(Findings& findings, const Options& options, const engine::Execution& execution,
                   const store::TarReader::Source& take) {
    const auto array = store::spool_stream(take, engine::scratch_folder(), options.missing_is_error);
    const Grid grid(array->info().shape, array->info().chunks);
    const std::size_t needed = byte_count(grid.cell(), array->info().element_size()) + array->scratch_bytes();
    require_memory(execution, "one chunk of the pipe", needed);
    for (Index unit = 0; unit < grid.size(); ++unit)
        findings.note(unit, damage([&] {
                          OwnedArray values(array->info().dtype, grid.region(unit).shape);
                          array->read(grid.region(unit), values.view);
                      }));
    findings.stored = grid.size();
    return grid.size();
}

void check_pipe(const Options& options, engine::Execution& execution) {
    if (options.clean) throw UsageError("--clean: STORE is -, a pipe, in which nobody leaves files");
    if (options.publish) throw UsageError("--publish: STORE is -, a pipe; name the store in progress");
    store::PipeReader pipe(execution.claim_standard_input("STORE"), execution.stop());
    const auto take = [&](store::MutableBytes out) { return pipe.read(out); };
    Findings findings;
    Index units = 0;
    std::string text;
    const auto list = [&] {
        for (const auto& entry : findings.lines) text += entry.second + "\n";
    };
    try {
        units = options.no_trailer ? verify_files(findings, options, execution, take)
                                   : verify_stream(findings, options, execution, take);
    } catch (Error& error) {
        list();
        if (!text.empty()) execution.print_result(text);
        error.add_context("standard input");
        throw;
    }
    list();
    execution.print_result(text + summary("-", findings, units));
    execution.progress().finish();
    if (!findings.lines.empty()) throw Error("the stream is damaged or incomplete; the list is on standard output");
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    if (options.path == "-") return check_pipe(options, execution);
    if (options.no_trailer)
        throw UsageError(fmt::format("--no-trailer: {} is no pipe; it is for STORE -", options.path));
    if (options.clean && store::is_store(options.path)) {
        Index removed = store::remove_partial_files(options.path);
        if (const std::string place = store::place_of_work(options.path); place != options.path)
            removed += store::remove_partial_files(place);
        store::remove_old_neighbours(options.path);
        execution.print_result(fmt::format("{}: {} partial files removed\n", options.path, removed));
    }
    if (options.publish) {
        publish(options, execution);
    } else if (const auto pending = store::pending_state(options.path)) {
        const std::string missing =
            pending->missing.empty()
                ? ""
                : fmt::format(", parts {} of {} are missing", store::ranges(pending->missing), pending->parts);
        throw Error(
            fmt::format("{} is in progress: {} of {} chunks are done{}; finish it with the same command and "
                        "--resume, or with levin check --publish when it is complete",
                        options.path, pending->done, pending->total, missing));
    }
    if (!store::is_store(options.path))
        throw Error(fmt::format("{} is not a Zarr store: no zarr.json, .zarray or .zgroup in it", options.path));
    if (options.publish) return;
    bool failed = false;
    for (const std::string& member : store::list_arrays(options.path, true)) {
        const std::string path = member.empty() ? options.path : options.path + "/" + member;
        const auto array = store::Array::open(path);
        const Findings findings = verify(execution, *array, options.missing_is_error);
        std::string text;
        for (const auto& [unit, line] : findings.lines)
            text += fmt::format("{}{}\n", member.empty() ? "" : member + ": ", line);
        execution.print_result(text + summary(path, findings, array->units().size()));
        failed |= !findings.lines.empty();
    }
    execution.progress().finish();
    if (failed) throw Error(fmt::format("{} is damaged or incomplete; the list is on standard output", options.path));
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
