/// The way from a chunk's elements to stored bytes, as `codecs` says it.
#pragma once
#include <optional>

#include "levin/store/codec.hpp"

namespace levin::store {

struct Sharding;

struct CodecChain {
    std::vector<std::size_t> order;            ///< transpose: axis i of the stored chunk is axis order[i] of the chunk
    bool swapped = false;                      ///< bytes: the stored byte order is not this machine's
    std::shared_ptr<const Sharding> sharding;  ///< in the place of bytes
    std::vector<CodecPtr> codecs;              ///< in the order of encoding

    /// `dims`, given for the chunk's axes, for those of the stored chunk.
    Dims stored(const Dims& dims) const;
};

/// sharding_indexed: a chunk of inner chunks, each a run of bytes that an index finds.
struct Sharding {
    Dims chunk_shape;  ///< along the axes of the stored shard; divides its shape
    CodecChain chunks, index;
    bool index_at_end = true;
    /// Encoded bytes of the index of `count` inner chunks; Error on overflow.
    std::size_t index_size(const Dims& counts) const;
};

/// The v3 member `codecs` for chunks of `shape`. Error names the codec at fault.
CodecChain parse_codecs(const Json& codecs, const Dims& shape, DType dtype);
/// "transpose, bytes, zstd"; the inner codecs of shards in brackets.
std::string describe(const CodecChain& chain);

// Each in the file codec_<name>.cpp.
std::vector<std::size_t> parse_transpose(const Json& configuration, std::size_t rank);
bool parse_bytes(const Json& configuration, DType dtype);
Sharding parse_sharding(const Json& configuration, const Dims& shape, DType dtype);

/// Stored bytes: of a file or in memory.
class Stored {
  public:
    explicit Stored(const File& file) : file_(&file), size_(file.size()) {}
    explicit Stored(Bytes memory) : memory_(memory.data()), size_(memory.size()) {}
    std::uint64_t size() const { return size_; }
    /// Whether each read is a request to another machine.
    bool is_remote() const { return file_ && file_->is_remote(); }
    void read(std::uint64_t offset, MutableBytes out) const;
    /// [offset, offset + size), which must lie inside.
    Stored part(std::uint64_t offset, std::uint64_t size) const;
    /// All of it: in place when in memory, else read into `buffer`.
    Bytes all(Buffer& buffer) const;

  private:
    const File* file_ = nullptr;
    const std::byte* memory_ = nullptr;
    std::uint64_t offset_ = 0, size_ = 0;
};

/// Where a shard's inner chunks lie.
class ShardIndex {
  public:
    /// Reads and checks the index of a shard with `counts` inner chunks.
    ShardIndex(const Sharding& sharding, const Dims& counts, const Stored& shard);
    /// Inner chunk `number` in C order, empty when absent (it is fill). Error when it lies outside the shard.
    std::optional<Stored> chunk(Index number) const;

  private:
    Stored shard_;
    Buffer entries_;
};

/// Collects the index while the inner chunks of a shard are written one after another, then encodes it.
class ShardIndexBuilder {
  public:
    explicit ShardIndexBuilder(Index count);
    void set(Index number, std::uint64_t offset, std::uint64_t size);
    /// The encoded index; valid as long as this object.
    Bytes encode(const Sharding& sharding);

  private:
    std::vector<std::uint64_t> entries_;
    Buffer buffers_[2];
};

}  // namespace levin::store
