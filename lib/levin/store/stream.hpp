/// An array as a tar stream of its keys: zarr.json first, then the chunks in C order, and `__levin/end.json` as the
/// last member, because a tar stream that is cut between two members looks whole.
///
/// end.json holds {"chunks": N, "bytes": N, "crc32c": "HEX"}: the number of chunks that came, the bytes in them and in
/// zarr.json, and the checksum of all that: of each member its name, then its content. A chunk that equals the fill
/// value is left out.
#pragma once
#include "levin/core/chunk_feed.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/tar.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {

/// What end.json says, counted on both sides.
class StreamDigest {
  public:
    void begin(const std::string& name, bool is_chunk);
    void add(Bytes content);
    std::string text() const;

  private:
    std::uint64_t chunks_ = 0, bytes_ = 0;
    std::uint32_t crc_ = 0;
};

class StreamWriter {
  public:
    /// Begins the stream with the metadata. UsageError for shards and Zarr format 2, which a stream cannot have.
    StreamWriter(const ArraySpec& spec, TarWriter::Sink sink);
    ~StreamWriter();

    const Grid& units() const;
    /// Gives the chunk's encoded bytes to `sink`, which may keep them for the time of the call; false, with nothing
    /// given, for one that is left out. Safe from several threads. `values` are as for ArrayWriter::write.
    bool encode(Index unit, const ConstView& values, const std::function<void(Bytes)>& sink) const;
    /// Bytes that one call of encode may hold, and bytes that a chunk may have.
    std::size_t scratch_bytes() const;
    std::size_t chunk_bytes() const;
    /// The next chunk in C order.
    void add(Index unit, Bytes encoded);
    /// The end marker.
    void finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The array in a stream that a StreamWriter wrote. Nothing but the checked metadata decides how much memory is taken.
class StreamReader final : public ChunkFeed {
  public:
    /// Reads up to the metadata. Error for what is no such stream, several arrays, or metadata that a store could not
    /// have either.
    explicit StreamReader(TarReader::Source source, bool missing_is_error = false);
    ~StreamReader() override;

    const ArrayInfo& info() const override;
    std::size_t chunk_bytes() const override;
    std::optional<Arrival> next(Buffer& buffer) override;
    void decode(Index chunk, Bytes encoded, const Region& region, const View& out) const override;
    std::size_t decode_bytes() const override;

    const Metadata& metadata() const;
    std::string key(Index chunk) const;
    /// Decodes a whole chunk and throws on any damage.
    void verify(Index chunk, Bytes encoded) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads a whole stream of the files of one array in any order, with or without end marker, as `tar c` writes it, into
/// a scratch file in `folder`; v2 and shards too.
std::unique_ptr<ArraySource> spool_stream(TarReader::Source source, const std::string& folder,
                                          bool missing_is_error = false);

/// The number of the chunk that has this key; empty when none has.
std::optional<Index> chunk_of(const Metadata& metadata, const Grid& grid, const std::string& key);

/// What is wrong with an end marker that is not the expected one.
std::string damaged_end(std::string_view found, std::string_view expected);

/// The name of the last member.
inline constexpr const char* end_marker = "__levin/end.json";

}  // namespace levin::store
