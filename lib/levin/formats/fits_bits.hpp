/// What the decoders of FITS tiles share.
#pragma once
#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/formats/fits_codecs.hpp"

namespace levin::formats {

/// Bits from the most significant on. Behind the end there are only zeros, and `exhausted` says so.
class FitsBits {
  public:
    explicit FitsBits(FitsBytes bytes) : bytes_(bytes) {}
    std::uint64_t take(int count) {
        while (held_ < count) {
            const bool left = at_ < bytes_.size();
            word_ = word_ << 8 | (left ? std::to_integer<std::uint64_t>(bytes_[at_]) : 0);
            exhausted_ |= !left;
            ++at_;
            held_ += 8;
        }
        held_ -= count;
        return word_ >> held_ & ((std::uint64_t{1} << count) - 1);
    }
    /// Zeros before the next one, which is taken too.
    std::uint64_t take_zeros() {
        std::uint64_t zeros = 0;
        while (!exhausted_ && take(1) == 0) ++zeros;
        return zeros;
    }
    /// Leaves out what is left of the byte begun.
    void align() { held_ = 0; }
    bool exhausted() const { return exhausted_; }

  private:
    FitsBytes bytes_;
    std::size_t at_ = 0;
    std::uint64_t word_ = 0;
    int held_ = 0;
    bool exhausted_ = false;
};

inline std::int64_t big_endian(FitsBytes bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
    return static_cast<std::int64_t>(value);
}

[[noreturn]] inline void fail_tile(const char* codec, const char* why) {
    throw Error(fmt::format("a tile packed by {} {}: the file is damaged", codec, why));
}

}  // namespace levin::formats
