/// Chunks, sharded or not, from stored bytes to elements and back. Objects hold scratch memory for many chunks; one a
/// thread.
#pragma once
#include <functional>

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
    DType dtype_;
    const std::byte* fill_;
    Buffer decoded_, encoded_;
};

/// The most bytes in which such a chunk can sensibly be stored.
std::size_t longest_stored(const CodecChain& chain, const Dims& shape, DType dtype);
/// Bytes that a ChunkDecoder may come to hold for such chunks.
std::size_t decoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype);

class ChunkEncoder {
  public:
    /// `write_fill`: chunks that equal the fill value are stored too.
    ChunkEncoder(DType dtype, const std::byte* fill, bool write_fill)
        : dtype_(dtype), fill_(fill), write_fill_(write_fill) {}
    using Sink = std::function<void(Bytes)>;
    /// Gives the chunk of `shape` piece by piece to `sink`. `values` may be smaller than the chunk (at the array's
    /// edge): what is missing is fill. Returns false, with nothing given, when the chunk need not be stored.
    bool write(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink);

  private:
    std::optional<Bytes> encode(const CodecChain& chain, const Dims& shape, const ConstView& values);
    bool write_shard(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink);
    DType dtype_;
    const std::byte* fill_;
    bool write_fill_;
    Buffer chunk_, encoded_[2];
};

/// Bytes that a ChunkEncoder may come to hold for such chunks.
std::size_t encoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype);

/// Whether all elements of a contiguous view equal `fill` bit by bit; any NaN equals a NaN.
bool is_fill(const ConstView& values, const std::byte* fill);

}  // namespace levin::store
