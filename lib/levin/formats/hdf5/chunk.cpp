#include "levin/formats/hdf5/chunk.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "levin/core/error.hpp"
#include "levin/formats/rehearsal.hpp"

namespace levin::formats {
namespace {

/// What filters may add to values that do not become smaller.
std::size_t largest_stored(std::size_t bytes) { return bytes + bytes / 8 + 4096; }

bool is_ours(const Hdf5Filter& filter) {
    return filter.id == H5Z_FILTER_DEFLATE || filter.id == H5Z_FILTER_SHUFFLE || filter.id == H5Z_FILTER_FLETCHER32;
}

std::uint32_t little_endian(const std::byte* data) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(data[i]);
    return value;
}

/// The library takes sizes from the chunk (szip) or from the filter's settings (scaleoffset) and believes them, and
/// its deflate has no end.
void check_for_library(const Hdf5Dataset& dataset, const StoredChunk& chunk) {
    const std::size_t bytes = chunk_bytes(dataset);
    for (const auto& filter : dataset.filters) {
        const auto& values = filter.values;
        if (filter.id == H5Z_FILTER_DEFLATE && chunk.size > (std::size_t{1} << 20))
            throw Error(fmt::format("a chunk of {} bytes, compressed twice; rewrite it with gzip alone", chunk.size));
        if (filter.id == H5Z_FILTER_SZIP && dataset.filters.size() == 1 &&
            (chunk.size < 4 || (chunk.skipped == 0 && little_endian(chunk.bytes.data()) != bytes)))
            throw Error("a chunk's size is not what szip says: the file is damaged");
        if (filter.id == H5Z_FILTER_SCALEOFFSET &&
            (values.size() < 5 || std::size_t{values[2]} * values[4] != bytes || values[4] != dataset.fill.size()))
            throw Error("the settings of filter scaleoffset do not agree with the chunks: the file is damaged");
    }
}

/// The whole chunk at `origin` through the library, in the file's type.
void read_by_library(hid_t id, const Hdf5Dataset& dataset, const std::vector<hsize_t>& origin, StoredChunk& chunk) {
    const std::size_t rank = origin.size();
    std::vector<hsize_t> count(rank), whole(dataset.chunks.begin(), dataset.chunks.end()), zero(rank, 0);
    for (std::size_t i = 0; i < rank; ++i)
        count[i] = std::min(whole[i], static_cast<hsize_t>(dataset.shape[i]) - origin[i]);
    const Hdf5Id type(hdf5_ok(H5Dget_type(id), "the data type is damaged"), H5Tclose);
    const Hdf5Id file(hdf5_ok(H5Dget_space(id), "the shape is damaged"), H5Sclose);
    const Hdf5Id memory(H5Screate_simple(static_cast<int>(rank), whole.data(), nullptr), H5Sclose);
    chunk.bytes.reserve(chunk_bytes(dataset));
    if (H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, origin.data(), nullptr, count.data(), nullptr) < 0 ||
        H5Sselect_hyperslab(memory.get(), H5S_SELECT_SET, zero.data(), nullptr, count.data(), nullptr) < 0)
        throw_hdf5("cannot be read");
    const auto read = [&] {
        return H5Dread(id, type.get(), memory.get(), file.get(), H5P_DEFAULT, chunk.bytes.data()) >= 0;
    };
    rehearse("libhdf5", rehearsal_memory + 4 * chunk_bytes(dataset), read);
    if (!read()) throw_hdf5("cannot be read");
    chunk.size = chunk_bytes(dataset);
    chunk.is_decoded = true;
}

/// Fletcher's checksum over 16-bit words, the first byte the higher, as HDF5 stores it behind the chunk. Files of
/// before 1.6.3 have the bytes of either half swapped.
void check_sum(const std::byte* data, std::size_t bytes) {
    std::uint64_t a = 0, b = 0;
    for (std::size_t i = 0; i < bytes; i += 2) {
        const auto high = std::to_integer<std::uint64_t>(data[i]);
        const auto low = i + 1 < bytes ? std::to_integer<std::uint64_t>(data[i + 1]) : 0;
        a += high << 8 | low;
        b += a;
        if (i % 512 == 0) a %= 65535, b %= 65535;
    }
    // A sum of 65535 and one of 0 are the same number; the library writes either.
    const auto same = [](std::uint64_t x, std::uint64_t y) { return x % 65535 == y % 65535; };
    const auto swapped = [](std::uint32_t x) { return (x & 0xff) << 8 | x >> 8; };
    const std::uint32_t stored = little_endian(data + bytes), low = stored & 0xffff, high = stored >> 16;
    if ((same(a, low) && same(b, high)) || (same(a, swapped(low)) && same(b, swapped(high)))) return;
    throw Error("a chunk's checksum (fletcher32) is not that of its bytes: the file is damaged");
}

void unshuffle(const std::byte* from, std::byte* to, std::size_t bytes, std::size_t element) {
    const std::size_t count = bytes / element;
    for (std::size_t j = 0; j < element; ++j)
        for (std::size_t i = 0; i < count; ++i) to[i * element + j] = from[j * count + i];
    std::copy(from + count * element, from + bytes, to + count * element);
}

}  // namespace

std::size_t chunk_bytes(const Hdf5Dataset& dataset) { return byte_count(dataset.chunks, dataset.fill.size()); }

StoredChunk fetch_chunk(hid_t id, const Hdf5Dataset& dataset, const Dims& position) {
    std::vector<hsize_t> origin(position.size());
    for (std::size_t i = 0; i < origin.size(); ++i)
        origin[i] = static_cast<hsize_t>(position[i]) * static_cast<hsize_t>(dataset.chunks[i]);
    StoredChunk chunk;
    hsize_t size = 0;
    haddr_t address = HADDR_UNDEF;
    if (H5Dget_chunk_info_by_coord(id, origin.data(), &chunk.skipped, &address, &size) < 0)
        throw_hdf5("the list of chunks is damaged");
    if (address == HADDR_UNDEF) return chunk;
    const std::size_t bytes = chunk_bytes(dataset);
    if (size > largest_stored(bytes))
        throw Error(fmt::format("a chunk is stored in {} bytes, but holds {}: the file is damaged", size, bytes));
    chunk.size = static_cast<std::size_t>(size);
    if (chunk.size == 0) return chunk;
    chunk.bytes.reserve(chunk.size);
    if (H5Dread_chunk(id, H5P_DEFAULT, origin.data(), &chunk.skipped, chunk.bytes.data()) < 0)
        throw_hdf5("a chunk cannot be read");
    if (std::all_of(dataset.filters.begin(), dataset.filters.end(), is_ours)) return chunk;
    check_for_library(dataset, chunk);
    read_by_library(id, dataset, origin, chunk);
    return chunk;
}

std::byte* decode_chunk(StoredChunk& chunk, const Hdf5Dataset& dataset, Buffer& scratch) {
    const std::size_t bytes = chunk_bytes(dataset);
    if (chunk.is_decoded) return chunk.bytes.data();
    Buffer *from = &chunk.bytes, *to = &scratch;
    std::size_t size = chunk.size;
    for (std::size_t i = dataset.filters.size(); i-- > 0;) {
        const Hdf5Filter& filter = dataset.filters[i];
        if (i < 32 && chunk.skipped >> i & 1u) continue;
        if (filter.id == H5Z_FILTER_FLETCHER32) {
            if (size < 4) throw Error("a chunk is too short for its checksum: the file is damaged");
            size -= 4;
            check_sum(from->data(), size);
        } else if (filter.id == H5Z_FILTER_DEFLATE) {
            // A byte of deflate stands for 1032 at most. Filters before it in the list may have added to the chunk.
            if (bytes / 1032 > size) throw Error("a chunk is too short for what it should hold: the file is damaged");
            uLongf got = largest_stored(bytes);
            to->reserve(got);
            if (uncompress(to->as<Bytef>(), &got, from->as<Bytef>(), size) != Z_OK)
                throw Error("a chunk does not decompress: the file is damaged");
            size = got;
            std::swap(from, to);
        } else if (filter.id == H5Z_FILTER_SHUFFLE && dataset.fill.size() > 1 && !filter.values.empty()) {
            const std::size_t element = filter.values[0];
            if (element < 1 || element > size) throw Error("the settings of filter shuffle are damaged");
            to->reserve(size);
            unshuffle(from->data(), to->data(), size, element);
            std::swap(from, to);
        }
    }
    if (size != bytes)
        throw Error(fmt::format("a chunk decodes to {} bytes, expected {}: the file is damaged", size, bytes));
    return from->data();
}

}  // namespace levin::formats
