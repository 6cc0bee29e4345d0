#include "levin/store/codec.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

struct Entry {
    std::string_view name;
    bool in_v2, in_v3;
    CodecPtr (*make)(const Json&, std::size_t);
};

constexpr Entry table[] = {
    {"blosc", true, true, make_blosc}, {"crc32c", false, true, make_crc32c}, {"gzip", true, true, make_gzip},
    {"lz4", true, false, make_lz4},    {"zlib", true, false, make_zlib},     {"zstd", true, true, make_zstd},
};

}  // namespace

CodecPtr make_codec(const std::string& name, const Json& configuration, std::size_t element_size, int zarr_format) {
    std::string known = zarr_format == 3 ? "bytes, transpose, sharding_indexed" : "";
    for (const Entry& entry : table) {
        if (!(zarr_format == 3 ? entry.in_v3 : entry.in_v2)) continue;
        if (entry.name == name) return entry.make(configuration, element_size);
        known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
    }
    throw Error(fmt::format("codec \"{}\" is not supported; supported are {}", name, known));
}

}  // namespace levin::store
