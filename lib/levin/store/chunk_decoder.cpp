#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "levin/core/error.hpp"
#include "levin/core/strided_bytes.hpp"
#include "levin/store/chunk.hpp"

namespace levin::store {
namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max() / 2;

std::size_t saturated_product(std::size_t a, std::size_t b) {
    std::size_t result = 0;
    return __builtin_mul_overflow(a, b, &result) || result > unbounded ? unbounded : result;
}

/// The longest sensible encoding of a chunk by the first `steps` of its codecs, `elements` bytes before the first.
std::size_t limit(const CodecChain& chain, std::size_t elements, std::size_t steps) {
    std::size_t size = elements;
    for (std::size_t i = 0; i < steps; ++i) size = std::min(unbounded, chain.codecs[i]->max_encoded(size));
    return size;
}

std::size_t max_stored(const CodecChain& chain, const Dims& shape, DType dtype);

/// Bytes before the first bytes-to-bytes codec: exact for plain chunks, an upper bound for shards.
std::size_t before_codecs(const CodecChain& chain, const Dims& shape, DType dtype) {
    if (!chain.sharding) return byte_count(shape, size_of(dtype));
    const Dims counts = Grid(chain.stored(shape), chain.sharding->chunk_shape).counts();
    const std::size_t chunks =
        saturated_product(static_cast<std::size_t>(product(counts)),
                          max_stored(chain.sharding->chunks, chain.sharding->chunk_shape, dtype));
    return std::min(unbounded, chunks + chain.sharding->index_size(counts));
}

std::size_t max_stored(const CodecChain& chain, const Dims& shape, DType dtype) {
    return limit(chain, before_codecs(chain, shape, dtype), chain.codecs.size());
}

/// Undoes all codecs; returns how many bytes of `out` that gave.
std::size_t undo(const CodecChain& chain, const Stored& stored, MutableBytes out, Buffer& buffer) {
    const std::size_t longest = limit(chain, out.size(), chain.codecs.size());
    if (stored.size() > longest)
        throw Error(fmt::format("{} stored bytes, where no encoding of {} bytes has more than {}", stored.size(),
                                out.size(), longest));
    Bytes encoded = stored.all(buffer);
    Buffer between;
    for (std::size_t i = chain.codecs.size(); i-- > 0;) {
        if (i == 0) return chain.codecs[0]->decode(encoded, out);
        Buffer decoded(limit(chain, out.size(), i));
        const std::size_t size = chain.codecs[i]->decode(encoded, {decoded.data(), decoded.size()});
        between = std::move(decoded);
        encoded = {between.data(), size};
    }
    std::copy(encoded.begin(), encoded.end(), out.begin());
    return encoded.size();
}

/// The shard's own bytes: as stored, or decoded into `buffer` when codecs follow the sharding.
Stored open_shard(const CodecChain& chain, const Dims& shape, const Stored& stored, DType dtype, Buffer& buffer) {
    if (chain.codecs.empty()) return stored;
    Buffer encoded;
    buffer.reserve(before_codecs(chain, shape, dtype));
    return Stored(Bytes(buffer.data(), undo(chain, stored, {buffer.data(), buffer.size()}, encoded)));
}

class StoredBytes final : public ByteSource {
  public:
    explicit StoredBytes(const Stored& stored) : stored_(stored) {}
    void read(Index offset, void* to, Index bytes) override {
        stored_.read(static_cast<std::uint64_t>(offset),
                     {static_cast<std::byte*>(to), static_cast<std::size_t>(bytes)});
    }

  private:
    const Stored& stored_;
};

void require_size(std::size_t found, std::size_t expected) {
    if (found == 0) throw Error(fmt::format("empty (0 bytes), where a chunk of {} bytes is expected", expected));
    if (found != expected) throw Error(fmt::format("{} bytes of elements, where the chunk has {}", found, expected));
}

std::string inner(const Dims& position) { return fmt::format("inner chunk {}", to_string(position)); }

}  // namespace

void ChunkDecoder::read_bytes(const CodecChain& chain, const Stored& stored, MutableBytes out) {
    if (stored.size() > 0 && !chain.codecs.empty()) return require_size(undo(chain, stored, out, encoded_), out.size());
    require_size(stored.size(), out.size());
    stored.read(0, out);
}

/// Of elements that lie in the file as they are those in `region` are read, where a part costs less than all.
void ChunkDecoder::read_plain(const CodecChain& chain, const Dims& shape, const Stored& stored, const Region& region,
                              const View& out) {
    require_size(stored.size(), byte_count(shape, size_of(dtype_)));
    const Stored at_hand = stored.is_remote() ? Stored(stored.all(decoded_)) : stored;
    StoredBytes bytes(at_hand);
    read_strided(bytes, {0, plain_strides(chain, shape, dtype_), chain.swapped}, region, out);
}

void ChunkDecoder::read(const CodecChain& chain, const Dims& shape, const Stored& stored, const Region& region,
                        const View& out) {
    if (is_plain(chain)) return read_plain(chain, shape, stored, region, out);
    const Dims stored_shape = chain.stored(shape);
    const Region wanted{chain.stored(region.origin), chain.stored(region.shape)};
    const View target = chain.order.empty() ? out : permuted(out, chain.order);
    if (!chain.sharding) {
        const bool direct = wanted.shape == stored_shape && target.is_contiguous();
        const std::size_t size = byte_count(shape, size_of(dtype_));
        if (!direct) decoded_.reserve(size);
        const View chunk = direct ? target : contiguous(decoded_.data(), dtype_, stored_shape);
        read_bytes(chain, stored, {chunk.data, size});
        if (chain.swapped) swap_bytes(chunk);
        // Any byte but 0 is true; a C++ bool holds nothing but 0 and 1.
        if (dtype_ == DType::boolean)
            std::transform(chunk.data, chunk.data + size, chunk.data,
                           [](std::byte b) { return std::byte(b != std::byte(0)); });
        if (!direct) copy(chunk.sub(wanted), target);
        return;
    }
    Buffer buffer;
    const Stored shard = open_shard(chain, shape, stored, dtype_, buffer);
    const Grid grid(stored_shape, chain.sharding->chunk_shape);
    const ShardIndex index(*chain.sharding, grid.counts(), shard);
    for_each_index(grid.cells(wanted), [&](const Dims& position) {
        const Region cell = grid.region(position), part = intersect(cell, wanted);
        const View piece = target.sub(relative_to(part, wanted.origin));
        with_context([&] { return inner(position); },
                     [&] {
                         if (const auto chunk = index.chunk(grid.number(position)))
                             read(chain.sharding->chunks, cell.shape, *chunk, relative_to(part, cell.origin), piece);
                         else fill(piece, fill_);
                     });
    });
}

void ChunkDecoder::verify(const CodecChain& chain, const Dims& shape, const Stored& stored) {
    if (!chain.sharding) {
        const std::size_t size = byte_count(shape, size_of(dtype_));
        decoded_.reserve(size);
        return read_bytes(chain, stored, {decoded_.data(), size});
    }
    Buffer buffer;
    const Stored shard = open_shard(chain, shape, stored, dtype_, buffer);
    const Grid grid(chain.stored(shape), chain.sharding->chunk_shape);
    const ShardIndex index(*chain.sharding, grid.counts(), shard);
    for_each_index(Region::whole(grid.counts()), [&](const Dims& position) {
        with_context([&] { return inner(position); },
                     [&] {
                         if (const auto chunk = index.chunk(grid.number(position)))
                             verify(chain.sharding->chunks, chain.sharding->chunk_shape, *chunk);
                     });
    });
}

std::size_t longest_stored(const CodecChain& chain, const Dims& shape, DType dtype) {
    return max_stored(chain, shape, dtype);
}

bool is_plain(const CodecChain& chain) { return !chain.sharding && chain.codecs.empty(); }

Dims plain_strides(const CodecChain& chain, const Dims& shape, DType dtype) {
    const Dims along_file = record_strides(chain.stored(shape), size_of(dtype));
    if (chain.order.empty()) return along_file;
    Dims strides(shape.size());
    for (std::size_t i = 0; i < strides.size(); ++i) strides[chain.order[i]] = along_file[i];
    return strides;
}

std::size_t decoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype) {
    std::size_t bytes = 0;
    if (chain.sharding) {
        const Dims counts = Grid(chain.stored(shape), chain.sharding->chunk_shape).counts();
        bytes = 2 * chain.sharding->index_size(counts) +
                decoder_bytes(chain.sharding->chunks, chain.sharding->chunk_shape, dtype);
        if (chain.codecs.empty()) return bytes;
    }
    const std::size_t elements = before_codecs(chain, shape, dtype);
    bytes += elements;
    for (std::size_t steps = 1; steps <= chain.codecs.size(); ++steps)
        bytes = std::min(unbounded, bytes + limit(chain, elements, steps));
    return bytes;
}

}  // namespace levin::store
