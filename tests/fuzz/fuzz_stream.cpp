// Any bytes are a stream or an Error. The first byte chooses between a stream in order and files in any order, and how
// the bytes come in pieces.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include "levin/core/error.hpp"
#include "levin/store/stream.hpp"

using namespace levin;

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 22;  // larger arrays are not read: the time would go there

/// A corner of the array, and the end.
void read_corner(const ArraySource& array) {
    Region corner{Dims(array.info().rank(), 0), array.info().shape};
    for (Index& n : corner.shape) n = std::min<Index>(n, 3);
    if (byte_count(array.info().chunks, array.info().element_size()) > most_bytes) return;
    OwnedArray values(array.info().dtype, corner.shape);
    array.read(corner, values.view);
}

void read_in_order(store::StreamReader& reader) {
    const Grid grid(reader.info().shape, reader.info().chunks);
    Buffer buffer;
    while (const auto arrival = reader.next(buffer)) {
        const Region region = grid.region(arrival->chunk);
        OwnedArray values(reader.info().dtype, region.shape);
        reader.decode(arrival->chunk, {buffer.data(), arrival->size}, region, values.view);
        reader.verify(arrival->chunk, {buffer.data(), arrival->size});
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = data[0] & 2 ? 100 : std::size_t{1} << 20;
    const bool any_order = data[0] & 1;
    const store::Bytes bytes(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    const auto source = [&, at = std::size_t{0}](store::MutableBytes out) mutable {
        const std::size_t count = std::min({piece, out.size(), bytes.size() - at});
        std::copy_n(bytes.data() + at, count, out.data());
        at += count;
        return count;
    };
    try {
        if (any_order) {
            read_corner(*store::spool_stream(source, std::filesystem::temp_directory_path().string()));
        } else {
            store::StreamReader reader(source);
            if (reader.chunk_bytes() <= most_bytes) read_in_order(reader);
        }
    } catch (const Error&) {
    }
    return 0;
}
