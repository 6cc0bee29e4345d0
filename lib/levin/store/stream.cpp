#include "levin/store/stream.hpp"

#include <fmt/format.h>

#include <charconv>

#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"
#include "levin/store/crc32c.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"

namespace levin::store {

void StreamDigest::begin(const std::string& name, bool is_chunk) {
    crc_ = crc32c(bytes_of(name), crc_);
    chunks_ += is_chunk;
}

void StreamDigest::add(Bytes content) {
    crc_ = crc32c(content, crc_);
    bytes_ += content.size();
}

std::string StreamDigest::text() const {
    return fmt::format("{{\"chunks\": {}, \"bytes\": {}, \"crc32c\": \"{:08x}\"}}\n", chunks_, bytes_, crc_);
}

std::string damaged_end(std::string_view found, std::string_view expected) {
    const auto line = [](std::string_view text) { return text.substr(0, text.find('\n')); };
    return fmt::format("the end marker says {}, but {} came: the stream was damaged on its way", line(found),
                       line(expected));
}

std::optional<Index> chunk_of(const Metadata& metadata, const Grid& grid, const std::string& key) {
    const std::size_t rank = metadata.shape.size();
    std::string_view rest = key;
    if (metadata.key_prefix && rest.starts_with('c'))
        rest.remove_prefix(std::min<std::size_t>(rest.size(), rank == 0 ? 1 : 2));
    Dims position;
    for (std::size_t i = 0; i < rank && !rest.empty(); ++i) {
        Index index = -1;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
        if (error != std::errc{} || index < 0 || index >= grid.counts()[i]) return std::nullopt;
        position.push_back(index);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (!rest.empty()) rest.remove_prefix(1);
    }
    // One spelling only: what was read must give the key again.
    if (position.size() != rank || grid.size() == 0 || metadata.key(position) != key) return std::nullopt;
    return grid.number(position);
}

struct StreamWriter::Impl {
    ArraySpec spec;
    Metadata metadata;
    Grid units;
    TarWriter tar;
    StreamDigest digest;

    Impl(const ArraySpec& spec_, const Documents& documents, TarWriter::Sink sink)
        : spec(spec_),
          metadata(parse_metadata_v3(documents.back().text)),
          units(metadata.shape, metadata.chunks),
          tar(std::move(sink)) {
        add(documents.back().name, bytes_of(documents.back().text), false);
    }
    void add(const std::string& name, Bytes content, bool is_chunk) {
        digest.begin(name, is_chunk);
        digest.add(content);
        tar.add(name, content);
    }
};

StreamWriter::StreamWriter(const ArraySpec& spec, TarWriter::Sink sink) {
    if (!spec.shards.empty()) throw UsageError("--shards: a pipe carries single chunks; leave it out");
    if (spec.zarr_format != 3) throw UsageError("--zarr-format 2: a pipe carries Zarr format 3; leave it out");
    impl_ = std::make_unique<Impl>(spec, array_documents(spec), std::move(sink));
}
StreamWriter::~StreamWriter() = default;

const Grid& StreamWriter::units() const { return impl_->units; }

bool StreamWriter::encode(Index unit, const ConstView& values, const std::function<void(Bytes)>& sink) const {
    const Impl& impl = *impl_;
    if (values.shape != impl.units.region(unit).shape || values.dtype != impl.spec.dtype)
        throw Error(fmt::format("chunk {} has shape {}, not {}", unit, to_string(impl.units.region(unit).shape),
                                to_string(values.shape)));
    ChunkEncoder encoder(impl.spec.dtype, impl.metadata.fill.data(), impl.spec.write_fill);
    const auto bytes = encoder.encode(impl.metadata.codecs, impl.metadata.chunks, values);
    if (bytes) sink(*bytes);
    return bytes.has_value();
}

std::size_t StreamWriter::scratch_bytes() const {
    return encoder_bytes(impl_->metadata.codecs, impl_->metadata.chunks, impl_->spec.dtype);
}
std::size_t StreamWriter::chunk_bytes() const {
    return longest_stored(impl_->metadata.codecs, impl_->metadata.chunks, impl_->spec.dtype);
}
void StreamWriter::add(Index unit, Bytes encoded) {
    impl_->add(impl_->metadata.key(impl_->units.position(unit)), encoded, true);
}
void StreamWriter::finish() {
    impl_->tar.add(end_marker, bytes_of(impl_->digest.text()));
    impl_->tar.finish();
}

struct StreamReader::Impl {
    TarReader tar;
    Metadata metadata;
    ArrayInfo info;
    Grid grid;
    StreamDigest digest;
    Index last = -1;
    std::size_t longest = 0;
    bool ended = false, missing_is_error;

    Impl(TarReader::Source source, bool missing_is_error_)
        : tar(std::move(source)), missing_is_error(missing_is_error_) {}
    void read_metadata();
    std::string read_text(const TarMember& member, std::uint64_t limit, bool in_digest);
    void read_end(const TarMember& member);
};

namespace {

constexpr std::uint64_t longest_end = 4096;
constexpr const char* plain_tar =
    "a stream that levin did not write needs --no-trailer on the tool that reads it (tar c -C in.zarr zarr.json c | "
    "levin ... - out.zarr --no-trailer)";

}  // namespace

std::string StreamReader::Impl::read_text(const TarMember& member, std::uint64_t limit, bool in_digest) {
    if (member.size > limit)
        throw Error(fmt::format("{} has {} bytes, more than the {} that make sense", member.name, member.size, limit));
    std::string text;
    tar.read([&](Bytes piece) {
        if (in_digest) digest.add(piece);
        text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    return text;
}

void StreamReader::Impl::read_metadata() {
    const auto first = tar.next();
    if (!first) throw Error("the stream is an empty tar: the program that should write it has failed");
    if (first->name != "zarr.json")
        throw Error(fmt::format("the stream begins with {}, not with zarr.json: {}", first->name, plain_tar));
    digest.begin(first->name, false);
    const std::string text = read_text(*first, max_metadata, true);
    with_context([] { return "zarr.json"; },
                 [&] {
                     const Json document = parse_json(text);
                     if (document.is_object() && document.value("node_type", Json()) == "group")
                         throw Error("a group; a stream carries one array: name it, e.g. GROUP/0");
                     metadata = parse_metadata_v3(text);
                     grid = Grid(metadata.shape, metadata.chunks);
                 });
    info = {metadata.shape, metadata.dtype, metadata.axes, metadata.chunks, metadata.attributes};
    longest = longest_stored(metadata.codecs, metadata.chunks, metadata.dtype);
}

void StreamReader::Impl::read_end(const TarMember& member) {
    const std::string expected = digest.text(), found = read_text(member, longest_end, false);
    if (found != expected) throw Error(damaged_end(found, expected));
    if (const auto more = tar.next())
        throw Error(fmt::format("member {} comes after the end marker: a stream carries one array", more->name));
    ended = true;
}

StreamReader::StreamReader(TarReader::Source source, bool missing_is_error)
    : impl_(std::make_unique<Impl>(std::move(source), missing_is_error)) {
    impl_->read_metadata();
}
StreamReader::~StreamReader() = default;

const ArrayInfo& StreamReader::info() const { return impl_->info; }
std::size_t StreamReader::chunk_bytes() const { return impl_->longest; }
const Metadata& StreamReader::metadata() const { return impl_->metadata; }
std::string StreamReader::key(Index chunk) const { return impl_->metadata.key(impl_->grid.position(chunk)); }

std::optional<ChunkFeed::Arrival> StreamReader::next(Buffer& buffer) {
    Impl& impl = *impl_;
    if (impl.ended) return std::nullopt;
    const auto member = impl.tar.next();
    if (!member)
        throw Error(fmt::format("the stream ends without the end marker {}: the program that writes it has failed; {}",
                                end_marker, plain_tar));
    if (member->name == end_marker) {
        impl.read_end(*member);
        return std::nullopt;
    }
    const auto chunk = chunk_of(impl.metadata, impl.grid, member->name);
    if (!chunk)
        throw Error(member->name.ends_with("zarr.json")
                        ? fmt::format("member {}: a second array; a stream carries one", member->name)
                        : fmt::format("member {} is no chunk of an array of shape {} in chunks {}", member->name,
                                      to_string(impl.metadata.shape), to_string(impl.metadata.chunks)));
    if (*chunk <= impl.last)
        throw Error(fmt::format("chunk {} comes after {}: {}", member->name, key(impl.last), plain_tar));
    if (member->size > impl.longest)
        throw Error(fmt::format("chunk {} has {} bytes, where none has more than {}", member->name, member->size,
                                impl.longest));
    impl.last = *chunk;
    impl.digest.begin(member->name, true);
    const auto size = static_cast<std::size_t>(member->size);
    buffer.reserve(size);
    std::byte* to = buffer.data();
    impl.tar.read([&](Bytes piece) {
        impl.digest.add(piece);
        to = std::copy(piece.begin(), piece.end(), to);
    });
    if (size == 0) throw Error(fmt::format("chunk {} is empty (0 bytes)", member->name));
    return Arrival{*chunk, size};
}

void StreamReader::decode(Index chunk, Bytes encoded, const Region& region, const View& out) const {
    const Metadata& metadata = impl_->metadata;
    if (encoded.empty()) {
        if (impl_->missing_is_error) throw Error(fmt::format("chunk {} is missing in the stream", key(chunk)));
        return fill(out, metadata.fill.data());
    }
    Dims origin = impl_->grid.position(chunk);
    for (std::size_t i = 0; i < origin.size(); ++i) origin[i] *= metadata.chunks[i];
    ChunkDecoder decoder(metadata.dtype, metadata.fill.data());
    with_context(
        [&] { return "chunk " + key(chunk); },
        [&] { decoder.read(metadata.codecs, metadata.chunks, Stored(encoded), relative_to(region, origin), out); });
}

std::size_t StreamReader::decode_bytes() const {
    return decoder_bytes(impl_->metadata.codecs, impl_->metadata.chunks, impl_->metadata.dtype);
}

void StreamReader::verify(Index chunk, Bytes encoded) const {
    ChunkDecoder decoder(impl_->metadata.dtype, impl_->metadata.fill.data());
    with_context([&] { return "chunk " + key(chunk); },
                 [&] { decoder.verify(impl_->metadata.codecs, impl_->metadata.chunks, Stored(encoded)); });
}

}  // namespace levin::store
