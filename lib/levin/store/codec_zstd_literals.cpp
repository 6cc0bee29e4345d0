#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_compressSequences
#include "levin/store/codec_zstd_literals.hpp"

#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

#include <array>
#include <bit>
#include <cstring>
#include <optional>

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

/// log2 in 256ths of a bit, to 0.02 bit: m + 0.344 m (1 - m) for log2(1 + m). Integers, so that all machines judge
/// alike.
std::uint64_t log2_of(std::uint64_t x) {
    const auto whole = static_cast<std::uint64_t>(std::bit_width(x) - 1);
    const std::uint64_t m = (x << 8 >> whole) - 256;
    return (whole << 8) + m + (88 * m * (256 - m) >> 16);
}

/// Whether a block is worth coding, by the entropy of a 32nd of its bytes: noise as float32 is told apart without
/// spending on it what coding costs. The pieces lie unevenly, so as not to meet the same part of every row.
bool sample_pays(Bytes block) {
    constexpr std::size_t pieces = 16, length = block_size / 32 / pieces, sampled = pieces * length;
    if (block.size() < block_size) return true;
    std::array<std::array<std::uint32_t, 256>, 2> counts{};  // of neighbours apart, which do not wait for one another
    for (std::size_t i = 0; i < pieces; ++i) {
        const std::byte* piece = block.data() + (i * 32 + i * 3 % 8 * 4) * length;
        for (std::size_t j = 0; j < length; ++j) ++counts[j % 2][std::to_integer<std::size_t>(piece[j])];
    }
    std::uint64_t bits = 0;  // in 256ths: of all bytes, -log2 of how frequent each is
    for (std::size_t value = 0; value < 256; ++value)
        if (const std::uint64_t count = counts[0][value] + counts[1][value])
            bits += count * (log2_of(sampled) - log2_of(count));
    return effort_pays(bits / 256 / 8, sampled);
}

/// Encodes a block behind `out`'s first bytes, which are free for a header, and returns its size without them; nothing
/// where that does not pay, and the block is to be stored as it is.
std::optional<std::size_t> coded_block(Bytes block, bool last, MutableBytes out) {
    if (!sample_pays(block)) return std::nullopt;
    const std::size_t size = code(block, out);
    std::byte* const begin = out.data() + inner_header_size;
    std::uint64_t header = 0;
    for (std::size_t i = 0; i < block_header_size; ++i) header |= std::to_integer<std::uint64_t>(begin[i]) << 8 * i;
    const std::uint64_t type = header >> 1 & 3, content = header >> 3;
    // The one block that every version so far makes of this.
    const bool known = size == inner_header_size + block_header_size + (type == rle_type ? 1 : content);
    if (!known || !effort_pays(size, block.size())) return std::nullopt;
    put_block_header(last, type, content, begin);
    return size - inner_header_size;
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

void LiteralFrame::encode(Bytes block, const Sink& sink) {
    thread_local Buffer out;
    out.reserve(frame_header_size + ZSTD_compressBound(block_size) + checksum_size);
    const bool first = encoded_ == 0, last = encoded_ + block.size() == size_;
    std::byte *const block_begin = out.data() + frame_header_size, *begin = first ? out.data() : block_begin;
    const MutableBytes space(block_begin - inner_header_size, out.data() + out.size() - checksum_size);
    const std::optional<std::size_t> coded = coded_block(block, last, space);
    if (first) put_header(size_, out.data());  // whose last bytes lay under the library's header
    std::byte* end = block_begin + coded.value_or(0);
    if (!coded) {
        put_block_header(last, raw_type, block.size(), block_begin);
        sink(Bytes(begin, block_begin + block_header_size));
        sink(block);
        begin = end;
    }
    XXH64_update(checksum_, block.data(), block.size());
    encoded_ += block.size();
    if (last) {
        put(XXH64_digest(checksum_), checksum_size, end);
        end += checksum_size;
    }
    if (begin != end) sink(Bytes(begin, end));
}

void LiteralFrame::append(Bytes piece, const Sink& sink) {
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
