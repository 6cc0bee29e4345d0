// Codec chains that levin reads but does not write: nested shards, transposes before them, codecs after them.
#include "levin/store/chunk.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Json;

namespace {

constexpr Index side = 8;
const Json bytes = {{"name", "bytes"}, {"configuration", {{"endian", "little"}}}};

Json shard(Index length, const Json& inner, const char* location) {
    return {{"name", "sharding_indexed"},
            {"configuration",
             {{"chunk_shape", {length, length}},
              {"codecs", inner},
              {"index_codecs", {bytes, {{"name", "crc32c"}}}},
              {"index_location", location}}}};
}

/// Element (y, x) of the stored square whose corner is at (y0, x0), as it lies in the file.
std::string raw(Index y0, Index x0, Index length) {
    std::string text;
    for (Index y = y0; y < y0 + length; ++y)
        for (Index x = x0; x < x0 + length; ++x) {
            text += static_cast<char>(y * side + x);
            text += static_cast<char>(1);
        }
    return text;
}

/// Encodes the square level by level as the chain says; the chunk at the square's own (0, 0) of the whole array is left
/// out as fill.
std::string encode(const store::CodecChain& chain, Index y0, Index x0, Index length) {
    if (!chain.sharding) return raw(y0, x0, length);
    const Index inner = chain.sharding->chunk_shape[0], count = length / inner;
    store::ShardIndexBuilder index(count * count);
    std::string content;
    const std::uint64_t base = chain.sharding->index_at_end ? 0 : chain.sharding->index_size({count, count});
    for (Index number = 0; number < count * count; ++number) {
        const Index y = y0 + number / count * inner, x = x0 + number % count * inner;
        if (y == 0 && x == 0 && !chain.sharding->chunks.sharding) continue;
        const std::string chunk = encode(chain.sharding->chunks, y, x, inner);
        index.set(number, base + content.size(), chunk.size());
        content += chunk;
    }
    const store::Bytes encoded = index.encode(*chain.sharding);
    const std::string tail(reinterpret_cast<const char*>(encoded.data()), encoded.size());
    return chain.sharding->index_at_end ? content + tail : tail + content;
}

/// Every box of the chunk, read from `file`, has y * side + x + 256 (or the fill value 7 in the missing chunk) where it
/// should.
void check_boxes(const store::CodecChain& chain, const std::string& file, Index missing, bool transposed) {
    const std::uint16_t fill_value = 7;
    store::ChunkDecoder decoder(DType::uint16, reinterpret_cast<const std::byte*>(&fill_value));
    const store::Stored stored(store::bytes_of(file));
    for (const Region& box : {Region{{0, 0}, {8, 8}}, Region{{1, 2}, {5, 3}}, Region{{4, 4}, {4, 4}},
                              Region{{0, 0}, {1, 1}}, Region{{3, 3}, {2, 2}}}) {
        OwnedArray values(DType::uint16, box.shape);
        decoder.read(chain, {side, side}, stored, box, values.view);
        bool right = true;
        for (Index i = 0; i < values.view.count(); ++i) {
            Index y = box.origin[0] + i / box.shape[1], x = box.origin[1] + i % box.shape[1];
            if (transposed) std::swap(y, x);
            const Index wanted = y < missing && x < missing ? fill_value : 256 + y * side + x;
            right = right && values.view.as<std::uint16_t>()[i] == wanted;
        }
        INFO(to_string(box));
        CHECK(right);
    }
    CHECK_NOTHROW(decoder.verify(chain, {side, side}, stored));
}

}  // namespace

TEST_CASE("chunks: shards within shards are read, index at either end") {
    for (const char* outer : {"start", "end"}) {
        for (const char* inner : {"start", "end"}) {
            const store::CodecChain chain = store::parse_codecs(
                Json::array({shard(4, Json::array({shard(2, Json::array({bytes}), inner)}), outer)}), {side, side},
                DType::uint16);
            CHECK(store::describe(chain) == "sharding_indexed[sharding_indexed[bytes]]");
            check_boxes(chain, encode(chain, 0, 0, side), 2, false);
        }
    }
}

TEST_CASE("chunks: a transpose before a shard, or inside it, turns the axes") {
    const Json turn = {{"name", "transpose"}, {"configuration", {{"order", {1, 0}}}}};
    const store::CodecChain before =
        store::parse_codecs({turn, shard(4, Json::array({bytes}), "end")}, {side, side}, DType::uint16);
    check_boxes(before, encode(before, 0, 0, side), 4, true);
    const store::CodecChain twice = store::parse_codecs({turn, turn, bytes}, {side, side}, DType::uint16);
    check_boxes(twice, encode(twice, 0, 0, side), 0, false);
    const store::CodecChain inside =
        store::parse_codecs({turn, shard(2, {turn, bytes}, "end")}, {side, side}, DType::uint16);
    store::ChunkDecoder decoder(DType::uint16, reinterpret_cast<const std::byte*>("\7"));
    OwnedArray values(DType::uint16, {2, 2});
    const std::string file = encode(inside, 0, 0, side);
    decoder.read(inside, {side, side}, store::Stored(store::bytes_of(file)), {{2, 4}, {2, 2}}, values.view);
    const std::uint16_t wanted[] = {256 + 34, 256 + 35, 256 + 42,
                                    256 + 43};  // stored rows 4 and 5, columns 2 and 3, turned twice
    CHECK(std::memcmp(values.view.data, wanted, sizeof wanted) == 0);
}

TEST_CASE("chunks: transposes of three axes combine in the order of encoding") {
    const auto turn = [](const Json& order) {
        return Json{{"name", "transpose"}, {"configuration", {{"order", order}}}};
    };
    const store::CodecChain chain =
        store::parse_codecs({turn({1, 2, 0}), turn({2, 1, 0}), bytes}, {2, 3, 4}, DType::uint16);
    // (a, b, c) -> (b, c, a) -> (a, c, b)
    CHECK(chain.order == std::vector<std::size_t>{0, 2, 1});
    CHECK(chain.stored({2, 3, 4}) == Dims{2, 4, 3});
}

TEST_CASE("chunks: codecs behind a shard are undone first") {
    const Json crc = {{"name", "crc32c"}}, zstd = {{"name", "zstd"}};
    const store::CodecChain chain =
        store::parse_codecs({shard(4, Json::array({bytes}), "end"), zstd, crc}, {side, side}, DType::uint16);
    std::string file = encode(chain, 0, 0, side);
    Buffer first, second;
    const std::size_t size = chain.codecs[0]->encode(store::bytes_of(file), first);
    const std::size_t whole = chain.codecs[1]->encode({first.data(), size}, second);
    check_boxes(chain, std::string(second.as<char>(), whole), 4, false);
}

TEST_CASE("chunks: a box of elements that are stored as they are, in any order of axes and bytes") {
    const Dims shape{6, 150, 512};  // frames of 150 KiB, so that a box of rows leaves gaps that are not read over
    const Json transpose = {{"name", "transpose"}, {"configuration", {{"order", {2, 0, 1}}}}};
    for (const char* endian : {"little", "big"})
        for (const bool turned : {false, true}) {
            Json codecs = {{{"name", "bytes"}, {"configuration", {{"endian", endian}}}}};
            if (turned) codecs.insert(codecs.begin(), transpose);
            const store::CodecChain chain = store::parse_codecs(codecs, shape, DType::uint16);
            const auto value = [](const Dims& at) {
                return static_cast<std::uint16_t>(at[0] * 9973 + at[1] * 512 + at[2]);
            };
            const Dims stored_shape = chain.stored(shape);
            std::string file;
            for_each_index(Region::whole(stored_shape), [&](const Dims& at) {
                const std::uint16_t v = value(turned ? Dims{at[1], at[2], at[0]} : at);
                const char low = static_cast<char>(v & 255), high = static_cast<char>(v >> 8);
                if (endian == std::string("big")) file += {high, low};
                else file += {low, high};
            });
            const TempDir folder;
            const std::string path = folder / "chunk";
            std::ofstream(path, std::ios::binary) << file;
            const Region box{{1, 40, 0}, {4, 50, 512}};
            const auto read_right = [&] {
                const std::uint16_t fill = 0;
                store::ChunkDecoder decoder(DType::uint16, reinterpret_cast<const std::byte*>(&fill));
                OwnedArray values(DType::uint16, box.shape);
                decoder.read(chain, shape, store::Stored(*store::File::open(path)), box, values.view);
                bool right = true;
                for_each_index(Region::whole(box.shape), [&](const Dims& at) {
                    const Index place = Grid(box.shape, {1, 1, 1}).number(at);
                    const Dims there{at[0] + box.origin[0], at[1] + box.origin[1], at[2] + box.origin[2]};
                    right = right && values.view.as<std::uint16_t>()[place] == value(there);
                });
                return right;
            };
            CHECK(read_right());
            std::filesystem::resize_file(path, file.size() - 1);
            check_error(read_right, "921599 bytes of elements, where the chunk has 921600");
        }
}

TEST_CASE("chunks: several codecs in a row, big-endian, round trip through the encoder") {
    const Json codecs = {{{"name", "transpose"}, {"configuration", {{"order", {1, 0}}}}},
                         {{"name", "bytes"}, {"configuration", {{"endian", "big"}}}},
                         {{"name", "gzip"}, {"configuration", {{"level", 1}}}},
                         {{"name", "zstd"}},
                         {{"name", "crc32c"}}};
    const store::CodecChain chain = store::parse_codecs(codecs, {4, 6}, DType::int32);
    const std::int32_t fill_value = -1;
    OwnedArray values(DType::int32, {3, 6}), back(DType::int32, {4, 6});
    for (Index i = 0; i < 18; ++i) values.view.as<std::int32_t>()[i] = static_cast<std::int32_t>(i * 1000003);
    std::string file;
    store::ChunkEncoder encoder(DType::int32, reinterpret_cast<const std::byte*>(&fill_value), false);
    REQUIRE(encoder.write(chain, {4, 6}, values.view, [&](store::Bytes part) {
        file.append(reinterpret_cast<const char*>(part.data()), part.size());
    }));
    store::ChunkDecoder decoder(DType::int32, reinterpret_cast<const std::byte*>(&fill_value));
    decoder.read(chain, {4, 6}, store::Stored(store::bytes_of(file)), Region::whole({4, 6}), back.view);
    CHECK(std::memcmp(back.view.data, values.view.data, 18 * 4) == 0);
    for (Index i = 18; i < 24; ++i) CHECK(back.view.as<std::int32_t>()[i] == -1);  // the edge is padded with fill
}

TEST_CASE("chunks: a file too long for any encoding of the chunk is refused before it is read") {
    const store::CodecChain chain = store::parse_codecs({bytes, {{"name", "zstd"}}}, {2}, DType::uint16);
    const std::string file(100000, 'x');
    store::ChunkDecoder decoder(DType::uint16, nullptr);
    check_error([&] { decoder.verify(chain, {2}, store::Stored(store::bytes_of(file))); },
                "100000 stored bytes, where no encoding of 4 bytes has more than 4100");
}

TEST_CASE("chunks: any byte but 0 is true") {
    const store::CodecChain chain = store::parse_codecs(Json::array({"bytes"}), {4}, DType::boolean);
    const std::string file("\0\1\2\xff", 4);
    const std::byte fill_value{};
    store::ChunkDecoder decoder(DType::boolean, &fill_value);
    OwnedArray values(DType::boolean, {4});
    decoder.read(chain, {4}, store::Stored(store::bytes_of(file)), Region::whole({4}), values.view);
    CHECK(bytes_of(values) == std::string("\0\1\1\1", 4));
}

TEST_CASE("chunk: one that grows, cut at the array's edge, is the one that is written at once") {
    const Dims shape{40, 128, 128};
    const Dims cut{37, 100, 90};
    const Json zstd = {{"name", "zstd"}, {"configuration", {{"level", 1}}}};
    for (const Json& codecs : {Json::array({bytes}), Json::array({bytes, zstd})}) {
        const store::CodecChain chain = store::parse_codecs(codecs, shape, DType::uint16);
        REQUIRE(store::GradualChunk::bytes(chain, shape, DType::uint16));
        const std::uint16_t fill = 5;
        const auto* fill_bytes = reinterpret_cast<const std::byte*>(&fill);
        for (const bool only_fill : {false, true}) {
            const OwnedArray values(DType::uint16, cut);
            for (Index i = 0; i < values.view.count(); ++i)
                values.view.as<std::uint16_t>()[i] = only_fill ? fill : static_cast<std::uint16_t>(i * i % 65521 % 251);
            std::string whole, grown;
            const auto to = [](std::string& text) {
                return [&text](store::Bytes more) {
                    text.append(reinterpret_cast<const char*>(more.data()), more.size());
                };
            };
            const bool stored =
                store::ChunkEncoder(DType::uint16, fill_bytes, false).write(chain, shape, values.view, to(whole));
            CHECK(stored != only_fill);
            store::GradualChunk chunk(chain, shape, DType::uint16, fill_bytes, false, true);
            for (Index row = 0; row < cut[0]; row += 7) {
                Region rows = Region::whole(cut);
                rows.origin[0] = row;
                rows.shape[0] = std::min<Index>(7, cut[0] - row);
                chunk.append(values.view.sub(rows), to(grown));
            }
            const auto end = chunk.finish(to(grown));
            CHECK(end == (only_fill ? store::GradualChunk::End::absent : store::GradualChunk::End::same));
            if (stored) CHECK(grown == whole);
        }
    }
}

TEST_CASE("chunk: only plain chunks grow") {
    const Dims shape{64, 128, 128};
    const Json zstd = {{"name", "zstd"}, {"configuration", {{"level", 1}}}};
    const auto grows = [&](const Json& codecs, const Dims& size) {
        return store::GradualChunk::bytes(store::parse_codecs(codecs, size, DType::uint16), size, DType::uint16)
            .has_value();
    };
    CHECK(grows({bytes, zstd}, shape));
    CHECK(!grows({bytes, zstd}, {8, 8, 8}));
    CHECK(!grows({bytes, {{"name", "gzip"}, {"configuration", {{"level", 1}}}}}, shape));
    CHECK(!grows({bytes, zstd, {{"name", "crc32c"}}}, shape));
    CHECK(!grows({{{"name", "transpose"}, {"configuration", {{"order", {2, 1, 0}}}}}, bytes, zstd}, shape));
    CHECK(!grows({{{"name", "bytes"}, {"configuration", {{"endian", "big"}}}}, zstd}, shape));
}
