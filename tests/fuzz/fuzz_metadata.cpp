// Any bytes are metadata or an Error. The first byte says which file they are: 2 .zarray, 'g' the attributes of a
// group, else zarr.json.
#include <cstdint>
#include <string_view>

#include "levin/core/error.hpp"
#include "levin/store/chunk.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/ome.hpp"

using namespace levin;

namespace {

/// What opening an array does with its metadata.
void use(const store::Metadata& metadata) {
    const Grid grid(metadata.shape, metadata.chunks);
    if (grid.size() > 0) metadata.key(grid.position(grid.size() - 1));
    metadata.inner_chunks();
    store::decoder_bytes(metadata.codecs, metadata.chunks, metadata.dtype);
    store::describe(metadata.codecs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const char kind = text.empty() ? ' ' : text[0];
    try {
        if (kind == 'g') {
            const store::Json attributes = store::parse_json(text.substr(1));
            if (store::is_image(attributes)) store::channels_of(store::read_image(attributes).omero);
        } else if (kind == '2') {
            const std::size_t end = text.find('\0');  // .zattrs may follow
            use(store::parse_metadata_v2(text.substr(1, end - 1), end == text.npos ? "" : text.substr(end + 1)));
        } else {
            use(store::parse_metadata_v3(text));
        }
    } catch (const Error&) {
    }
    return 0;
}
