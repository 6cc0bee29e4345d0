// lz4 as numcodecs stores it in Zarr v2: the decoded size as 4 bytes, little-endian, then one raw lz4 block.
#include <fmt/format.h>
#include <lz4.h>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

constexpr std::size_t header = 4;

class Lz4 final : public Codec {
  public:
    explicit Lz4(int acceleration) : acceleration_(acceleration) {}
    std::string_view name() const override { return "lz4"; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        if (encoded.size() < header) throw Error(fmt::format("lz4: {} bytes are no frame", encoded.size()));
        std::size_t declared = 0;
        for (std::size_t i = header; i-- > 0;) declared = declared << 8 | std::to_integer<std::size_t>(encoded[i]);
        if (declared > out.size())
            throw Error(fmt::format("lz4: the header declares {} bytes where {} are expected", declared, out.size()));
        if (encoded.size() > LZ4_MAX_INPUT_SIZE || declared > LZ4_MAX_INPUT_SIZE)
            throw Error("lz4: more than 2 GiB in one block");
        const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(encoded.data() + header),
                                             reinterpret_cast<char*>(out.data()),
                                             static_cast<int>(encoded.size() - header), static_cast<int>(declared));
        if (size < 0 || static_cast<std::size_t>(size) != declared)
            throw Error("lz4: the block is damaged or incomplete");
        return declared;
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        if (decoded.size() > LZ4_MAX_INPUT_SIZE)
            throw Error(fmt::format("lz4: {} bytes are more than one block holds", decoded.size()));
        const int size = static_cast<int>(decoded.size()), bound = LZ4_compressBound(size);
        out.reserve(header + static_cast<std::size_t>(bound));
        for (std::size_t i = 0; i < header; ++i) out.data()[i] = static_cast<std::byte>(decoded.size() >> 8 * i);
        const int written = LZ4_compress_fast(reinterpret_cast<const char*>(decoded.data()),
                                              reinterpret_cast<char*>(out.data() + header), size, bound, acceleration_);
        if (written <= 0) throw Error("lz4: encoding failed");
        return header + static_cast<std::size_t>(written);
    }

  private:
    int acceleration_;
};

}  // namespace

CodecPtr make_lz4(const Json& configuration, std::size_t) {
    require_object(configuration, "lz4", {"acceleration"});
    const auto acceleration = configuration.find("acceleration");
    if (acceleration == configuration.end()) return std::make_shared<Lz4>(1);
    return std::make_shared<Lz4>(static_cast<int>(integer_of(*acceleration, "lz4: acceleration", 0, 65537)));
}

}  // namespace levin::store
