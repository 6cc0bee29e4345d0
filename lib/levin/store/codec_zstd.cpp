// zstd (RFC 8878). Read: one or several frames, with or without content size and checksum. Written: one frame with
// both. Level 1 makes no effort that shrinks a chunk by less than an eighth: it searches for matches, or codes bytes by
// their frequency, or stores them as they are, and so needs some 8/7 of what libzstd's level 1 does at most.
#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_getCParams
#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>

#include "levin/core/error.hpp"
#include "levin/store/codec_zstd_literals.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

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

/// One frame by the library: with a search for matches. `whole`: of what `decoded` is a sample, searched as that would
/// be.
std::size_t compress(int level, Bytes decoded, std::size_t whole, MutableBytes out) {
    ZSTD_CCtx* context = encoder();
    checked_zstd(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters));
    const auto set = [&](ZSTD_cParameter parameter, int value) {
        checked_zstd(ZSTD_CCtx_setParameter(context, parameter, value));
    };
    set(ZSTD_c_compressionLevel, level);
    set(ZSTD_c_checksumFlag, 1);
    if (decoded.size() < whole) {
        const ZSTD_compressionParameters parameters = ZSTD_getCParams(level, whole, 0);
        set(ZSTD_c_minMatch, static_cast<int>(parameters.minMatch));
        set(ZSTD_c_hashLog, static_cast<int>(parameters.hashLog));
    }
    return checked_zstd(ZSTD_compress2(context, out.data(), out.size(), decoded.data(), decoded.size()));
}

/// One frame without a search.
std::size_t compress_literals(Bytes decoded, MutableBytes out) {
    std::size_t size = 0;
    LiteralFrame(decoded.size()).append(decoded, [&](Bytes bytes) {
        std::memcpy(out.data() + size, bytes.data(), bytes.size());
        size += bytes.size();
    });
    return size;
}

/// Whether a search for matches pays in the data of which `sample` is a part. It does not in photon noise, of which
/// level 1 spends most of its time on matches of a few bytes: coded by the frequency of its bytes alone it is written
/// more than 2 times as fast, and read 1.5 times (bench/RESULTS.md).
bool search_pays(int level, Bytes sample, std::size_t whole) {
    Buffer out(std::max(ZSTD_compressBound(sample.size()), literal_frame_bound(sample.size())));
    const MutableBytes space(out.data(), out.size());
    const std::size_t literals = compress_literals(sample, space);
    return effort_pays(compress(level, sample, whole, space), literals);
}

/// What a chunk is judged by: an equal part of each of its quarters, a 32nd in all, and nothing else, so that the same
/// data give the same bytes.
class Samples {
  public:
    /// Fewer bytes say too little: such chunks are searched.
    static bool are_enough(std::size_t whole) { return whole / divisor >= 8 << 10; }

    explicit Samples(std::size_t whole) : whole_(whole), length_(whole / divisor), bytes_(count * length_) {}
    static std::size_t size(std::size_t whole) { return count * (whole / divisor); }

    /// `piece` begins where the piece before it ended.
    void append(Bytes piece) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t begin = whole_ / count * i, from = std::max(begin, seen_);
            const std::size_t to = std::min(begin + length_, seen_ + piece.size());
            if (from < to)
                std::memcpy(bytes_.data() + i * length_ + (from - begin), piece.data() + (from - seen_), to - from);
        }
        seen_ += piece.size();
    }
    bool search_pays(int level) const {
        return store::search_pays(level, Bytes(bytes_.data(), count * length_), whole_);
    }

  private:
    static constexpr std::size_t count = 4, divisor = 128;
    std::size_t whole_, length_, seen_ = 0;
    Buffer bytes_;
};

/// Levels above 1 spend their time on the search on purpose.
bool is_gradual(int level, std::size_t size) { return level == 1 && Samples::are_enough(size); }

/// Whether the chunk's one encoding is without matches.
bool is_literal(int level, Bytes decoded) {
    if (!is_gradual(level, decoded.size())) return false;
    Samples samples(decoded.size());
    samples.append(decoded);
    return !samples.search_pays(level);
}

/// The chunk's one encoding.
void encode_chunk(int level, Bytes decoded, Buffer& room, const Sink& sink) {
    if (is_literal(level, decoded)) return LiteralFrame(decoded.size()).append(decoded, sink);
    room.reserve(ZSTD_compressBound(decoded.size()));
    const std::size_t size = compress(level, decoded, decoded.size(), MutableBytes(room.data(), room.size()));
    sink({room.data(), size});
}

/// Takes the chunk for one without matches, and holds the samples that tell in the end.
class GradualZstd final : public GradualEncoder {
  public:
    GradualZstd(int level, std::size_t size, bool may_hold)
        : level_(level), size_(size), may_hold_(may_hold), samples_(size), frame_(size) {}

    void append(Bytes piece, const Sink& sink) override {
        if (seen_ == 0 && may_hold_ && search_pays(level_, piece.first(std::min(piece.size(), judged)), size_))
            chunk_.reserve(size_);
        if (chunk_.size() > 0) {
            std::memcpy(chunk_.data() + seen_, piece.data(), piece.size());
        } else {
            samples_.append(piece);
            frame_.append(piece, sink);
        }
        seen_ += piece.size();
    }

    bool finish(const Sink& sink) override {
        if (chunk_.size() == 0) return !samples_.search_pays(level_);
        Buffer room;
        encode_chunk(level_, Bytes(chunk_.data(), size_), room, sink);
        chunk_ = Buffer();
        return true;
    }

  private:
    static constexpr std::size_t judged = 32 << 10;  // by so much of its beginning it is held
    int level_;
    std::size_t size_, seen_ = 0;
    bool may_hold_;
    Samples samples_;
    LiteralFrame frame_;
    Buffer chunk_;  // all of it, when it is held
};

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
        return checked_zstd(size);
    }

    std::size_t encode(Bytes decoded, Buffer& out) const override {
        const bool literal = is_literal(level_, decoded);
        out.reserve(literal ? literal_frame_bound(decoded.size()) : ZSTD_compressBound(decoded.size()));
        const MutableBytes space(out.data(), out.size());
        return literal ? compress_literals(decoded, space) : compress(level_, decoded, decoded.size(), space);
    }
    void encode_to(Bytes decoded, Buffer& room, const Sink& sink) const override {
        encode_chunk(level_, decoded, room, sink);
    }
    std::unique_ptr<GradualEncoder> gradual(std::size_t size, bool may_hold) const override {
        return is_gradual(level_, size) ? std::make_unique<GradualZstd>(level_, size, may_hold) : nullptr;
    }
    std::optional<std::size_t> gradual_bytes(std::size_t size) const override {
        if (!is_gradual(level_, size)) return std::nullopt;
        return Samples::size(size) + sizeof(GradualZstd) + LiteralFrame::most_held;
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
