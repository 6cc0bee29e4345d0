// Any bytes are a chunk of an HDF5 dataset or an Error: the first four say its shape and its filters.
#include <algorithm>
#include <cstdint>

#include "levin/core/error.hpp"
#include "levin/formats/hdf5/chunk.hpp"

using namespace levin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    formats::Hdf5Dataset dataset;
    dataset.chunks = {1 + data[0] % 16, 1 + data[0] / 16};
    dataset.fill.resize(std::size_t{1} << data[1] % 4);
    for (unsigned i = 0; i < 4; ++i) {
        const int ids[] = {0, H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};
        if (const int id = ids[data[2] >> 2 * i & 3]) dataset.filters.push_back({id, {data[1] / 4u}});
    }
    formats::StoredChunk chunk;
    chunk.skipped = data[3];
    chunk.size = size - 4;
    chunk.bytes.reserve(chunk.size);
    std::copy(data + 4, data + size, chunk.bytes.as<std::uint8_t>());
    Buffer scratch;
    try {
        const std::byte* values = formats::decode_chunk(chunk, dataset, scratch);
        volatile std::byte last = values[formats::chunk_bytes(dataset) - 1];
        (void)last;
    } catch (const Error&) {
    }
    return 0;
}
