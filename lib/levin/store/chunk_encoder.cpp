#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"

namespace levin::store {
namespace {

/// For floating types: every word is the fill's, bit by bit, or both are NaN.
template <class Word>
bool words_are(const std::byte* data, std::size_t count, const std::byte* fill, std::size_t words) {
    for (std::size_t i = 0; i < count; ++i) {
        Word value, wanted;
        std::memcpy(&value, data + i * sizeof(Word), sizeof(Word));
        std::memcpy(&wanted, fill + i % words * sizeof(Word), sizeof(Word));
        if constexpr (std::is_same_v<Word, Float16>) {
            if (value.bits != wanted.bits && !(std::isnan(float(value)) && std::isnan(float(wanted)))) return false;
        } else {
            if (std::memcmp(&value, &wanted, sizeof(Word)) != 0 && !(std::isnan(value) && std::isnan(wanted)))
                return false;
        }
    }
    return true;
}

}  // namespace

bool is_fill(const ConstView& values, const std::byte* fill) {
    const std::size_t size = size_of(values.dtype), count = static_cast<std::size_t>(values.count());
    if (count == 0) return true;
    const std::size_t words = is_complex(values.dtype) ? 2 : 1;
    switch (values.dtype) {
        case DType::float16:
            return words_are<Float16>(values.data, count, fill, words);
        case DType::float32:
        case DType::complex64:
            return words_are<float>(values.data, count * words, fill, words);
        case DType::float64:
        case DType::complex128:
            return words_are<double>(values.data, count * words, fill, words);
        default:
            break;
    }
    // The first element is fill, and each element equals its neighbour.
    return std::memcmp(values.data, fill, size) == 0 &&
           std::memcmp(values.data, values.data + size, (count - 1) * size) == 0;
}

std::optional<Bytes> ChunkEncoder::but_for_last(const CodecChain& chain, const Dims& shape, const ConstView& values) {
    const Dims stored_shape = chain.stored(shape);
    const ConstView source = chain.order.empty() ? values : permuted(values, chain.order);
    ConstView whole = source;
    if (chain.swapped || source.shape != stored_shape || !source.is_contiguous()) {
        chunk_.reserve(byte_count(shape, size_of(dtype_)));
        const View chunk = contiguous(chunk_.data(), dtype_, stored_shape);
        if (source.shape != stored_shape) fill(chunk, fill_);
        copy(source, chunk.sub(Region::whole(source.shape)));
        whole = chunk;
    }
    if (!write_fill_ && is_fill(whole, fill_)) return std::nullopt;
    if (chain.swapped) swap_bytes(contiguous(chunk_.data(), dtype_, stored_shape));
    Bytes bytes(whole.data, byte_count(shape, size_of(dtype_)));
    for (std::size_t i = 0; i + 1 < chain.codecs.size(); ++i) {
        Buffer& out = encoded_[i % 2];
        const std::size_t size = chain.codecs[i]->encode(bytes, out);
        bytes = {out.data(), size};
    }
    return bytes;
}

std::optional<Bytes> ChunkEncoder::encode(const CodecChain& chain, const Dims& shape, const ConstView& values) {
    const auto bytes = but_for_last(chain, shape, values);
    if (!bytes || chain.codecs.empty()) return bytes;
    Buffer& out = encoded_[(chain.codecs.size() - 1) % 2];
    const std::size_t size = chain.codecs.back()->encode(*bytes, out);
    return Bytes(out.data(), size);
}

bool ChunkEncoder::write_chunk(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink) {
    const auto bytes = but_for_last(chain, shape, values);
    if (bytes && chain.codecs.empty()) sink(*bytes);
    else if (bytes) chain.codecs.back()->encode_to(*bytes, encoded_[(chain.codecs.size() - 1) % 2], sink);
    return bytes.has_value();
}

bool ChunkEncoder::write_shard(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink) {
    const Sharding& sharding = *chain.sharding;
    if (!chain.order.empty() || !chain.codecs.empty() || !sharding.index_at_end || sharding.chunks.sharding)
        throw Error("shards are written with their index at the end, with no other codec and one level deep");
    const Grid grid(shape, sharding.chunk_shape);
    ShardIndexBuilder index(grid.size());
    std::uint64_t offset = 0;
    // Inner chunks wholly outside the array stay absent.
    for_each_index(grid.cells(Region::whole(values.shape)), [&](const Dims& position) {
        const Region part = intersect(grid.region(position), Region::whole(values.shape));
        std::uint64_t size = 0;
        const auto counted = [&](Bytes bytes) {
            sink(bytes);
            size += bytes.size();
        };
        if (!write_chunk(sharding.chunks, sharding.chunk_shape, values.sub(part), counted)) return;
        index.set(grid.number(position), offset, size);
        offset += size;
    });
    if (offset == 0) return false;
    sink(index.encode(sharding));
    return true;
}

bool ChunkEncoder::write(const CodecChain& chain, const Dims& shape, const ConstView& values, const Sink& sink) {
    return chain.sharding ? write_shard(chain, shape, values, sink) : write_chunk(chain, shape, values, sink);
}

std::size_t encoder_bytes(const CodecChain& chain, const Dims& shape, DType dtype) {
    if (chain.sharding) {
        const Dims counts = Grid(shape, chain.sharding->chunk_shape).counts();
        return 3 * chain.sharding->index_size(counts) +
               encoder_bytes(chain.sharding->chunks, chain.sharding->chunk_shape, dtype);
    }
    std::size_t size = byte_count(shape, size_of(dtype)), bytes = size;
    for (const CodecPtr& codec : chain.codecs) bytes += size = codec->max_encoded(size);
    return bytes;
}

}  // namespace levin::store
