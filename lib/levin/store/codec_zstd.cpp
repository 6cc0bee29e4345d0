// zstd (RFC 8878). Read: one or several frames, with or without content size and checksum. Written: one frame with
// both.
#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

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
        ZSTD_CCtx* context = encoder();
        checked(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters));
        checked(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level_));
        checked(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1));
        out.reserve(ZSTD_compressBound(decoded.size()));
        return checked(ZSTD_compress2(context, out.data(), out.size(), decoded.data(), decoded.size()));
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
