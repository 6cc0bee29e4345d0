// blosc (c-blosc 1 frames), always on the calling thread: levin is parallel over chunks.
#include <blosc.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

constexpr std::array compressors{"blosclz", "lz4", "lz4hc", "zlib", "zstd"};
constexpr std::array shuffles{"noshuffle", "shuffle", "bitshuffle"};  // the indices are blosc's constants

class Blosc final : public Codec {
  public:
    Blosc(std::string compressor, int level, int shuffle, std::size_t type_size, std::size_t block_size)
        : compressor_(std::move(compressor)),
          level_(level),
          shuffle_(shuffle),
          type_size_(type_size),
          block_size_(block_size) {}
    std::string_view name() const override { return "blosc"; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        std::size_t declared = 0;
        if (encoded.size() < BLOSC_MIN_HEADER_LENGTH ||
            blosc_cbuffer_validate(encoded.data(), encoded.size(), &declared) != 0)
            throw Error(fmt::format("blosc: no valid frame in {} bytes", encoded.size()));
        if (declared > out.size())
            throw Error(fmt::format("blosc: the frame declares {} bytes where {} are expected", declared, out.size()));
        const int size = blosc_decompress_ctx(encoded.data(), out.data(), out.size(), 1);
        if (size < 0 || static_cast<std::size_t>(size) != declared)
            throw Error(fmt::format("blosc: the frame is damaged (status {})", size));
        return declared;
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        if (decoded.size() > BLOSC_MAX_BUFFERSIZE)
            throw Error(fmt::format("blosc: {} bytes are more than one frame holds ({})", decoded.size(),
                                    BLOSC_MAX_BUFFERSIZE));
        out.reserve(decoded.size() + BLOSC_MAX_OVERHEAD);
        const int size = blosc_compress_ctx(level_, shuffle_, type_size_, decoded.size(), decoded.data(), out.data(),
                                            out.size(), compressor_.c_str(), block_size_, 1);
        if (size <= 0)
            throw Error(
                fmt::format("blosc: this build of the library cannot encode with {} (status {})", compressor_, size));
        return static_cast<std::size_t>(size);
    }

  private:
    std::string compressor_;
    int level_, shuffle_;
    std::size_t type_size_, block_size_;
};

/// v3 names the shuffle, v2 numbers it; numcodecs' -1 means bitshuffle for single bytes and shuffle for the rest.
int parse_shuffle(const Json& value, std::size_t element_size) {
    if (!value.is_string()) {
        const Index number = integer_of(value, "blosc: shuffle", -1, 2);
        return number >= 0 ? static_cast<int>(number) : element_size == 1 ? BLOSC_BITSHUFFLE : BLOSC_SHUFFLE;
    }
    const auto found = std::find(shuffles.begin(), shuffles.end(), value.get<std::string>());
    if (found == shuffles.end())
        throw Error(fmt::format("blosc: shuffle: expected noshuffle, shuffle or bitshuffle, found {}", shown(value)));
    return static_cast<int>(found - shuffles.begin());
}

}  // namespace

CodecPtr make_blosc(const Json& configuration, std::size_t element_size) {
    require_object(configuration, "blosc", {"cname", "clevel", "shuffle", "typesize", "blocksize"});
    const std::string compressor = string_of(member(configuration, "cname"), "blosc: cname");
    // snappy stays readable where the library has it: a frame says by itself how it was made.
    if (compressor != "snappy" && std::find(compressors.begin(), compressors.end(), compressor) == compressors.end())
        throw Error(fmt::format("blosc: cname \"{}\" is not known", compressor));
    const Json type_size = configuration.value("typesize", Json(element_size)),
               block_size = configuration.value("blocksize", Json(0));
    return std::make_shared<Blosc>(
        compressor, static_cast<int>(integer_of(member(configuration, "clevel"), "blosc: clevel", 0, 9)),
        parse_shuffle(member(configuration, "shuffle"), element_size),
        static_cast<std::size_t>(integer_of(type_size, "blosc: typesize", 0, BLOSC_MAX_BUFFERSIZE)),
        static_cast<std::size_t>(integer_of(block_size, "blosc: blocksize", 0, BLOSC_MAX_BUFFERSIZE)));
}

}  // namespace levin::store
