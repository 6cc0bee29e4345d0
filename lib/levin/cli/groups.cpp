#include "levin/cli/groups.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "levin/core/resources.hpp"
#include "levin/engine/part.hpp"
#include "levin/engine/progress.hpp"
#include "levin/store/writer.hpp"

namespace levin::cli {
namespace {

/// Stores `text` in `target` once `check` has seen that it can be right.
template <class Check>
std::function<void(const std::string&)> checked(std::string& target, Check check) {
    return [&target, check](const std::string& text) {
        check(text);
        target = text;
    };
}

std::function<void(const std::string&)> checked_sizes(std::string& target, const std::string& option) {
    return checked(target, [option](const std::string& text) { parse_integers(text, option, 1); });
}

template <class T>
void at_least(T value, T minimum, const char* option) {
    if (value < minimum) throw UsageError(fmt::format("{} {}: must be at least {}", option, value, minimum));
}

void add_headerless(Parser& parser, formats::ReadOptions& read) {
    parser.custom("--shape", "AXIS=N,...",
                  "headerless input: its axes and sizes in storage order, slowest first, e.g. t=500,x=64,y=64; the "
                  "store is in OME order all the same",
                  [&read](const std::string& text) { read.shape = parse_integers(text, "--shape", 1); });
    parser.custom("--input-dtype", "DTYPE", "headerless input: its data type, e.g. uint16, float32",
                  [&read](const std::string& text) { read.dtype = parse_dtype(text); });
    parser.option(read.order, "--order", "C|F",
                  {{"C", 'C', "the first axis of --shape varies slowest"}, {"F", 'F', "the first axis varies fastest"}},
                  "headerless input: order of its elements");
    parser.option(read.skip, "--skip", "BYTES",
                  "headerless input: bytes to skip before each record; a record is the last axis of --shape");
    parser.check([&read] { at_least<Index>(read.skip, 0, "--skip"); });
}

}  // namespace

void add_input(Parser& parser, engine::InputOptions& options, const std::string& help) {
    parser.positional(options.path, "INPUT", help).path();
    add_input_options(parser, options);
}

void add_input_options(Parser& parser, engine::InputOptions& options) {
    parser.group("Input");
    parser.option(options.select, "--select", "AXIS=RANGE,...",
                  "part of the input, e.g. t=0:100:2,z=1: 0-based, half-open, negative from the end; a single index "
                  "drops the axis; INPUT[t=0:100] says the same");
    parser.custom("--axes", "LETTERS", "names of the input's axes, e.g. tzyx, where it does not say them",
                  checked(options.axes, [](const std::string& text) { axes_from_letters(text); }));
    parser.custom("--spacing", "AXIS=SIZE,...",
                  "distance of neighbouring samples where the input does not say it, e.g. t=0.05s,y=0.65um,x=0.65um",
                  checked(options.spacing, [](const std::string& text) {
                      for (const auto& assignment : parse_assignments(text, "--spacing"))
                          parse_quantity(assignment.second);
                  }));
    parser.option(options.level, "--level", "N", "resolution level of an OME-Zarr group, 0 the finest");
    parser.check([&options] { at_least(options.level, 0, "--level"); });
    parser.option(options.missing_is_error, "--missing", "fill|error",
                  {{"fill", false, "the fill value"}, {"error", true, "an error"}},
                  "what a chunk that is not stored stands for");
    parser.flag(options.no_trailer, "--no-trailer",
                "INPUT - is a tar stream of a store's files in any order, perhaps without levin's end marker, as tar c "
                "writes it");
    add_headerless(parser, options.read);
    parser.flag(options.read.raw, "--raw", "NIfTI, FITS: values as stored, without the scale that the file says");
    parser.option(options.read.row_offset, "--row-offset", "N",
                  "DCIMG whose rows are longer than the image: pixels before it in each row");
    parser.check([&options] { at_least<Index>(options.read.row_offset, 0, "--row-offset"); });
    parser.group("");
}

void add_mask(Parser& parser, engine::InputOptions& options) {
    parser.group("Input");
    parser
        .option(options.mask, "--mask", "ARRAY",
                "pixels that take part: an array over the spatial axes, 0 or false outside; what is outside becomes "
                "NaN, or label -1")
        .path();
    parser.group("");
}

void add_ingest(Parser& parser, formats::ReadOptions& options) {
    parser.group("Files");
    parser.option(options.along, "--along", "AXIS", "axis along which files follow one another")
        .one_of({{"t"}, {"z"}, {"c"}})
        .defaults_to("t");
    parser.custom("--pages", "t|z|z=N",
                  "what the pages of a file are: time points, planes, or N planes at each time point",
                  [&options](const std::string& text) {
                      if (text.starts_with("z=")) parse_integers(text, "--pages", 1);
                      else detail::find_name(text, {"t", "z", "z=N"});
                      options.pages = text;
                  });
    parser.option(options.start, "--start", "I", "first file to take, 0-based");
    parser.option(options.stop, "--stop", "I", "file to stop before").defaults_to("after the last");
    parser.option(options.step, "--step", "N", "take every Nth file");
    parser.check([&options] { at_least<Index>(options.start, 0, "--start"); });
    parser.check([&options] {
        if (options.stop != -1) at_least<Index>(options.stop, options.start + 1, "--stop");
    });
    parser.check([&options] { at_least<Index>(options.step, 1, "--step"); });
    parser.flag(options.recursive, "--recursive", "look for files in the folders of a folder too");
    parser.toggle(options.natural_sort, "--natural-sort",
                  "order files by the numbers in their names, 2 before 10, not letter by letter");
    parser.flag(options.discard_extra, "--discard-extra",
                "drop trailing pages that do not fill a time point, and say how many");
    parser.group("");
}

void add_output(Parser& parser, engine::OutputOptions& options, const std::string& help) {
    parser.positional(options.path, "OUTPUT", help).path().outside_history();
    add_output_options(parser, options);
}

void add_output_options(Parser& parser, engine::OutputOptions& options) {
    parser.group("Output");
    parser
        .custom("--chunks", "AXIS=N,...", "chunk shape, e.g. t=64,y=256,x=256",
                checked_sizes(options.chunks, "--chunks"))
        .defaults_to("about 8 MiB, in the input's layout");
    parser
        .custom("--shards", "AXIS=N,...|none", "shard shape, a multiple of the chunk shape: one file for many chunks",
                checked(options.shards,
                        [](const std::string& text) {
                            if (text != "none") parse_integers(text, "--shards", 1);
                        }))
        .defaults_to("none up to 10000 files");
    parser.custom("--codec", "CODEC", "compression of chunks", checked(options.codec, store::check_codec))
        .shows({{"none", "values as they are"},
                {"zstd[:LEVEL]", "1 to 22 [1], where 1 makes no effort that saves less than an eighth of a chunk"},
                {"blosc[:LEVEL[:CNAME]]", "0 to 9 [5], bits shuffled; blosclz, lz4, lz4hc, zlib or zstd [zstd]"},
                {"gzip[:LEVEL]", "0 to 9 [5]"}})
        .defaults_to("zstd:1; none into a pipe");
    parser.custom(
        "--dtype", "DTYPE",
        "data type of the output; rounds to the nearest value and refuses what is out of range, it never wraps",
        checked(options.dtype, [](const std::string& text) { parse_dtype(text); }));
    parser.flag(options.clip, "--clip", "store the nearest possible value where one is out of range for --dtype");
    parser.option(options.zarr_format, "--zarr-format", "2|3", {{"2", 2}, {"3", 3}},
                  "version of the Zarr format to write");
    parser.flag(options.write_fill, "--write-fill", "store chunks that hold nothing but the fill value too");
    parser.group("");
}

namespace {

void add_parts(Parser& parser, engine::ExecutionOptions& options) {
    parser.custom("--part", "I/N",
                  "do the Ith of N parts, 1-based, of a job that others do the rest of; the last one makes the output "
                  "visible; auto takes I and N from the array job's environment",
                  checked(options.part, [](const std::string& text) { engine::parse_part(text); }));
    parser.flag(options.create_only, "--create-only",
                "make the output, empty and invisible, and leave it to the parts");
    parser.check([&options] {
        if (options.part.empty()) return;
        if (options.force)
            throw UsageError("--part with --force: every part would begin anew; run --create-only --force first");
        if (options.create_only)
            throw UsageError("--part with --create-only: one creates, the other works; leave one out");
    });
}

void add_writing(Parser& parser, engine::ExecutionOptions& options) {
    parser.flag(options.resume, "--resume", "go on where an earlier run of the same command was stopped");
    parser.flag(options.force, "--force,-f", "replace an existing output, once the new one is complete");
    parser.flag(options.fsync, "--fsync", "wait until every file is on the disk before it counts as written");
    parser.flag(options.dry_run, "--dry-run", "say what would be read, computed and written; touch nothing");
}

void add_messages(Parser& parser, engine::ExecutionOptions& options) {
    parser.flag(options.quiet, "--quiet,-q", "say nothing but errors");
    parser.count(options.verbose, "--verbose,-v", "say more; -vv says everything");
    parser.option(options.progress, "--progress", "auto|bar|log|none", "how progress is shown on standard error")
        .one_of({{"auto", "a bar on a terminal, else lines"},
                 {"bar", "a bar"},
                 {"log", "a line every 10 seconds"},
                 {"none", "not at all"}});
    parser.flag(
        options.log_json, "--log-json",
        "one JSON object per line on standard error: begin, start, progress, done, failed; levin report draws them");
}

}  // namespace

void add_execution(Parser& parser, engine::ExecutionOptions& options, ExecutionKind kind) {
    parser.group("Execution", false);
    parser
        .custom("--threads,-j", "N", "threads to run, at least 1",
                [&options](const std::string& text) {
                    detail::parse(text, options.threads);
                    at_least(options.threads, 1, "--threads");
                })
        .defaults_to("the cores this job may use");
    parser.custom("--memory", "SIZE", "peak memory of this process, e.g. 2G", checked(options.memory, parse_size))
        .defaults_to("half of what is free");
    if (kind == ExecutionKind::shared) add_parts(parser, options);
    if (kind != ExecutionKind::reading) add_writing(parser, options);
    add_messages(parser, options);
    parser.group("");

    parser.after_parse([&options](const Parser& parsed) {
        options.tool = parsed.tool();
        options.arguments = parsed.history();
    });
    parser.on_failure([&options](int status, const std::string& message) {
        if (!options.log_json) return false;
        const std::string line = engine::failed_line(options, status, message);
        [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, line.data(), line.size());
        return true;
    });
}

}  // namespace levin::cli
