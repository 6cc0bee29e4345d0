/// zstd frames without matches: every block of 128 KiB is coded by the frequency of its bytes alone, or stored as it is
/// where that does not pay, and so depends on no other. Such a frame can be written from pieces of any length, holding
/// one block, and is the same for any cut.
/// (RFC 8878, 3.1.1 Frame, 3.1.1.3.1 Literals_Section with no sequences.)
#pragma once
#include <cstddef>

#include "levin/store/codec.hpp"

struct XXH64_state_s;

namespace levin::store {

/// What a function of the library has returned, unless that is an error: then Error.
std::size_t checked_zstd(std::size_t result);

/// Whether an effort that makes `less` bytes of `more` is worth its time, now and whenever they are read: where it
/// saves an eighth. (ZFS draws the line at the same place: zfsprops, compression.)
bool effort_pays(std::size_t less, std::size_t more);

/// At most so many bytes long is the frame of `size` bytes.
std::size_t literal_frame_bound(std::size_t size);

class LiteralFrame {
  public:
    static constexpr std::size_t most_held = 128 << 10;  ///< bytes: a block
    /// `size`: of all that will be appended, at least one byte.
    explicit LiteralFrame(std::size_t size);
    ~LiteralFrame();
    LiteralFrame(const LiteralFrame&) = delete;
    LiteralFrame& operator=(const LiteralFrame&) = delete;
    /// Encodes the next bytes; with the last of them the frame ends. What is encoded goes to `sink`.
    void append(Bytes piece, const Sink& sink);

  private:
    void encode(Bytes block, const Sink& sink);
    std::size_t size_, encoded_ = 0, held_ = 0;
    Buffer block_;  ///< that has begun and not ended: held_ bytes
    XXH64_state_s* checksum_;
};

}  // namespace levin::store
