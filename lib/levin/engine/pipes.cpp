#include "levin/engine/pipes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "levin/core/resources.hpp"
#include "levin/engine/scratch.hpp"
#include "levin/engine/streamed.hpp"
#include "levin/formats/format.hpp"
#include "levin/formats/npy_stream.hpp"
#include "levin/store/pipe.hpp"
#include "levin/store/stream.hpp"

namespace levin::engine {
namespace {

constexpr const char* stream_name = "standard input";
constexpr std::size_t most_waiting = 64;  // chunks in memory; what a pipeline in step needs is a few for each thread

/// As an array that is read by chunks in any order, with its share of the memory taken out of the budget.
Source streamed(Execution& execution, std::unique_ptr<ChunkFeed> feed) {
    const std::size_t chunk = feed->chunk_bytes(), each = chunk + feed->decode_bytes();
    StreamedOptions options;
    options.name = stream_name;
    options.memory = std::max(2 * chunk, std::min(execution.budget() / 3, most_waiting * chunk));
    options.folder = scratch_folder();
    if (options.memory + each > execution.budget())
        execution.refuse_memory("a chunk of the pipe", execution.memory() - execution.budget() + 2 * chunk + each,
                                "give more --memory, or smaller --chunks to the tool that writes the pipe");
    options.on_spool = [&execution, memory = options.memory] {
        execution.progress().detail(fmt::format("what came from the pipe beyond {} waits in scratch in {}",
                                                format_size(memory), scratch_folder()));
    };
    execution.set_aside(options.memory);
    // Kept by the run, which looks at the end of the stream when the last reader may be gone.
    const auto array = std::make_shared<StreamedArray>(std::move(feed), std::move(options));
    execution.before_publishing([array] { array->finish(); });
    return borrow(*array);
}

Source open_tar(Execution& execution, const std::shared_ptr<store::PipeReader>& pipe, const InputOptions& options) {
    const auto take = [pipe](store::MutableBytes out) { return pipe->read(out); };
    if (!options.no_trailer)
        return streamed(execution, std::make_unique<store::StreamReader>(take, options.missing_is_error));
    execution.progress().detail(
        fmt::format("the whole stream is laid down in scratch in {} first: --no-trailer takes "
                    "files in any order",
                    scratch_folder()));
    return store::spool_stream(take, scratch_folder(), options.missing_is_error);
}

Source open_npy(Execution& execution, const std::shared_ptr<store::PipeReader>& pipe) {
    formats::NpyStream stream = formats::open_npy_stream([pipe](std::span<std::byte> out) { return pipe->read(out); });
    Source source = streamed(execution, std::move(stream.feed));
    if (!stream.reversed) return source;
    std::vector<std::size_t> order;
    for (std::size_t i = source->info().rank(); i-- > 0;) order.push_back(i);
    return permute(std::move(source), order);
}

}  // namespace

bool is_pipe(const std::string& path) {
    if (path == "-") return true;
    if (!path.ends_with(":-")) return false;
    const auto& all = formats::all();
    return std::any_of(all.begin(), all.end(),
                       [&](const formats::Format& format) { return path == format.name + ":-"; });
}

Source open_pipe(Execution& execution, const std::string& path, const InputOptions& options, const std::string& who) {
    const bool npy = path == "npy:-";
    if (path != "-" && !npy)
        throw UsageError(
            fmt::format("{} {}: only Zarr's keys in a tar stream (-) and NumPy's format (npy:-) come "
                        "through a pipe",
                        who, path));
    if (options.no_trailer && npy) throw UsageError("--no-trailer is for tar streams (-), not for npy:-");
    if (execution.options().dry_run)
        throw UsageError(fmt::format("--dry-run: {} is {}, which can be read only once; name a store", who, path));
    if (execution.part() || execution.options().create_only || execution.options().merge)
        throw UsageError(fmt::format(
            "--part, --create-only and --merge: {} is {}, a pipe; name a store that all parts can read", who, path));
    if (options.level != 0)
        throw UsageError(fmt::format("--level {}: {} is a pipe, which carries one array", options.level, who));
    const auto pipe = std::make_shared<store::PipeReader>(execution.claim_standard_input(who), execution.stop());
    return with_context([] { return stream_name; },
                        [&] { return npy ? open_npy(execution, pipe) : open_tar(execution, pipe, options); });
}

void check_pipe_output(const Execution& execution, const OutputOptions& options) {
    const ExecutionOptions& run = execution.options();
    for (const auto& [given, option, why] :
         {std::tuple(run.resume, "--resume", "nothing stays of an earlier run; leave it out"),
          std::tuple(run.force, "--force", "there is nothing to replace; leave it out"),
          std::tuple(run.fsync, "--fsync", "no file is written; leave it out")})
        if (given) throw UsageError(fmt::format("{}: OUTPUT is {}, a pipe: {}", option, options.path, why));
    if (execution.part() || run.create_only)
        throw UsageError(
            fmt::format("--part and --create-only: OUTPUT is {}, a pipe; parts make a store together", options.path));
    if (options.path != "-" && options.path != "npy:-")
        throw UsageError(
            fmt::format("OUTPUT {}: only Zarr's keys in a tar stream (-) and NumPy's format (npy:-) go "
                        "through a pipe",
                        options.path));
    if (!options.shards.empty() && options.shards != "none")
        throw UsageError("--shards: a pipe carries single chunks; leave it out");
    if (options.zarr_format != 3) throw UsageError("--zarr-format 2: a pipe carries Zarr format 3; leave it out");
}

std::function<void(std::span<const std::byte>)> pipe_output(Execution& execution) {
    const auto pipe = std::make_shared<store::PipeWriter>(execution.claim_standard_output("OUTPUT"), execution.stop());
    return [pipe](std::span<const std::byte> bytes) { pipe->write(bytes); };
}

}  // namespace levin::engine
