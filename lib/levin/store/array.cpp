#include "levin/store/array.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/core/strided_bytes.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/chunk.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/ome.hpp"
#include "levin/store/pending.hpp"

namespace levin::store {

struct Array::Impl {
    std::string name;  // as the user gave it
    std::string path;  // of the array
    OpenOptions options;
    Metadata metadata;
    ArrayInfo info;
    Grid units;
    remote::Opening opening;  // of a unit at a URL

    std::string file(const Dims& position) const { return path + "/" + metadata.key(position); }
    void read_unit(ChunkDecoder& decoder, const Dims& position, const Region& wanted, const View& out) const;
};

namespace {

Metadata read_metadata(const std::string& path, int zarr_format) {
    const std::string file = path + (zarr_format == 3 ? "/zarr.json" : "/.zarray");
    const auto text = read_text(file, max_metadata);
    if (!text) throw Error(fmt::format("{} is missing", file));
    const std::string attributes = zarr_format == 3 ? "" : read_text(path + "/.zattrs", max_metadata).value_or("");
    return with_context(
        [&] { return file; },
        [&] { return zarr_format == 3 ? parse_metadata_v3(*text) : parse_metadata_v2(*text, attributes); });
}

[[noreturn]] void refuse_pending(const std::string& path, const PendingState& state) {
    throw Error(fmt::format(
        "{} is not finished: {} of {} chunks are done{}; run the command that makes it again, with --resume", path,
        state.done, state.total, state.tool.empty() ? "" : fmt::format(" by {}", state.tool)));
}

[[noreturn]] void refuse_group(const std::string& path) {
    constexpr std::size_t limit = 20;
    const std::vector<std::string> members = list_members(path, limit + 1);
    std::string list;
    for (std::size_t i = 0; i < std::min(members.size(), limit); ++i)
        list += fmt::format("{}{}", i ? ", " : "", members[i]);
    if (members.size() > limit) list += ", ...";
    throw Error(list.empty() ? fmt::format("{} is a Zarr group without arrays", path)
                             : fmt::format("{} is a Zarr group, not an image; open one of its arrays: {}", path, list));
}

}  // namespace

bool is_store(const std::string& path) {
    if (remote::is_url(path)) {
        for (const char* file : {"zarr.json", ".zarray", ".zgroup"})
            if (exists(path + "/" + file)) return true;
        // Where nothing can be listed nobody writes either.
        return remote::parse_url(path).is_store() && !remote::list(path + "/" + pending_folder, true, 1).empty();
    }
    std::error_code ignored;
    for (const char* file : {"zarr.json", ".zarray", ".zgroup"})
        if (std::filesystem::exists(path + "/" + file, ignored)) return true;
    return std::filesystem::is_directory(path + "/" + pending_folder, ignored);
}

Array::Array(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Array::~Array() = default;

namespace {

void require_folder(const std::string& path) {
    if (remote::is_url(path)) return;  // there are none
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) throw_system_error(fmt::format("cannot open {}", path), errno);
    if (!S_ISDIR(status.st_mode)) throw Error(fmt::format("{} is not a Zarr store: it is a file", path));
}

/// What is read first of a unit comes with the request that opens it: the index of a shard, else all.
remote::Opening opening_of(const Metadata& metadata) {
    using What = remote::Opening::What;
    const CodecChain& codecs = metadata.codecs;
    if (!codecs.sharding || !codecs.codecs.empty())
        return {What::whole, longest_stored(codecs, metadata.chunks, metadata.dtype)};
    const Dims counts = Grid(codecs.stored(metadata.chunks), codecs.sharding->chunk_shape).counts();
    return {codecs.sharding->index_at_end ? What::end : What::begin, codecs.sharding->index_size(counts)};
}

}  // namespace

std::unique_ptr<Array> Array::open(const std::string& path, const OpenOptions& options) {
    require_folder(path);
    auto impl = std::make_unique<Impl>();
    impl->name = impl->path = path;
    impl->options = options;
    Node node = read_node(path);
    if (node.kind == Node::Kind::none) {
        if (const auto state = pending_state(path)) refuse_pending(path, *state);
        throw Error(fmt::format("{} is not a Zarr store: it has no zarr.json, .zarray or .zgroup", path));
    }
    Axes axes;
    if (node.kind == Node::Kind::group) {
        if (!is_image(node.attributes)) refuse_group(path);
        ImageLevel level =
            with_context([&] { return path; }, [&] { return image_level(node.attributes, options.level); });
        impl->path += "/" + level.path;
        axes = std::move(level.axes);
        node = read_node(impl->path);
        if (node.kind != Node::Kind::array)
            throw Error(fmt::format("{}: the image's level {} should be an array at {}, and is none", path,
                                    options.level, impl->path));
    } else if (options.level != 0) {
        throw UsageError(
            fmt::format("level {}: {} is an array, not an image with several levels", options.level, path));
    }
    Metadata& metadata = impl->metadata = read_metadata(impl->path, node.zarr_format);
    if (!axes.empty()) {
        if (axes.size() != metadata.shape.size())
            throw Error(fmt::format("{}: multiscales names {} axes, the array {} has {}", path, axes.size(), impl->path,
                                    metadata.shape.size()));
        metadata.axes = std::move(axes);
    }
    impl->units = with_context([&] { return path; }, [&] { return Grid(metadata.shape, metadata.chunks); });
    impl->opening = opening_of(metadata);
    impl->info = {metadata.shape, metadata.dtype, metadata.axes, metadata.inner_chunks(), metadata.attributes};
    return std::unique_ptr<Array>(new Array(std::move(impl)));
}

const ArrayInfo& Array::info() const { return impl_->info; }
std::string Array::name() const { return impl_->name; }
const std::string& Array::folder() const { return impl_->path; }
const Metadata& Array::metadata() const { return impl_->metadata; }
const Grid& Array::units() const { return impl_->units; }
std::string Array::key(Index unit) const { return impl_->metadata.key(impl_->units.position(unit)); }

void Array::Impl::read_unit(ChunkDecoder& decoder, const Dims& position, const Region& wanted, const View& out) const {
    // The stored chunk is whole even where the array ends inside it.
    Dims origin = position;
    for (std::size_t i = 0; i < origin.size(); ++i) origin[i] *= metadata.chunks[i];
    const Region part = intersect(Region{origin, metadata.chunks}, wanted);
    const View piece = out.sub(relative_to(part, wanted.origin));
    const std::string chunk = file(position);
    const auto stored = File::open(chunk, opening);
    if (stored) {
        with_context(
            [&] { return chunk; },
            [&] { decoder.read(metadata.codecs, metadata.chunks, Stored(*stored), relative_to(part, origin), piece); });
    } else {
        if (options.missing_is_error) throw Error(fmt::format("{} is missing", chunk));
        fill(piece, metadata.fill.data());
    }
}

void Array::read(const Region& region, const View& out) const {
    if (region.rank() != info().rank() || !Region::whole(info().shape).contains(region) || out.shape != region.shape ||
        out.dtype != info().dtype)
        throw Error(fmt::format("{}: cannot read {} of an array of shape {} into a view of shape {}", name(),
                                to_string(region), to_string(info().shape), to_string(out.shape)));
    ChunkDecoder decoder(impl_->metadata.dtype, impl_->metadata.fill.data());
    for_each_index(impl_->units.cells(region),
                   [&](const Dims& position) { impl_->read_unit(decoder, position, region, out); });
}

std::size_t Array::scratch_bytes() const {
    const std::size_t decoder = decoder_bytes(impl_->metadata.codecs, impl_->metadata.chunks, impl_->metadata.dtype);
    if (!remote::is_url(impl_->path))
        return is_plain(impl_->metadata.codecs) ? std::min(decoder, static_cast<std::size_t>(strided_scratch))
                                                : decoder;
    // What comes with opening, the chunk or the index; of a shard a range more.
    const bool whole = impl_->opening.what == remote::Opening::What::whole;
    return decoder + static_cast<std::size_t>(impl_->opening.bytes + (whole ? 0 : remote::longest_range));
}

Dims Array::granule() const {
    const Metadata& metadata = impl_->metadata;
    // At a URL a part of a chunk costs a request, and comes with the whole.
    if (!is_plain(metadata.codecs) || remote::is_url(impl_->path)) return info().chunks;
    return least_box(metadata.chunks, plain_strides(metadata.codecs, metadata.chunks, metadata.dtype),
                     size_of(metadata.dtype));
}

std::optional<std::size_t> Array::stored_size(Index unit) const {
    const std::string path = impl_->file(impl_->units.position(unit));
    if (remote::is_url(path)) {
        const auto state = file_state(path);
        return state ? std::optional<std::size_t>(state->size) : std::nullopt;
    }
    const auto file = File::open(path);
    if (!file) return std::nullopt;
    return file->size();
}

bool Array::verify(Index unit) const {
    const std::string chunk = impl_->file(impl_->units.position(unit));
    const auto stored = File::open(chunk, impl_->opening);
    if (!stored) return false;
    ChunkDecoder decoder(impl_->metadata.dtype, impl_->metadata.fill.data());
    with_context([&] { return chunk; },
                 [&] { decoder.verify(impl_->metadata.codecs, impl_->metadata.chunks, Stored(*stored)); });
    return true;
}

}  // namespace levin::store
