// sharding_indexed (ZEP 2): inner chunks somewhere in the file, found by an index of (offset, size) pairs at its start
// or end.
#include <fmt/format.h>

#include <limits>

#include "levin/core/error.hpp"
#include "levin/store/chain.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

constexpr std::uint64_t absent = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Sharding parse_sharding(const Json& configuration, const Dims& shape, DType dtype) {
    require_object(configuration, "sharding_indexed", {"chunk_shape", "codecs", "index_codecs", "index_location"});
    Sharding sharding;
    sharding.chunk_shape = dims_of(member(configuration, "chunk_shape"), "sharding_indexed: chunk_shape", 1);
    bool divides = sharding.chunk_shape.size() == shape.size();
    for (std::size_t i = 0; divides && i < shape.size(); ++i) divides = shape[i] % sharding.chunk_shape[i] == 0;
    if (!divides)
        throw Error(fmt::format("sharding_indexed: chunk_shape {} does not divide the shard's shape {}",
                                to_string(sharding.chunk_shape), to_string(shape)));
    with_context([] { return "sharding_indexed"; },
                 [&] { sharding.chunks = parse_codecs(member(configuration, "codecs"), sharding.chunk_shape, dtype); });
    with_context([] { return "sharding_indexed: index_codecs"; },
                 [&] {
                     sharding.index =
                         parse_codecs(member(configuration, "index_codecs"), Dims(shape.size() + 1, 1), DType::uint64);
                     // The index must have a known size, or nobody could find it.
                     if (!sharding.index.order.empty() || sharding.index.sharding)
                         throw Error("only bytes and crc32c are supported");
                     for (const CodecPtr& codec : sharding.index.codecs)
                         if (codec->name() != "crc32c")
                             throw Error(fmt::format("only bytes and crc32c are supported, found {}", codec->name()));
                 });
    const std::string location =
        string_of(configuration.value("index_location", Json("end")), "sharding_indexed: index_location");
    if (location != "start" && location != "end")
        throw Error(fmt::format("sharding_indexed: index_location: expected start or end, found \"{}\"", location));
    sharding.index_at_end = location == "end";
    return sharding;
}

std::size_t Sharding::index_size(const Dims& counts) const { return byte_count(counts, 16) + 4 * index.codecs.size(); }

ShardIndex::ShardIndex(const Sharding& sharding, const Dims& counts, const Stored& shard) : shard_(shard) {
    const std::size_t size = sharding.index_size(counts);
    // Before anything is allocated: the index is at most as long as the file.
    if (shard.size() < size)
        throw Error(fmt::format("the shard has {} bytes, its index alone must have {}", shard.size(), size));
    Buffer stored(size);
    MutableBytes encoded(stored.data(), size);
    shard.read(sharding.index_at_end ? shard.size() - size : 0, encoded);
    with_context([] { return "shard index"; },
                 [&] {
                     const auto& codecs = sharding.index.codecs;
                     for (auto codec = codecs.rbegin(); codec != codecs.rend(); ++codec) {
                         Buffer decoded(encoded.size() - 4);
                         (*codec)->decode(encoded, {decoded.data(), decoded.size()});
                         stored = std::move(decoded);
                         encoded = {stored.data(), stored.size()};
                     }
                 });
    entries_ = std::move(stored);
    if (sharding.index.swapped) swap_bytes(contiguous(entries_.data(), DType::uint64, {product(counts), 2}));
}

std::optional<Stored> ShardIndex::chunk(Index number) const {
    const std::uint64_t* entry = entries_.as<std::uint64_t>() + 2 * number;
    const std::uint64_t offset = entry[0], size = entry[1];
    if (offset == absent && size == absent) return std::nullopt;
    if (offset > shard_.size() || size > shard_.size() - offset)
        throw Error(
            fmt::format("the shard index puts inner chunk {} at offset {} with {} bytes, the shard has {} bytes",
                        number, offset, size, shard_.size()));
    return shard_.part(offset, size);
}

ShardIndexBuilder::ShardIndexBuilder(Index count) : entries_(2 * static_cast<std::size_t>(count), absent) {}

void ShardIndexBuilder::set(Index number, std::uint64_t offset, std::uint64_t size) {
    const auto entry = 2 * static_cast<std::size_t>(number);
    entries_[entry] = offset;
    entries_[entry + 1] = size;
}

Bytes ShardIndexBuilder::encode(const Sharding& sharding) {
    if (sharding.index.swapped)
        swap_bytes(contiguous(entries_.data(), DType::uint64, {static_cast<Index>(entries_.size())}));
    Bytes encoded = std::as_bytes(std::span(entries_));
    std::size_t next = 0;
    for (const CodecPtr& codec : sharding.index.codecs) {
        const std::size_t size = codec->encode(encoded, buffers_[next]);
        encoded = {buffers_[next].data(), size};
        next = 1 - next;
    }
    return encoded;
}

}  // namespace levin::store
