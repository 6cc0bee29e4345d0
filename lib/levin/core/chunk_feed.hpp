/// An array that arrives chunk by chunk, once, as a pipe brings it.
#pragma once
#include <optional>
#include <span>

#include "levin/core/array.hpp"

namespace levin {

class ChunkFeed {
  public:
    virtual ~ChunkFeed() = default;
    /// info().chunks is the shape in which the array arrives.
    virtual const ArrayInfo& info() const = 0;
    /// Bytes that an arriving chunk has at most.
    virtual std::size_t chunk_bytes() const = 0;

    struct Arrival {
        Index chunk = 0;  ///< its number in the grid: always greater than the one before
        std::size_t size = 0;
    };
    /// Receives the next chunk, as it is encoded, into `buffer`. Empty when all have come and the stream has ended as
    /// it should; Error otherwise. Chunks that are left out hold the fill value.
    virtual std::optional<Arrival> next(Buffer& buffer) = 0;

    /// Fills `out` with the part `region` of the array that lies in `chunk`, from that chunk's encoded bytes, which are
    /// empty for one that was left out. Safe from several threads.
    virtual void decode(Index chunk, std::span<const std::byte> encoded, const Region& region,
                        const View& out) const = 0;
    /// Bytes that one call of decode may hold.
    virtual std::size_t decode_bytes() const = 0;
};

}  // namespace levin
