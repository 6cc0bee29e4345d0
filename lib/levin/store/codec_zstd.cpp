// zstd (RFC 8878). Read: one or several frames, with or without content size and checksum. Written: one frame with
// both.
#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_c_literalCompressionMode
#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <cstring>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

std::size_t checked(std::size_t result) {
    if (ZSTD_isError(result)) throw Error(fmt::format("zstd: {}", ZSTD_getErrorName(result)));
    return result;
}

// A context holds hundreds of kilobytes and is costly to set up: one a thread, for all arrays.
ZSTD_DCtx* decoder() {
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    if (!context) throw TransientError("zstd: no memory for a decoder");
    return context.get();
}

ZSTD_CCtx* encoder() {
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
    if (!context) throw TransientError("zstd: no memory for an encoder");
    return context.get();
}

std::size_t compress(int level, bool hasty, Bytes decoded, std::size_t whole, std::span<std::byte> out) {
    ZSTD_CCtx* context = encoder();
    checked(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters));
    const auto set = [&](ZSTD_cParameter parameter, int value) {
        checked(ZSTD_CCtx_setParameter(context, parameter, value));
    };
    set(ZSTD_c_compressionLevel, level);
    set(ZSTD_c_checksumFlag, 1);
    if (decoded.size() < whole) {  // a sample: searched as the whole would be
        const ZSTD_compressionParameters parameters = ZSTD_getCParams(level, whole, 0);
        set(ZSTD_c_minMatch, static_cast<int>(parameters.minMatch));
        set(ZSTD_c_hashLog, static_cast<int>(parameters.hashLog));
    }
    if (hasty) {
        set(ZSTD_c_targetLength, 64);  // look for a match at every 64th byte only, as negative levels do,
        set(ZSTD_c_literalCompressionMode, ZSTD_ps_enable);  // but code what has none by its frequency
    }
    return checked(ZSTD_compress2(context, out.data(), out.size(), decoded.data(), decoded.size()));
}

/// Whether a search for matches at every byte shrinks the data by more than 3 %. It does not in photon noise, of which
/// level 1 spends most of its time on matches of a few bytes: without them it is written some 2 times as fast, and read
/// 1.4 times (bench/RESULTS.md). Told from four samples of the data, an equal part of each quarter, and from nothing
/// else, so that the same data give the same bytes.
bool search_pays(int level, Bytes decoded, std::span<std::byte> out) {
    constexpr std::size_t count = 4, least = 8 << 10;
    const std::size_t length = decoded.size() / 128;  // of a sample: a 32nd of the data in all
    if (length < least) return true;
    Buffer buffer(count * length);
    for (std::size_t i = 0; i < count; ++i)
        std::memcpy(buffer.data() + i * length, decoded.data() + decoded.size() / count * i, length);
    const Bytes samples(buffer.data(), buffer.size());
    const auto hasty = static_cast<double>(compress(level, true, samples, decoded.size(), out));
    return hasty > 1.03 * static_cast<double>(compress(level, false, samples, decoded.size(), out));
}

class Zstd final : public Codec {
  public:
    explicit Zstd(int level) : level_(level) {}
    std::string_view name() const override { return "zstd"; }

    std::size_t decode(Bytes encoded, MutableBytes out) const override {
        const unsigned long long declared = ZSTD_getFrameContentSize(encoded.data(), encoded.size());
        if (declared == ZSTD_CONTENTSIZE_ERROR)
            throw Error(fmt::format("zstd: no valid frame in {} bytes", encoded.size()));
        if (declared != ZSTD_CONTENTSIZE_UNKNOWN && declared > out.size())
            throw Error(fmt::format("zstd: the frame declares {} bytes where {} are expected", declared, out.size()));
        const std::size_t size = ZSTD_decompressDCtx(decoder(), out.data(), out.size(), encoded.data(), encoded.size());
        if (ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall)
            throw Error(fmt::format("zstd: decodes to more than the {} bytes expected", out.size()));
        return checked(size);
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        out.reserve(ZSTD_compressBound(decoded.size()));
        const std::span<std::byte> space(out.data(), out.size());
        return compress(level_, level_ == 1 && !search_pays(level_, decoded, space), decoded, decoded.size(), space);
    }

  private:
    int level_;
};

}  // namespace

CodecPtr make_zstd(const Json& configuration, std::size_t) {
    require_object(configuration, "zstd", {"level", "checksum"});
    if (configuration.contains("checksum") && !configuration["checksum"].is_boolean())
        throw Error(fmt::format("zstd: checksum: expected true or false, found {}", shown(configuration["checksum"])));
    return std::make_shared<Zstd>(level_of(configuration, -131072, 22, 3));
}

}  // namespace levin::store
