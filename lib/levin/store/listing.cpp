#include "levin/store/listing.hpp"

#include "levin/store/group.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/ome.hpp"

namespace levin::store {

std::vector<std::string> list_arrays(const std::string& path, bool all_levels) {
    const Node node = read_node(path);
    if (node.kind != Node::Kind::group || (is_image(node.attributes) && !all_levels)) return {""};
    return list_members(path, 10000);
}

Description describe(const Array& array) { return {array.metadata().zarr_format, describe(array.metadata().codecs)}; }

std::optional<Storage> measure(const Array& array, Index limit) {
    const Index units = array.units().size();
    if (units > limit) return std::nullopt;
    Storage storage;
    for (Index unit = 0; unit < units; ++unit)
        if (const auto size = array.stored_size(unit)) {
            storage.bytes += *size;
            ++storage.stored;
        }
    return storage;
}

}  // namespace levin::store
