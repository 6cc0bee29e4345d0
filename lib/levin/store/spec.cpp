// From a request to metadata: what can never be is refused here, and everything else has one text.
#include <fmt/format.h>

#include <charconv>

#include "levin/core/error.hpp"
#include "levin/store/fill_value.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/writer.hpp"

namespace levin::store {
namespace {

using Ordered = nlohmann::ordered_json;

struct CodecChoice {
    std::string name;
    int level = 0;
    std::string compressor;  // of blosc
};

[[noreturn]] void refuse_codec(const std::string& text, const std::string& why) {
    throw UsageError(
        fmt::format("codec '{}': {}; expected none, zstd[:LEVEL], blosc[:LEVEL[:CNAME]] or gzip[:LEVEL]", text, why));
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == ':') parts.emplace_back();
        else parts.back() += c;
    return parts;
}

CodecChoice parse_codec(const std::string& text) {
    struct Entry {
        std::string_view name;
        int minimum, maximum, level;
        std::size_t parts;
    };
    constexpr Entry known[] = {
        {"none", 0, 0, 0, 1}, {"zstd", 1, 22, 1, 2}, {"blosc", 0, 9, 5, 3}, {"gzip", 0, 9, 5, 2}};
    const std::vector<std::string> parts = split(text);
    const auto* entry =
        std::find_if(std::begin(known), std::end(known), [&](const Entry& e) { return e.name == parts[0]; });
    if (entry == std::end(known)) refuse_codec(text, "unknown");
    if (parts.size() > entry->parts) refuse_codec(text, fmt::format("'{}' is too much", parts[entry->parts]));
    CodecChoice choice{parts[0], entry->level, "zstd"};
    if (parts.size() > 1) {
        const std::string& level = parts[1];
        const auto [stop, error] = std::from_chars(level.data(), level.data() + level.size(), choice.level);
        if (error != std::errc{} || stop != level.data() + level.size() || choice.level < entry->minimum ||
            choice.level > entry->maximum)
            refuse_codec(text, fmt::format("level '{}' is none of {} to {}", level, entry->minimum, entry->maximum));
    }
    if (parts.size() > 2) {
        choice.compressor = parts[2];
        constexpr std::string_view names[] = {"blosclz", "lz4", "lz4hc", "zlib", "zstd"};
        if (std::find(std::begin(names), std::end(names), parts[2]) == std::end(names))
            refuse_codec(text, fmt::format("'{}' is none of blosclz, lz4, lz4hc, zlib, zstd", parts[2]));
    }
    return choice;
}

Ordered named(const char* name, Ordered configuration) {
    return {{"name", name}, {"configuration", std::move(configuration)}};
}

Ordered codec_list(const CodecChoice& codec, DType dtype) {
    Ordered bytes = {{"name", "bytes"}};
    if (word_size(dtype) > 1) bytes["configuration"] = {{"endian", "little"}};
    Ordered list = Ordered::array({bytes});
    if (codec.name == "zstd") list.push_back(named("zstd", {{"level", codec.level}, {"checksum", true}}));
    if (codec.name == "gzip") list.push_back(named("gzip", {{"level", codec.level}}));
    if (codec.name == "blosc")
        list.push_back(named("blosc", {{"typesize", size_of(dtype)},
                                       {"cname", codec.compressor},
                                       {"clevel", codec.level},
                                       {"shuffle", "bitshuffle"},
                                       {"blocksize", 0}}));
    return list;
}

/// The user's attributes with what the axes know in front of them.
Ordered attributes_of(const ArraySpec& spec) {
    Ordered attributes = Ordered::object(), units = Ordered::array();
    bool known = false;
    for (const Axis& axis : spec.axes) {
        known |= axis.spacing != 0;
        units.push_back(axis.spacing != 0 ? Ordered(to_string(Quantity{axis.spacing, axis.unit})) : Ordered());
    }
    if (known) attributes["dimension_units"] = units;
    const Json given = parse_json(spec.attributes);
    if (!given.is_object()) throw Error(fmt::format("attributes: expected a JSON object, found {}", shown(given)));
    for (const auto& item : given.items())
        if (!attributes.contains(item.key())) attributes[item.key()] = Ordered::parse(item.value().dump());
    return attributes;
}

// Names and units may come from anywhere, and need not be UTF-8.
std::string text_of(const Ordered& json) { return json.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n"; }

Documents documents_v3(const ArraySpec& spec) {
    Ordered codecs = codec_list(parse_codec(spec.codec), spec.dtype);
    if (!spec.shards.empty()) {
        const Ordered index = Ordered::array({named("bytes", {{"endian", "little"}}), Ordered{{"name", "crc32c"}}});
        codecs = Ordered::array({named(
            "sharding_indexed",
            {{"chunk_shape", spec.chunks}, {"codecs", codecs}, {"index_codecs", index}, {"index_location", "end"}})});
    }
    Ordered names = Ordered::array();
    for (const Axis& axis : spec.axes) names.push_back(axis.name.empty() ? Ordered() : Ordered(axis.name));
    const Ordered document = {
        {"zarr_format", 3},
        {"node_type", "array"},
        {"shape", spec.shape},
        {"data_type", name_of(spec.dtype)},
        {"chunk_grid", named("regular", {{"chunk_shape", spec.shards.empty() ? spec.chunks : spec.shards}})},
        {"chunk_key_encoding", named("default", {{"separator", "/"}})},
        {"fill_value", Ordered::parse(fill_value_text(spec.fill_value, spec.dtype))},
        {"codecs", codecs},
        {"dimension_names", names},
        {"attributes", attributes_of(spec)}};
    return {{"zarr.json", text_of(document)}};
}

std::string numpy_name(DType dtype) {
    const char kind = dtype == DType::boolean ? 'b'
                      : is_complex(dtype)     ? 'c'
                      : is_floating(dtype)    ? 'f'
                                              : name_of(dtype)[0];
    return fmt::format("{}{}{}", word_size(dtype) == 1 ? '|' : '<', kind, size_of(dtype));
}

Documents documents_v2(const ArraySpec& spec) {
    const CodecChoice codec = parse_codec(spec.codec);
    Ordered compressor;
    if (codec.name == "zstd" || codec.name == "gzip") compressor = {{"id", codec.name}, {"level", codec.level}};
    if (codec.name == "blosc")
        compressor = {
            {"id", "blosc"}, {"cname", codec.compressor}, {"clevel", codec.level}, {"shuffle", 2}, {"blocksize", 0}};
    Ordered attributes = attributes_of(spec), names = Ordered::array();
    for (const Axis& axis : spec.axes)
        if (!axis.name.empty()) names.push_back(axis.name);
    if (names.size() == spec.axes.size()) attributes["_ARRAY_DIMENSIONS"] = names;
    const Ordered document = {{"zarr_format", 2},
                              {"shape", spec.shape},
                              {"chunks", spec.chunks},
                              {"dtype", numpy_name(spec.dtype)},
                              {"compressor", compressor},
                              {"fill_value", Ordered::parse(fill_value_text(spec.fill_value, spec.dtype))},
                              {"order", "C"},
                              {"filters", nullptr},
                              {"dimension_separator", "/"}};
    return {{".zattrs", text_of(attributes)}, {".zarray", text_of(document)}};
}

void check(const ArraySpec& spec) {
    const std::size_t rank = spec.shape.size();
    const auto require = [&](bool fine, const std::string& message) {
        if (!fine) throw UsageError(message);
    };
    require(spec.zarr_format == 2 || spec.zarr_format == 3,
            fmt::format("Zarr format {}: expected 2 or 3", spec.zarr_format));
    require(spec.axes.size() == rank,
            fmt::format("{} axes for an array of shape {}", spec.axes.size(), to_string(spec.shape)));
    require(spec.chunks.size() == rank,
            fmt::format("chunks {} for an array of shape {}", to_string(spec.chunks), to_string(spec.shape)));
    for (std::size_t i = 0; i < rank; ++i) {
        require(spec.shape[i] >= 0, fmt::format("shape {}: negative", to_string(spec.shape)));
        require(spec.chunks[i] > 0, fmt::format("chunks {}: every length must be at least 1", to_string(spec.chunks)));
    }
    if (spec.shards.empty()) return;
    require(spec.zarr_format == 3, "shards need Zarr format 3; format 2 does not know them");
    require(spec.shards.size() == rank,
            fmt::format("shards {} for an array of shape {}", to_string(spec.shards), to_string(spec.shape)));
    for (std::size_t i = 0; i < rank; ++i)
        require(spec.shards[i] > 0 && spec.shards[i] % spec.chunks[i] == 0,
                fmt::format("shards {}: every length must be a multiple of the chunks' {}", to_string(spec.shards),
                            to_string(spec.chunks)));
}

}  // namespace

void check_codec(const std::string& codec) { parse_codec(codec); }

Documents array_documents(const ArraySpec& spec) {
    check(spec);
    return spec.zarr_format == 3 ? documents_v3(spec) : documents_v2(spec);
}

Documents group_documents(const std::string& attributes, int zarr_format) {
    if (zarr_format != 2 && zarr_format != 3)
        throw UsageError(fmt::format("Zarr format {}: expected 2 or 3", zarr_format));
    const Ordered given = Ordered::parse(parse_json(attributes).dump());
    if (zarr_format == 2) return {{".zattrs", text_of(given)}, {".zgroup", text_of({{"zarr_format", 2}})}};
    return {{"zarr.json", text_of({{"zarr_format", 3}, {"node_type", "group"}, {"attributes", given}})}};
}

}  // namespace levin::store
