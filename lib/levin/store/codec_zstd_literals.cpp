#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_compressSequences
#include "levin/store/codec_zstd_literals.hpp"

#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

#include <array>
#include <cstring>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

constexpr std::size_t block_size = LiteralFrame::most_held, frame_header_size = 14, block_header_size = 3,
                      checksum_size = 4;
constexpr std::size_t inner_header_size =
    2;  // of a frame that the library makes of one block: no magic number, no size

void put(std::uint64_t value, std::size_t bytes, std::byte* out) {
    for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::byte>(value >> 8 * i);
}

/// Frame_Header with content size, checksum and a window of one block.
void put_header(std::uint64_t size, std::byte* out) {
    put(ZSTD_MAGICNUMBER, 4, out);
    out[4] = std::byte{0b1100'0100};     // Frame_Content_Size in 8 bytes, Content_Checksum
    out[5] = std::byte{(17 - 10) << 3};  // Window_Descriptor: 2^17 bytes
    put(size, 8, out + 6);
}

ZSTD_CCtx* encoder() {
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context = [] {
        std::unique_ptr<ZSTD_CCtx, Free> made(ZSTD_createCCtx());
        if (!made) throw TransientError("zstd: no memory for an encoder");
        const auto set = [&](ZSTD_cParameter parameter, int value) {
            checked_zstd(ZSTD_CCtx_setParameter(made.get(), parameter, value));
        };
        set(ZSTD_c_compressionLevel, 1);
        set(ZSTD_c_format, ZSTD_f_zstd1_magicless);
        set(ZSTD_c_contentSizeFlag, 0);
        set(ZSTD_c_windowLog, 17);
        set(ZSTD_c_hashLog, ZSTD_HASHLOG_MIN);  // nothing is searched
        set(ZSTD_c_blockDelimiters, ZSTD_sf_explicitBlockDelimiters);
        return made;
    }();
    return context.get();
}

/// Block_Header: Last_Block, Block_Type and Block_Size in 3 bytes.
constexpr std::uint64_t raw_type = 0, rle_type = 1;
void put_block_header(bool last, std::uint64_t type, std::uint64_t size, std::byte* out) {
    put(std::uint64_t{last} | type << 1 | size << 3, block_header_size, out);
}

/// Codes `block` by the frequency of its bytes: a frame of one block, behind a header of inner_header_size.
std::size_t code(Bytes block, MutableBytes out) {
    ZSTD_Sequence all_literals{};
    all_literals.litLength = static_cast<unsigned>(block.size());
    return checked_zstd(
        ZSTD_compressSequences(encoder(), out.data(), out.size(), &all_literals, 1, block.data(), block.size()));
}

/// Whether a sample of the block, an eighth in 16 pieces, is worth coding: noise as float32 is told apart without
/// spending on all of it what coding costs. The pieces lie unevenly, so as not to meet the same part of every row.
bool sample_pays(Bytes block, MutableBytes out) {
    constexpr std::size_t pieces = 16, length = block_size / 8 / pieces;
    if (block.size() < block_size) return true;
    std::array<std::byte, pieces * length> sample;
    for (std::size_t i = 0; i < pieces; ++i)
        std::memcpy(sample.data() + i * length, block.data() + i * 8 * length + i * 3 % 8 * length, length);
    return effort_pays(code(sample, out), sample.size());
}

/// Encodes a block behind `out`'s first bytes, which are free for a header; returns its size without them.
std::size_t encode_block(Bytes block, bool last, MutableBytes out) {
    std::byte* const begin = out.data() + inner_header_size;
    if (sample_pays(block, out)) {
        const std::size_t size = code(block, out);
        std::uint64_t header = 0;
        for (std::size_t i = 0; i < block_header_size; ++i) header |= std::to_integer<std::uint64_t>(begin[i]) << 8 * i;
        const std::uint64_t type = header >> 1 & 3, content = header >> 3;
        // The one block that every version so far makes of this.
        const bool known = size == inner_header_size + block_header_size + (type == rle_type ? 1 : content);
        if (known && effort_pays(size, block.size())) {
            put_block_header(last, type, content, begin);
            return size - inner_header_size;
        }
    }
    put_block_header(last, raw_type, block.size(), begin);
    std::memcpy(begin + block_header_size, block.data(), block.size());
    return block_header_size + block.size();
}

}  // namespace

std::size_t checked_zstd(std::size_t result) {
    if (ZSTD_isError(result)) throw Error(fmt::format("zstd: {}", ZSTD_getErrorName(result)));
    return result;
}

bool effort_pays(std::size_t less, std::size_t more) { return less <= more - more / 8; }

std::size_t literal_frame_bound(std::size_t size) {
    const std::size_t blocks = (size + block_size - 1) / block_size;
    return frame_header_size + size + blocks * block_header_size + checksum_size;
}

LiteralFrame::LiteralFrame(std::size_t size) : size_(size), checksum_(XXH64_createState()) {
    if (!checksum_) throw TransientError("zstd: no memory for a checksum");
    XXH64_reset(checksum_, 0);
}
LiteralFrame::~LiteralFrame() { XXH64_freeState(checksum_); }

void LiteralFrame::encode(Bytes block, const GradualEncoder::Sink& sink) {
    thread_local Buffer out;
    out.reserve(frame_header_size + ZSTD_compressBound(block_size) + checksum_size);
    const bool first = encoded_ == 0, last = encoded_ + block.size() == size_;
    std::byte* const begin = out.data() + frame_header_size;
    const MutableBytes space(begin - inner_header_size, out.data() + out.size() - checksum_size);
    std::byte* end = begin + encode_block(block, last, space);
    XXH64_update(checksum_, block.data(), block.size());
    encoded_ += block.size();
    if (first) put_header(size_, out.data());
    if (last) {
        put(XXH64_digest(checksum_), checksum_size, end);
        end += checksum_size;
    }
    sink(Bytes(first ? out.data() : begin, end));
}

void LiteralFrame::append(Bytes piece, const GradualEncoder::Sink& sink) {
    if (encoded_ + held_ + piece.size() > size_) throw Error("zstd: more data than announced");
    while (!piece.empty()) {
        const std::size_t wanted = std::min(block_size, size_ - encoded_) - held_;
        const Bytes part = piece.first(std::min(wanted, piece.size()));
        piece = piece.subspan(part.size());
        if (held_ == 0 && part.size() == wanted) {
            encode(part, sink);
            continue;
        }
        block_.reserve(block_size);
        std::memcpy(block_.data() + held_, part.data(), part.size());
        held_ += part.size();
        if (part.size() < wanted) return;
        encode(Bytes(block_.data(), held_), sink);
        held_ = 0;
    }
}

}  // namespace levin::store
