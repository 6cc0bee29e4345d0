#include "levin/formats/hdf5/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "levin/core/error.hpp"
#include "levin/formats/hdf5/types.hpp"

namespace levin::formats {
namespace {

constexpr std::size_t max_objects = 100000;
constexpr std::size_t max_element = 16;  // of a type that levin reads: complex128

Dims to_dims(const std::vector<hsize_t>& sizes) {
    Dims dims;
    for (const hsize_t size : sizes) {
        if (size > static_cast<hsize_t>(std::numeric_limits<Index>::max()))
            throw Error(fmt::format("a size of {}: the file is damaged", size));
        dims.push_back(static_cast<Index>(size));
    }
    return dims;
}

std::vector<Hdf5Filter> filters_of(hid_t properties) {
    std::vector<Hdf5Filter> filters;
    const int count = H5Pget_nfilters(properties);
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0;
        std::array<unsigned, 32> values{};
        std::size_t used = values.size();
        const int id =
            H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &used, values.data(), 0, nullptr, nullptr);
        if (id < 0) throw_hdf5("filter " + std::to_string(i));
        used = std::min(used, values.size());
        filters.push_back({id, {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(used)}});
    }
    return filters;
}

/// Why these filters cannot be undone here; "" when they can. See hdf5_chunk.cpp for how.
std::string refused_filters(const std::vector<Hdf5Filter>& filters) {
    for (const auto& filter : filters) {
        const bool known =
            filter.id == H5Z_FILTER_DEFLATE || filter.id == H5Z_FILTER_SHUFFLE || filter.id == H5Z_FILTER_FLETCHER32 ||
            ((filter.id == H5Z_FILTER_SZIP || filter.id == H5Z_FILTER_SCALEOFFSET) && H5Zfilter_avail(filter.id) > 0);
        if (!known)
            return fmt::format("compressed by {}, which levin does not read; rewrite it with gzip",
                               hdf5_filter_name(filter.id));
    }
    return {};
}

/// Why the values of a dataset of this layout are not to be touched; "" when they may be.
std::string refused_layout(hid_t properties) {
    switch (H5Pget_layout(properties)) {
        case H5D_COMPACT:
        case H5D_CHUNKED:
            return {};
        case H5D_CONTIGUOUS:
            return H5Pget_external_count(properties) > 0
                       ? "its values are in other files (external storage), which levin does not open"
                       : "";
        case H5D_VIRTUAL:
            return "a virtual dataset, its values are in other files, which levin does not open; h5repack makes it "
                   "real";
        default:
            return "its layout is unknown";
    }
}

void read_layout(Hdf5Dataset& result, hid_t dataset, hid_t properties, hid_t type) {
    if (H5Pget_layout(properties) == H5D_CHUNKED) {
        std::vector<hsize_t> chunks(result.shape.size());
        if (H5Pget_chunk(properties, static_cast<int>(chunks.size()), chunks.data()) !=
            static_cast<int>(result.shape.size()))
            throw_hdf5("the chunks are damaged");
        result.chunks = to_dims(chunks);
        if (std::any_of(result.chunks.begin(), result.chunks.end(), [](Index size) { return size < 1; }))
            throw Error("the chunks are damaged");
        result.filters = filters_of(properties);
        result.refusal = refused_filters(result.filters);
    } else if (H5Pget_layout(properties) == H5D_CONTIGUOUS) {
        const haddr_t offset = H5Dget_offset(dataset);
        H5Eclear2(H5E_DEFAULT);  // where nothing is stored, this is a failure
        if (offset <= static_cast<haddr_t>(std::numeric_limits<Index>::max()))
            result.offset = static_cast<Index>(offset);
    }
    if (!result.dtype) return;
    result.fill.resize(H5Tget_size(type));
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    if (H5Pfill_value_defined(properties, &defined) >= 0 && defined == H5D_FILL_VALUE_USER_DEFINED &&
        H5Pget_fill_value(properties, type, result.fill.data()) < 0)
        throw_hdf5("the fill value is damaged");
}

}  // namespace

std::string hdf5_filter_name(int id) {
    switch (id) {
        case H5Z_FILTER_DEFLATE:
            return "gzip";
        case H5Z_FILTER_SHUFFLE:
            return "shuffle";
        case H5Z_FILTER_FLETCHER32:
            return "fletcher32";
        case H5Z_FILTER_SZIP:
            return "szip";
        case H5Z_FILTER_NBIT:
            return "nbit";
        case H5Z_FILTER_SCALEOFFSET:
            return "scaleoffset";
        case 307:
            return "bzip2";
        case 32000:
            return "lzf";
        case 32001:
            return "blosc";
        case 32004:
            return "lz4";
        case 32008:
            return "bitshuffle";
        case 32013:
            return "zfp";
        case 32015:
            return "zstd";
        case 32026:
            return "blosc2";
        default:
            return fmt::format("filter {}", id);
    }
}

Hdf5Dataset describe_hdf5(hid_t dataset, const std::string& name) {
    Hdf5Dataset result;
    result.name = name;
    const Hdf5Id type(hdf5_ok(H5Dget_type(dataset), "the data type is damaged"), H5Tclose);
    const Hdf5Element element = hdf5_element(type.get());
    result.type = element.name;
    result.swap = element.swap;
    const std::size_t size = H5Tget_size(type.get());
    if (element.dtype && size <= max_element && size == size_of(*element.dtype)) result.dtype = element.dtype;
    const Hdf5Id properties(hdf5_ok(H5Dget_create_plist(dataset), "the layout is damaged"), H5Pclose);
    result.refusal = refused_layout(properties.get());
    if (!result.refusal.empty()) return result;  // even asking for a virtual dataset's shape may open other files
    const Hdf5Id space(hdf5_ok(H5Dget_space(dataset), "the shape is damaged"), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 0 || H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
        result.refusal = "empty";
        return result;
    }
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    if (rank > 0 && H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr) != rank)
        throw_hdf5("the shape is damaged");
    result.shape = to_dims(sizes);
    read_layout(result, dataset, properties.get(), type.get());
    if (!result.dtype) result.refusal = "not an array of numbers";
    if (!result.refusal.empty()) return result;
    // Sizes that nobody can count in bytes are damage, be it behind an axis of no length.
    Dims counted = result.shape;
    for (Index& axis : counted) axis = std::max<Index>(axis, 1);
    byte_count(counted, size);
    byte_count(result.chunks, size);
    if (H5Pget_layout(properties.get()) == H5D_COMPACT &&
        H5Dget_storage_size(dataset) != byte_count(result.shape, size))
        throw Error(fmt::format("{} values of {} bytes are stored in {}: the file is damaged", to_string(result.shape),
                                size, H5Dget_storage_size(dataset)));
    return result;
}

std::vector<std::pair<std::string, char>> hdf5_members(hid_t group) {
    struct Members {
        std::vector<std::pair<std::string, char>> list;
        bool failed = false;
    } members;
    const auto add = [](hid_t, const char* name, const H5L_info_t* link, void* to) noexcept -> herr_t {
        auto& found = *static_cast<Members*>(to);
        try {
            if (link->type == H5L_TYPE_HARD) found.list.emplace_back(name, 'h');
            if (link->type == H5L_TYPE_EXTERNAL) found.list.emplace_back(name, 'x');
        } catch (...) {
            found.failed = true;
        }
        return found.failed || found.list.size() > max_objects;
    };
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &members) < 0) throw_hdf5("a group is damaged");
    if (members.failed || members.list.size() > max_objects)
        throw Error(fmt::format("a group of more than {} members; name the dataset meant", max_objects));
    for (auto& [name, kind] : members.list) {
        if (kind != 'h') continue;
        H5O_info_t info{};
        if (H5Oget_info_by_name2(group, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
            throw_hdf5(fmt::format("'{}' is damaged", name));
        kind = info.type == H5O_TYPE_DATASET ? 'd' : info.type == H5O_TYPE_GROUP ? 'g' : 'h';
    }
    std::erase_if(members.list, [](const auto& member) { return member.second == 'h'; });
    return std::move(members.list);
}

void walk_hdf5(hid_t file, const std::function<void(const std::string&, bool)>& visit) {
    std::set<haddr_t> seen;  // groups may hold one another
    std::size_t objects = 0;
    const std::function<void(hid_t, const std::string&, int)> walk = [&](hid_t group, const std::string& path,
                                                                         int depth) {
        H5O_info_t info{};
        if (H5Oget_info2(group, &info, H5O_INFO_BASIC) < 0) throw_hdf5(path + " is damaged");
        if (!seen.insert(info.addr).second || depth > 64) return;
        for (const auto& [name, kind] : hdf5_members(group)) {
            if (++objects > max_objects)
                throw Error(fmt::format("more than {} objects; name the dataset meant", max_objects));
            const std::string full = path + "/" + name;
            if (kind != 'g') {
                visit(full, kind == 'x');
                continue;
            }
            const Hdf5Id inner(hdf5_ok(H5Gopen2(group, name.c_str(), H5P_DEFAULT), full + " is damaged"), H5Gclose);
            walk(inner.get(), full, depth + 1);
        }
    };
    const Hdf5Id root(hdf5_ok(H5Gopen2(file, "/", H5P_DEFAULT), "the root group is damaged"), H5Gclose);
    walk(root.get(), "", 0);
}

}  // namespace levin::formats
