/// Chunks, sharded or not, from stored bytes to elements and back. Objects hold scratch memory for many chunks; one a
/// thread.
#pragma once

#include "levin/store/chain.hpp"

namespace levin::store {

class ChunkDecoder {
  public:
    /// `fill` is one element, which must outlive this object.
    ChunkDecoder(DType dtype, const std::byte* fill) : dtype_(dtype), fill_(fill) {}
    /// Fills `out` with the part `region` of the chunk of `shape` that is stored in `stored`. Decodes straight into
    /// `out` where the memory order allows. Of a shard it reads the index and the inner chunks that `region` touches.
    void read(const CodecChain& chain, const Dims& shape, const Stored& stored, const Region& region, const View& out);
    /// Decodes everything and throws on any damage.
    void verify(const CodecChain& chain, const Dims& shape, const Stored& stored);

  private:
    void read_bytes(const CodecChain& chain, const Stored& stored, MutableBytes out);
    void read_plain(const CodecChain& chain, const Dims& shape, const Stored& stored, const Region& region,
                    const View& out);
    DType dtype_;
    const std::byte* fill_;
    Buffer decoded_, encoded_;
};

/// Whether elements are stored as they are, but for the order of axes and bytes.
bool is_plain(const CodecChain& chain);
/// Bytes from element to element of such a chunk, along the axes of `shape`.
Dims plain_strides(const CodecChain& chain, const Dims& shape, DType dtype);

/// The most bytes in which such a chunk can sensibly be stored.
std::size_t longest_stored(const CodecChain& chain, const Dims& shape, DType dtype);
/// Bytes that a ChunkDecoder may come to hold for such chunks.
std::size_t decoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype);

class ChunkEncoder {
  public:
    /// `write_fill`: chunks that equal the fill value are stored too.
    ChunkEncoder(DType dtype, const std::byte* fill, bool write_fill)
        : dtype_(dtype), fill_(fill), write_fill_(write_fill) {}
    /// Gives the chunk of `shape` piece by piece to `sink`. `values` may be smaller than the chunk (at the array's
    /// edge): what is missing is fill. Returns false, with nothing given, when the chunk need not be stored.
    bool write(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink);
    /// The same in one piece, which is valid until the next call; not of a shard.
    std::optional<Bytes> encode(const CodecChain& chain, const Dims& shape, const ConstView& values);

  private:
    /// The chunk as the last codec takes it.
    std::optional<Bytes> but_for_last(const CodecChain& chain, const Dims& shape, const ConstView& values);
    bool write_chunk(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink);
    bool write_shard(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink);
    DType dtype_;
    const std::byte* fill_;
    bool write_fill_;
    Buffer chunk_, encoded_[2];
};

/// One chunk that is encoded as its elements come, along its first axis.
class GradualChunk {
  public:
    /// Bytes that one holds between pieces; none when chunks of this chain and shape cannot be encoded so.
    static std::optional<std::size_t> bytes(const CodecChain& chain, const Dims& shape, DType dtype);
    /// As ChunkEncoder's; `fill` and `chain` outlive this object. `may_hold`: the whole chunk, where that is quicker.
    GradualChunk(const CodecChain& chain, const Dims& shape, DType dtype, const std::byte* fill, bool write_fill,
                 bool may_hold);

    /// The next elements along the first axis. `values` may be smaller than the chunk along the others.
    void append(const ConstView& values, const Sink& sink);
    enum class End {
        same,    ///< what went to the sink is what ChunkEncoder gives
        absent,  ///< the chunk is fill and need not be stored
        other    ///< what went to the sink decodes to the chunk, but ChunkEncoder gives other bytes
    };
    /// What is missing along the first axis is fill.
    End finish(const Sink& sink);

  private:
    void append_bytes(const ConstView& rows, const Sink& sink);
    const Dims shape_;
    const DType dtype_;
    const std::byte* fill_;
    bool only_fill_;
    Index next_ = 0;
    std::unique_ptr<GradualEncoder> encoder_;  ///< null: stored as it is
};

/// Bytes that a ChunkEncoder may come to hold for such chunks.
std::size_t encoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype);

/// Whether all elements of a contiguous view equal `fill` bit by bit; any NaN equals a NaN.
bool is_fill(const ConstView& values, const std::byte* fill);

}  // namespace levin::store
