/// The codecs that turn bytes into bytes. Each lives in codec_<name>.cpp, named by the specification's word.
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "levin/store/file.hpp"

namespace levin::store {

using Json = nlohmann::json;

/// Takes what is encoded, piece by piece.
using Sink = std::function<void(Bytes)>;

/// Encodes a chunk that comes piece by piece.
class GradualEncoder {
  public:
    virtual ~GradualEncoder() = default;
    /// The next bytes of the chunk; what is encoded goes to `sink`.
    virtual void append(Bytes piece, const Sink& sink) = 0;
    /// After the last piece. False when what went to `sink` decodes to the chunk but is not what Codec::encode gives.
    virtual bool finish(const Sink& sink) = 0;
};

class Codec {
  public:
    virtual ~Codec() = default;
    virtual std::string_view name() const = 0;
    /// Decodes all of `encoded` into the front of `out` and returns how many bytes that gave. Error for damage, and for
    /// more than out.size() bytes. Allocates nothing on the word of `encoded`.
    virtual std::size_t decode(Bytes encoded, MutableBytes out) const = 0;
    /// Encodes `decoded` into `out`, which grows as needed, and returns how many bytes that gave.
    virtual std::size_t encode(Bytes decoded, Buffer& out) const = 0;
    /// The same bytes, given to `sink`; `room` may be used on the way.
    virtual void encode_to(Bytes decoded, Buffer& room, const Sink& sink) const {
        const std::size_t size = encode(decoded, room);
        sink({room.data(), size});
    }
    /// More than any sensible encoder makes of `size` bytes; longer input is refused before it is read.
    virtual std::size_t max_encoded(std::size_t size) const { return size + size / 8 + 4096; }
    /// An encoder for chunks of `size` bytes that holds at most gradual_bytes(size); with `may_hold` it may hold the
    /// chunk too, where that is quicker. Null where there is none, as then gradual_bytes(size) is.
    virtual std::unique_ptr<GradualEncoder> gradual([[maybe_unused]] std::size_t size,
                                                    [[maybe_unused]] bool may_hold) const {
        return nullptr;
    }
    virtual std::optional<std::size_t> gradual_bytes([[maybe_unused]] std::size_t size) const { return std::nullopt; }
};
using CodecPtr = std::shared_ptr<const Codec>;

/// A codec's `configuration` (v3), or the members of the compressor beside "id" (v2). Error names the bad member.
CodecPtr make_blosc(const Json& configuration, std::size_t element_size);
CodecPtr make_crc32c(const Json& configuration, std::size_t element_size);
CodecPtr make_gzip(const Json& configuration, std::size_t element_size);
CodecPtr make_lz4(const Json& configuration, std::size_t element_size);
CodecPtr make_zlib(const Json& configuration, std::size_t element_size);
CodecPtr make_zstd(const Json& configuration, std::size_t element_size);

/// By the name in v3 or v2 metadata; Error for an unknown one names those there are.
CodecPtr make_codec(const std::string& name, const Json& configuration, std::size_t element_size, int zarr_format);

}  // namespace levin::store
