/// Chunks of an HDF5 dataset: fetched under the library's lock, decoded outside it where the filters are the usual ones
/// (shuffle, deflate, fletcher32), so that threads decode side by side. The library itself undoes szip and scaleoffset.
#pragma once
#include "levin/core/view.hpp"
#include "levin/formats/hdf5/dataset.hpp"

namespace levin::formats {

/// A chunk as it is stored.
struct StoredChunk {
    Buffer bytes;
    std::size_t size = 0;     ///< 0: not stored, the fill value is meant
    unsigned skipped = 0;     ///< bit i: filter i was not applied
    bool is_decoded = false;  ///< the library has undone the filters
};

/// Bytes of one chunk, decoded.
std::size_t chunk_bytes(const Hdf5Dataset& dataset);
/// The chunk at `position` (in chunks). Call it with Hdf5Lock held. Takes no more memory than the chunk, decoded, does
/// and a little: Error for one that claims more.
StoredChunk fetch_chunk(hid_t id, const Hdf5Dataset& dataset, const Dims& position);
/// Undoes the filters. The result, chunk_bytes(dataset) long, lies in `chunk.bytes` or `scratch`, and is in the file's
/// byte order. Error for what does not decode to exactly one chunk, before memory for it is taken.
std::byte* decode_chunk(StoredChunk& chunk, const Hdf5Dataset& dataset, Buffer& scratch);

}  // namespace levin::formats
