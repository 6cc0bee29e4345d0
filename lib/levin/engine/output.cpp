#include "levin/engine/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/resources.hpp"
#include "levin/engine/history.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/place.hpp"
#include "levin/engine/scratch.hpp"
#include "levin/engine/stream_output.hpp"
#include "levin/formats/format.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/array.hpp"
#include "levin/store/crc32c.hpp"
#include "levin/store/pending.hpp"

namespace levin::engine {
namespace {

/// A foreign format is meant by "FORMAT:path" or by the extension.
bool is_foreign(const std::string& path) {
    const std::size_t colon = path.find(':');
    if (colon != std::string::npos)
        for (const formats::Format& format : formats::all())
            if (path.compare(0, colon, format.name) == 0) return true;
    return formats::by_extension(path) != nullptr;
}

std::string plain_path(const std::string& path) {
    const std::size_t colon = path.find(':');
    return is_foreign(path) && colon != std::string::npos && !remote::is_url(path) ? path.substr(colon + 1) : path;
}

/// The chunk shape: the result's or the default, the axes that must be whole, and what the user says.
Dims choose_chunks(const Execution& execution, const OutputOptions& options, const ResultInfo& result, DType dtype) {
    const ArrayInfo& info = result.info;
    Dims chunks = info.chunks.empty() ? default_chunks(info.shape, info.axes, dtype, result.layout) : info.chunks;
    for (const std::string& name : result.whole) {
        const std::size_t axis = require_axis(info.axes, name);
        chunks[axis] = std::max<Index>(1, info.shape[axis]);
    }
    chunks = override_chunks(chunks, options.chunks, "--chunks", info.shape, info.axes);
    for (const std::string& name : result.whole) {
        const std::size_t axis = require_axis(info.axes, name);
        if (chunks[axis] < info.shape[axis])
            throw UsageError(
                fmt::format("--chunks {}={}: {} writes chunks that hold all {} samples of {}; use levin toimages or "
                            "levin copy on the result",
                            name, chunks[axis], execution.options().tool, info.shape[axis], name));
    }
    return chunks;
}

store::ArraySpec make_spec(const Execution& execution, const OutputOptions& options, const ResultInfo& result) {
    const ArrayInfo& info = result.info;
    store::ArraySpec spec;
    spec.shape = info.shape;
    spec.axes = info.axes;
    spec.dtype = options.dtype.empty() ? info.dtype : parse_dtype(options.dtype);
    if (is_complex(info.dtype) && !is_complex(spec.dtype))
        throw UsageError(
            fmt::format("--dtype {}: the result is complex; ask for another --value first", options.dtype));
    spec.chunks = choose_chunks(execution, options, result, spec.dtype);
    if (options.shards == "none" || is_pipe(options.path)) spec.shards = {};
    else if (options.shards.empty())
        spec.shards = options.zarr_format == 2
                          ? Dims{}
                          : default_shards(info.shape, spec.chunks, info.axes, result.layout, result.files);
    else {
        spec.shards = spec.chunks;
        // A shard may reach beyond the array's edge: it is a multiple of the chunk.
        for (const auto& [name, value] : parse_integers(options.shards, "--shards", 1))
            spec.shards[require_axis(info.axes, name)] = value;
        for (std::size_t i = 0; i < spec.shards.size(); ++i)
            if (spec.shards[i] >= info.shape[i])
                spec.shards[i] = ceil_div(std::max<Index>(1, info.shape[i]), spec.chunks[i]) * spec.chunks[i];
    }
    spec.codec = !options.codec.empty() ? options.codec : is_pipe(options.path) ? "none" : "zstd:1";
    store::check_codec(spec.codec);
    spec.zarr_format = options.zarr_format;
    spec.write_fill = options.write_fill;
    spec.attributes = attributes_with_history(info.attributes, execution.options());
    return spec;
}

store::WriteOptions write_options(const Execution& execution) {
    const ExecutionOptions& options = execution.options();
    return {options.force, options.resume, options.fsync, !options.part.empty() || options.merge, execution.inputs()};
}

/// Whether every part has done its units; says so when another part is still to come.
bool ready_to_publish(Execution& execution, const std::vector<store::ArrayWriter*>& writers, const std::string& path) {
    if (execution.options().create_only) return false;
    if (!execution.part()) return true;
    if (std::all_of(writers.begin(), writers.end(), [](store::ArrayWriter* writer) { return writer->is_complete(); }))
        return true;
    execution.progress().detail(fmt::format("part {} of {} is done; {} is not complete, its last part will publish it",
                                            execution.part()->number, execution.part()->count, path));
    return false;
}

}  // namespace

std::string scratch_beside(const std::string& path) {
    const std::filesystem::path file = plain_path(path);
    const std::string name = file.filename().string() + ".levin-scratch";
    if (remote::is_url(file.native()))
        return fmt::format("{}/levin-{:08x}-{}", scratch_folder(), store::crc32c(store::bytes_of(file.native()), 0),
                           name);
    return (file.parent_path() / ("." + name)).string();
}

ConstView as_stored(const ConstView& values, DType dtype, bool clip, OwnedArray& converted) {
    if (values.dtype == dtype) return values;
    converted = OwnedArray(dtype, values.shape);
    with_context([&] { return fmt::format("--dtype {}", name_of(dtype)); },
                 [&] { convert(values, converted.view, clip ? OutOfRange::clip : OutOfRange::refuse); });
    return converted.view;
}

ResultInfo result_like(const ArrayInfo& input, DType dtype) {
    ResultInfo result{input, layout_of(input)};
    result.info.dtype = dtype;
    result.info.chunks.clear();
    return result;
}

ResultInfo series_like(const ArrayInfo& input, DType dtype) {
    ResultInfo result = result_like(input, dtype);
    result.layout = Layout::series;
    for (const char* name : {"t", "f"})
        if (find_axis(input.axes, name)) result.whole.push_back(name);
    return result;
}

Output::Output(Execution& execution, const OutputOptions& options, const ResultInfo& result)
    : Output(execution, options, result, nullptr, "") {}

Output::Output(Execution& execution, const OutputOptions& options, const ResultInfo& result, store::GroupWriter* group,
               const std::string& name)
    : execution_(&execution),
      options_(options),
      name_(name),
      info_(result.info),
      result_dtype_(result.info.dtype),
      spec_(make_spec(execution, options, result)) {
    info_.dtype = spec_.dtype;
    info_.chunks = spec_.chunks;
    units_ = Grid(spec_.shape, spec_.shards.empty() ? spec_.chunks : spec_.shards);
    const bool pipe = is_pipe(options.path);
    if (pipe) check_pipe_output(execution, options);
    else if (name.empty()) check_place(options.path);  // a member's place is its group's, which --dry-run does not make
    const ExecutionOptions& run = execution.options();
    if (!group && is_foreign(options.path)) {
        if (!pipe && (execution.part() || run.create_only))
            throw UsageError(fmt::format(
                "{}: parts make a Zarr store together, not a file; write a store, then levin export it", options.path));
        formats::check_holds(options.path, info_);
    }
    if (run.dry_run) return;
    if (group) {
        writer_ = &group->add(name, spec_);
        workplace_ = group->store();
    } else if (options.path == "-") {
        stream_ = std::make_unique<StreamOutput>(execution, spec_);
    } else if (is_foreign(options.path)) {
        open_foreign(write_options(execution));
    } else {
        owned_ = std::make_unique<store::ArrayWriter>(options.path, spec_, write_options(execution));
        writer_ = owned_.get();
        workplace_ = writer_->store();
    }
}

void Output::open_foreign(store::WriteOptions how) {
    if (is_pipe(options_.path)) {
        pipe_ = pipe_output(*execution_);
        scratch_ = fmt::format("{}/levin-{}.levin-scratch", scratch_folder(), store::unique_name());
        execution_->progress().detail(
            fmt::format("the result is computed in {} before it goes into the pipe", scratch_));
    } else {
        const std::string file = plain_path(options_.path);
        std::error_code ignored;
        scratch_ = scratch_beside(options_.path);
        // Killed as the file was written from the complete scratch store, or after that.
        replaces_ = how.force || (how.resume && store::is_published(scratch_));
        if (store::exists(file) && !replaces_) {
            complete_ = how.resume && !std::filesystem::exists(scratch_, ignored);
            if (complete_) return;
            throw Error(fmt::format("output {} exists already; use --force to replace it", file));
        }
    }
    how.force = !how.resume;  // the scratch store is ours: what a killed run left there is replaced
    owned_ = std::make_unique<store::ArrayWriter>(scratch_, spec_, how);
    writer_ = owned_.get();
}

Output::~Output() {
    if (!pipe_ || scratch_.empty()) return;  // nobody resumes what went into a pipe
    std::error_code ignored;
    owned_.reset();
    std::filesystem::remove_all(scratch_, ignored);
}
Output::Output(Output&&) noexcept = default;

bool Output::is_done(Index unit) const {
    if (execution_->options().create_only) return true;
    if (own_ && (own_->empty() || !own_->contains({units_.position(unit), Dims(units_.counts().size(), 1)})))
        return true;
    return writer_ && writer_->is_done(unit);
}

void Output::share(const std::vector<Region>& parts) {
    if (!execution_->part()) return;
    own_ = parts[static_cast<std::size_t>(execution_->part()->number - 1)];
    if (writer_) writer_->share(parts);
}

void Output::write(Index unit, const ConstView& values) {
    const Timed writing(execution_->progress(), Stage::write);
    OwnedArray converted;
    const ConstView stored = as_stored(values, spec_.dtype, options_.clip, converted);
    execution_->progress().add_written(stream_ ? stream_->write(unit, stored) : writer_->write(unit, stored));
}

std::optional<store::GradualBytes> Output::gradual_bytes() const {
    if (is_pipe(options_.path)) return std::nullopt;
    return store::gradual_bytes(options_.path, spec_);
}

std::unique_ptr<store::GradualUnit> Output::begin(Index unit, bool may_hold) { return writer_->begin(unit, may_hold); }

void Output::append(store::GradualUnit& unit, const ConstView& values) {
    const Timed writing(execution_->progress(), Stage::write);
    OwnedArray converted;
    unit.append(as_stored(values, spec_.dtype, options_.clip, converted));
}

void Output::finish(store::GradualUnit& unit) {
    const Timed writing(execution_->progress(), Stage::write);
    execution_->progress().add_written(unit.finish());
}

std::size_t Output::write_bytes(DType from) const {
    const std::size_t converted = from == spec_.dtype ? 0 : byte_count(units_.cell(), size_of(spec_.dtype));
    return converted + (stream_   ? stream_->scratch_bytes()
                        : writer_ ? writer_->scratch_bytes()
                                  : 2 * byte_count(units_.cell(), size_of(spec_.dtype)));
}

void Output::publish() {
    execution_->check_inputs();
    if (stream_) return stream_->publish();
    if (!writer_ || !ready_to_publish(*execution_, {writer_}, options_.path)) return;
    writer_->publish();
    if (scratch_.empty()) return;
    formats::WriteOptions how;
    how.force = replaces_;
    how.stop = execution_->stop();
    how.pipe = pipe_;
    formats::write(*store::Array::open(scratch_), options_.path, how);
    std::filesystem::remove_all(scratch_);
}

OutputGroup::OutputGroup(Execution& execution, const OutputOptions& options, const std::string& input_attributes,
                         const std::string& own_attributes)
    : OutputGroup(execution, options) {
    if (is_pipe(options.path))
        throw UsageError(fmt::format("OUTPUT {}: {} gives several arrays, a pipe carries one; name a store",
                                     options.path, execution.options().tool));
    if (is_foreign(options.path))
        throw UsageError(fmt::format("output {}: several results need a Zarr group; name a folder such as results.zarr",
                                     options.path));
    check_place(options.path);
    if (!execution.options().dry_run)
        group_ = std::make_unique<store::GroupWriter>(
            options.path, attributes_with_history(input_attributes, execution.options(), own_attributes),
            options.zarr_format, write_options(execution));
}

OutputGroup OutputGroup::inside(Execution& execution, const OutputOptions& options) {
    return OutputGroup(execution, options);
}

Output& OutputGroup::add(const std::string& name, const ResultInfo& result) {
    OutputOptions options = options_;
    options.path += "/" + name;
    outputs_.push_back(std::unique_ptr<Output>(new Output(execution_, options, result, group_.get(), name)));
    return *outputs_.back();
}

bool OutputGroup::is_ready() const {
    execution_.check_inputs();
    if (execution_.options().dry_run) return false;
    std::vector<store::ArrayWriter*> writers;
    for (const auto& output : outputs_) writers.push_back(output->writer_);
    return ready_to_publish(execution_, writers, options_.path);
}

void OutputGroup::publish() {
    if (!is_ready()) return;
    if (group_) return group_->publish();
    for (const auto& output : outputs_) output->writer_->publish();
}

}  // namespace levin::engine
