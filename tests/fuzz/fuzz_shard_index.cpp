// Any bytes are a shard or an Error. The bits of the first byte choose the shard's form; the rest is the file.
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>

#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"
#include "levin/store/crc32c.hpp"
#include "levin/store/json.hpp"

using namespace levin;

namespace {

constexpr unsigned at_start = 1, checksum = 2, big_endian = 4, compressed = 8, nested = 16, repaired = 32;
constexpr std::size_t index_bytes = 16 * 4;  // 2 x 2 inner chunks, in shards of either level

store::CodecChain make_chain(unsigned form) {
    const std::string zstd = form & compressed ? R"(, {"name": "zstd"})" : "",
                      crc = form & checksum ? R"(, {"name": "crc32c"})" : "";
    const std::string index = fmt::format(R"({{"name": "bytes", "configuration": {{"endian": "{}"}}}}{})",
                                          form & big_endian ? "big" : "little", crc);
    const auto shard = [&](int length, const std::string& inner) {
        return fmt::format(
            R"({{"name": "sharding_indexed", "configuration": {{"chunk_shape": [{0}, {0}], "codecs": [{1}], "index_codecs": [{2}], "index_location": "{3}"}}}})",
            length, inner, index, form & at_start ? "start" : "end");
    };
    const std::string bytes = R"({"name": "bytes", "configuration": {"endian": "little"}})" + zstd;
    return store::parse_codecs(store::parse_json("[" + shard(4, form & nested ? shard(2, bytes) : bytes) + "]"), {8, 8},
                               DType::uint16);
}

/// Puts a right checksum behind the outermost index, or the fuzzer would hardly get past it.
void repair(std::string& file, unsigned form) {
    if (!(form & repaired) || !(form & checksum) || file.size() < index_bytes + 4) return;
    const std::size_t begin = form & at_start ? 0 : file.size() - index_bytes - 4;
    const std::uint32_t crc = store::crc32c(store::bytes_of(file).subspan(begin, index_bytes));
    for (std::size_t i = 0; i < 4; ++i) file[begin + index_bytes + i] = static_cast<char>(crc >> 8 * i);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string file(reinterpret_cast<const char*>(data) + 1, size - 1);
    repair(file, data[0]);
    static std::map<unsigned, store::CodecChain> chains;
    auto known = chains.find(data[0]);
    if (known == chains.end()) known = chains.emplace(data[0], make_chain(data[0])).first;
    const store::CodecChain& chain = known->second;
    const std::byte fill[2]{};
    store::ChunkDecoder decoder(DType::uint16, fill);
    OwnedArray values(DType::uint16, {3, 5});
    try {
        decoder.read(chain, {8, 8}, store::Stored(store::bytes_of(file)), {{2, 1}, {3, 5}}, values.view);
    } catch (const Error&) {
    }
    try {
        decoder.verify(chain, {8, 8}, store::Stored(store::bytes_of(file)));
    } catch (const Error&) {
    }
    return 0;
}
