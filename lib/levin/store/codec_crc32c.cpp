// crc32c: four bytes, little-endian, behind the data.
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "levin/core/error.hpp"
#include "levin/store/crc32c.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82F63B78u : 0u);
        table[i] = value;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> table = make_table();

#if defined(__x86_64__)
// The attribute lets a binary for every x86-64 processor carry the instruction that only SSE4.2 has.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(Bytes bytes, std::uint32_t before) {
    std::uint64_t value = ~before;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), 8);
        value = __builtin_ia32_crc32di(value, word);
    }
    auto tail = static_cast<std::uint32_t>(value);
    for (const std::byte byte : bytes) tail = __builtin_ia32_crc32qi(tail, std::to_integer<unsigned char>(byte));
    return ~tail;
}
#endif

class Crc32c final : public Codec {
  public:
    std::string_view name() const override { return "crc32c"; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        if (encoded.size() < 4) throw Error(fmt::format("crc32c: {} bytes are too few for a checksum", encoded.size()));
        const Bytes content = encoded.first(encoded.size() - 4);
        if (content.size() > out.size())
            throw Error(fmt::format("crc32c: {} bytes of content where {} are expected", content.size(), out.size()));
        std::uint32_t stored = 0;
        for (std::size_t i = 4; i-- > 0;)
            stored = stored << 8 | std::to_integer<std::uint32_t>(encoded[content.size() + i]);
        const std::uint32_t computed = crc32c(content);
        if (stored != computed)
            throw Error(fmt::format("crc32c: the stored checksum is {:08x}, the data give {:08x}", stored, computed));
        std::copy(content.begin(), content.end(), out.begin());
        return content.size();
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        out.reserve(decoded.size() + 4);
        std::copy(decoded.begin(), decoded.end(), out.data());
        const std::uint32_t computed = crc32c(decoded);
        for (std::size_t i = 0; i < 4; ++i) out.data()[decoded.size() + i] = static_cast<std::byte>(computed >> 8 * i);
        return decoded.size() + 4;
    }

    std::size_t max_encoded(std::size_t size) const override { return size + 4; }
};

}  // namespace

std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t before) {
    std::uint32_t value = ~before;
    for (const std::byte byte : bytes) value = value >> 8 ^ table[(value ^ std::to_integer<std::uint32_t>(byte)) & 255];
    return ~value;
}

std::uint32_t crc32c(Bytes bytes, std::uint32_t before) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2");
    if (has_instruction) return crc32c_sse42(bytes, before);
#endif
    return crc32c_portable(bytes, before);
}

CodecPtr make_crc32c(const Json& configuration, std::size_t) {
    require_object(configuration, "crc32c", {});
    return std::make_shared<Crc32c>();
}

}  // namespace levin::store
