/// Default chunk and shard shapes, and what "images layout" and "series layout" mean.
#pragma once
#include "levin/core/array.hpp"

namespace levin::engine {

enum class Layout {
    images,  ///< chunks hold whole frames or large tiles and few time points
    series,  ///< each chunk holds the whole time (or frequency) axis of a small block of pixels
};

/// Series when a chunk spans the whole t (or f) axis of more than one sample but not the whole frame; else images.
Layout layout_of(const ArrayInfo& info);
/// Whether a chunk spans the whole t (or f) axis of more than one sample; of small frames an images layout may, too.
bool holds_whole_series(const ArrayInfo& info);
std::string_view name_of(Layout layout);

/// About 8 MiB raw. Images: whole frames (tiles of 1024 where a frame is larger), then as many z and t as fit, at most
/// 64 t. Series: all of t, one c and z, and a square tile of y and x with a power of two from 8 to 256 as its side.
Dims default_chunks(const Dims& shape, const Axes& axes, DType dtype, Layout layout);

/// `text` ("t=64,y=256") over `chunks`; values beyond the axis are cut to its length. UsageError for an unknown axis or
/// a value below 1.
Dims override_chunks(Dims chunks, const std::string& text, const std::string& option, const Dims& shape,
                     const Axes& axes);

/// Cluster file systems charge by the file.
inline constexpr Index most_files = 10000;
/// A shard shape (multiple of `chunks`) that keeps an array to so many files; empty when chunks alone do.
Dims default_shards(const Dims& shape, const Dims& chunks, const Axes& axes, Layout layout, Index files = most_files);

}  // namespace levin::engine
