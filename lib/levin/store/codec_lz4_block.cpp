// Frames of lz4-java's LZ4BlockOutputStream: "LZ4Block", a byte whose upper half is the method (1 stored, 2 lz4), then
// as 4 bytes each, little-endian, the encoded size, the decoded size and a checksum, and the data. An empty one is the
// last.
#include "levin/store/codec_lz4_block.hpp"

#include <fmt/format.h>
#include <lz4.h>

#include <algorithm>
#include <cstring>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

constexpr std::string_view magic = "LZ4Block";
constexpr std::size_t header = 8 + 1 + 3 * 4;

std::size_t number(Bytes bytes) {
    std::size_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
    return value;
}

class Lz4Block final : public Codec {
  public:
    std::string_view name() const override { return "lz4"; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        std::size_t written = 0;
        while (!encoded.empty()) {
            if (encoded.size() < header || std::memcmp(encoded.data(), magic.data(), magic.size()) != 0)
                throw Error("lz4: no frame of LZ4Block where one should begin");
            const int method = std::to_integer<int>(encoded[8]) >> 4;
            const std::size_t from = number(encoded.subspan(9)), to = number(encoded.subspan(13));
            encoded = encoded.subspan(header);
            if (from > encoded.size() || to > out.size() - written || from > LZ4_MAX_INPUT_SIZE)
                throw Error(fmt::format("lz4: a frame of {} bytes for {}, where {} are left for {}", from, to,
                                        encoded.size(), out.size() - written));
            if (to == 0) return written;
            decode_frame(method, encoded.first(from), out.subspan(written, to));
            written += to;
            encoded = encoded.subspan(from);
        }
        return written;
    }

    std::size_t encode(Bytes, Buffer&) const override { throw Error("levin writes no lz4 of N5's"); }

  private:
    static void decode_frame(int method, Bytes from, MutableBytes to) {
        if (method == 1 && from.size() == to.size()) {
            std::copy(from.begin(), from.end(), to.begin());
            return;
        }
        if (method != 2) throw Error(fmt::format("lz4: method {} is not known", method));
        const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()),
                                             reinterpret_cast<char*>(to.data()), static_cast<int>(from.size()),
                                             static_cast<int>(std::min<std::size_t>(to.size(), LZ4_MAX_INPUT_SIZE)));
        if (size < 0 || static_cast<std::size_t>(size) != to.size())
            throw Error("lz4: the block is damaged or incomplete");
    }
};

}  // namespace

CodecPtr make_lz4_block() { return std::make_shared<Lz4Block>(); }

}  // namespace levin::store
