// How a store is written, so that readers see a whole store or none, whatever is killed when:
//
// 1. A value file is never modified. A unit (a chunk, or a shard when sharded) goes to a partial file in its own
// folder,
//    named "__levin-partial." and host, process and a random number. It is opened with O_EXCL, closed, the close is
//    checked, and it is renamed to its key. With --fsync the file is synced before the rename and its folder after.
// 2. Then the unit's number goes as one line, by one write, into this process's own journal,
//    `__levin/journal.HOST.PID.RANDOM`. No other process writes there, so no locks are needed, on NFS neither. A line
//    torn by a crash has no newline and counts for nothing. A unit that equals the fill value is not stored but
//    journalled.
// 3. The metadata wait in `__levin/`, a name that Zarr reserves and readers skip. They come to their visible place,
//    through a partial file and a rename, only when the journals together name every unit; for v2 .zattrs comes before
//    .zarray. Then `__levin` is removed.
// 4. Resuming compares the waiting metadata with the request's and trusts the journals, not the presence of files.
//    A run that an error ends before its first unit takes what it created away again.
// 5. The store's folder is held open, and everything in it is done relative to that: a run whose store another run
//    begins anew, or somebody removes, sees before each unit that its folder lies in its place no more, and never
//    writes into what has come there. `__levin/inputs.json` says what the inputs were; who goes on with others is
//    refused.
// 6. A store that is replaced stays in its place, untouched, while the new one grows in `.levin-new.NAME` beside it.
//    When that is complete the two exchange their names and the old one goes. A run that finds such a folder knows by
//    its contents how far the other came: metadata still waiting, not complete; visible metadata and `__levin`,
//    complete but not yet exchanged; visible metadata alone, the old store, to be removed. Parts that end together
//    all try; each looks until the folder that it holds is in its place.
// 7. In a bucket every put is whole or nothing, so 1 and 3 need no partial files and no renames: a unit, and in the end
//    the metadata, are put under their keys. Nothing can be appended: a journal is put again every few seconds, and
//    when others are to see it; what was put since is done again after a crash. Nothing is held open: each run puts
//    `__levin/run.HOST.PID.RANDOM`, and when that is gone, looking every few seconds and before it publishes, it
//    stops. And nothing can be exchanged, so that a store that is there is not replaced.
#include "levin/store/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/remote/upload.hpp"
#include "levin/store/parts.hpp"
#include "levin/store/writer_impl.hpp"

namespace levin::store {

namespace {

Grid checked_grid(const Metadata& metadata) {
    Grid grid(metadata.shape, metadata.chunks);
    if (grid.size() > max_units)
        throw UsageError(fmt::format("{} files of {} are too many; use larger chunks, or shards", grid.size(),
                                     to_string(metadata.chunks)));
    return grid;
}

}  // namespace

// What is wrong with the request shows before anything is touched: the metadata are made, parsed as a reader would, and
// counted first.
ArrayWriter::Impl::Impl(const std::string& path, ArraySpec spec_, Documents documents_, const WriteOptions& options_)
    : spec(std::move(spec_)),
      options(options_),
      documents(std::move(documents_)),
      metadata(*metadata_of(documents)),
      units(checked_grid(metadata)),
      output(path, documents, options),
      journal(output.folder(), options.fsync) {
    if (output.was_complete()) {
        done.assign(static_cast<std::size_t>(units.size()), true);
        done_count = units.size();
    } else {
        read_done();
    }
}

void ArrayWriter::Impl::read_done() {
    journal.flush();
    done = read_journals(output.store(), units.size());
    done_count = std::count(done.begin(), done.end(), true);
}

void ArrayWriter::Impl::begin(Index unit, std::optional<PartialFile>& partial) {
    const std::lock_guard lock(mutex);
    journal.open();
    partial.emplace(output.folder(), key_of(unit), options.fsync);
}

std::size_t ArrayWriter::Impl::write(Index unit, const ConstView& values) {
    const Region region = units.region(unit);
    if (values.shape != region.shape || values.dtype != spec.dtype)
        throw Error(fmt::format("{}: chunk {} has shape {} {}, not {} {}", output.path(), key_of(unit),
                                to_string(region.shape), name_of(spec.dtype), to_string(values.shape),
                                name_of(values.dtype)));
    output.check_place();
    std::optional<PartialFile> partial;
    ChunkEncoder encoder(spec.dtype, metadata.fill.data(), spec.write_fill);
    encoder.write(metadata.codecs, metadata.chunks, values, [&](Bytes bytes) {
        if (!partial) begin(unit, partial);
        partial->write(bytes);
    });
    return finish(unit, partial);
}

std::size_t ArrayWriter::Impl::finish(Index unit, std::optional<PartialFile>& partial) {
    if (partial) {
        partial->publish();
    } else if (output.resumed()) {
        // There may be a file without a line in a journal, left by a run that was killed.
        remove_file(output.folder(), key_of(unit));
    }
    mark_done(unit);
    return partial ? partial->size() : 0;
}

void ArrayWriter::Impl::mark_done(Index unit) {
    const std::lock_guard lock(mutex);
    if (done[static_cast<std::size_t>(unit)]) return;
    journal.append(unit);
    done[static_cast<std::size_t>(unit)] = true;
    ++done_count;
}

/// The keys of the first missing units, for a message.
std::string ArrayWriter::Impl::missing() const {
    std::string text;
    int shown = 0;
    for (Index unit = 0; unit < units.size(); ++unit) {
        if (done[static_cast<std::size_t>(unit)]) continue;
        if (++shown > 5) return text + ", ...";
        text += fmt::format("{}{}", shown > 1 ? ", " : "", key_of(unit));
    }
    return text;
}

void ArrayWriter::Impl::publish() {
    const std::lock_guard lock(mutex);
    if (done_count < units.size()) read_done();  // other processes may have done the rest
    if (done_count < units.size()) {
        if (finished_elsewhere()) return;
        throw Error(fmt::format("{} is not finished: {} of {} chunks are missing ({})", output.path(),
                                units.size() - done_count, units.size(), missing()));
    }
    journal.close();
    output.publish();
}

ArrayWriter::ArrayWriter(const std::string& path, const ArraySpec& spec, const WriteOptions& options)
    : ArrayWriter(std::make_unique<Impl>(path, spec, array_documents(spec), options)) {}
ArrayWriter::ArrayWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArrayWriter::~ArrayWriter() = default;
ArrayWriter::ArrayWriter(ArrayWriter&&) noexcept = default;

ArrayWriter ArrayWriter::join(const std::string& path, bool write_fill, bool fsync) {
    const Documents documents = pending_documents(path);
    const auto metadata = metadata_of(documents);
    if (!metadata) throw Error(fmt::format("{} is no array in the making", path));
    ArraySpec spec;
    spec.shape = metadata->shape;
    spec.dtype = metadata->dtype;
    spec.axes = metadata->axes;
    spec.write_fill = write_fill;
    WriteOptions options;
    options.fsync = fsync;
    options.shared = true;
    return ArrayWriter(std::make_unique<Impl>(path, spec, documents, options));
}

const ArraySpec& ArrayWriter::spec() const { return impl_->spec; }
const std::string& ArrayWriter::store() const { return impl_->output.store(); }
const Grid& ArrayWriter::units() const { return impl_->units; }
bool ArrayWriter::was_complete() const { return impl_->output.was_complete(); }

std::size_t ArrayWriter::write(Index unit, const ConstView& values) {
    std::size_t bytes = 0;
    impl_->unless_finished_elsewhere([&] { bytes = impl_->write(unit, values); });
    return bytes;
}

bool ArrayWriter::is_done(Index unit) const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->done[static_cast<std::size_t>(unit)];
}

Index ArrayWriter::done_count() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->done_count;
}

std::size_t ArrayWriter::scratch_bytes() const {
    const Metadata& metadata = impl_->metadata;
    const std::size_t upload =
        impl_->output.folder().is_remote()
            ? remote::Upload::memory(longest_stored(metadata.codecs, metadata.chunks, metadata.dtype))
            : 0;
    return encoder_bytes(metadata.codecs, metadata.chunks, metadata.dtype) + upload;
}

void ArrayWriter::share(const std::vector<Region>& parts) {
    if (was_complete()) return;
    impl_->unless_finished_elsewhere([&] { write_parts(impl_->output.folder(), parts, impl_->options.fsync); });
}

bool ArrayWriter::is_complete() {
    if (was_complete()) return true;
    Impl& impl = *impl_;
    const std::lock_guard lock(impl.mutex);
    if (impl.done_count < impl.units.size()) impl.read_done();
    return impl.done_count == impl.units.size() || impl.finished_elsewhere();
}

void ArrayWriter::publish() {
    if (was_complete()) return;
    impl_->unless_finished_elsewhere([&] { impl_->publish(); });
}

}  // namespace levin::store
