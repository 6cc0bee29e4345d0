#include "levin/store/listing.hpp"

#include <unordered_map>

#include "levin/remote/object.hpp"
#include "levin/remote/url.hpp"
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

std::optional<std::vector<std::pair<Index, std::size_t>>> stored_units(const Array& array, Index limit) {
    const Index units = array.units().size();
    if (units > limit) return std::nullopt;
    std::vector<std::pair<Index, std::size_t>> stored;
    if (!remote::is_url(array.folder())) {
        for (Index unit = 0; unit < units; ++unit)
            if (const auto size = array.stored_size(unit)) stored.emplace_back(unit, *size);
        return stored;
    }
    if (!remote::parse_url(array.folder()).is_store()) return std::nullopt;
    std::unordered_map<std::string, std::size_t> sizes;
    for (remote::Entry& entry : remote::list(array.folder(), true, 2 * static_cast<std::size_t>(limit)))
        sizes.emplace(std::move(entry.name), entry.size);
    for (Index unit = 0; unit < units; ++unit)
        if (const auto found = sizes.find(array.key(unit)); found != sizes.end())
            stored.emplace_back(unit, found->second);
    return stored;
}

std::optional<Storage> measure(const Array& array, Index limit) {
    const auto units = stored_units(array, limit);
    if (!units) return std::nullopt;
    Storage storage{0, static_cast<Index>(units->size())};
    for (const auto& [unit, bytes] : *units) storage.bytes += bytes;
    return storage;
}

}  // namespace levin::store
