/// A .npy file that comes through a pipe: its values as chunks that are runs of them.
#pragma once
#include <functional>
#include <memory>

#include "levin/core/chunk_feed.hpp"

namespace levin::formats {

struct NpyStream {
    std::unique_ptr<ChunkFeed> feed;
    /// The array is in Fortran order: feed brings it with its axes reversed.
    bool reversed = false;
};

/// `source` takes up to out.size() bytes and returns 0 at the end. Reads the head. Error for what is no .npy; the
/// feed's end is one when values are missing or something follows them.
NpyStream open_npy_stream(std::function<std::size_t(std::span<std::byte> out)> source);

}  // namespace levin::formats
