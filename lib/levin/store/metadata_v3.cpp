// Zarr v3 core: https://zarr-specs.readthedocs.io/en/latest/v3/core/
#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/fill_value.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"

namespace levin::store {
namespace {

/// Extension points are objects of a name and a configuration, or just the name.
std::pair<std::string, Json> extension(const Json& value, std::string_view where) {
    if (value.is_string()) return {value.get<std::string>(), Json::object()};
    require_object(value, where, {"name", "configuration", "must_understand"});
    Json configuration = value.value("configuration", Json::object());
    if (!configuration.is_object())
        throw Error(fmt::format("{}: configuration: expected an object, found {}", where, shown(configuration)));
    return {string_of(member(value, "name"), where), std::move(configuration)};
}

void refuse_unknown(const Json& document) {
    constexpr std::string_view known[] = {
        "zarr_format",    "node_type", "shape",      "data_type",          "chunk_grid",
        "fill_value",     "codecs",    "attributes", "chunk_key_encoding", "storage_transformers",
        "dimension_names"};
    for (const auto& item : document.items()) {
        if (std::find(std::begin(known), std::end(known), item.key()) != std::end(known)) continue;
        const bool ignorable = item.value().is_object() && item.value().value("must_understand", Json(true)) == false;
        if (!ignorable)
            throw Error(
                fmt::format("unknown field \"{}\", which is not marked \"must_understand\": false", item.key()));
    }
}

DType parse_data_type(const Json& value) {
    const auto [name, configuration] = extension(value, "data_type");
    const auto dtype = dtype_from_name(name);
    if (!dtype || !configuration.empty()) throw Error(fmt::format("data_type: {} is not supported", shown(value)));
    return *dtype;
}

void parse_key_encoding(const Json& value, Metadata& metadata) {
    const auto [name, configuration] = extension(value, "chunk_key_encoding");
    if (name != "default" && name != "v2")
        throw Error(fmt::format("chunk_key_encoding: \"{}\" is not supported; supported are default and v2", name));
    require_object(configuration, "chunk_key_encoding", {"separator"});
    metadata.key_prefix = name == "default";
    const std::string separator = string_of(configuration.value("separator", Json(name == "default" ? "/" : ".")),
                                            "chunk_key_encoding: separator");
    if (separator != "/" && separator != ".")
        throw Error(fmt::format("chunk_key_encoding: separator: expected \"/\" or \".\", found \"{}\"", separator));
    metadata.separator = separator[0];
}

void parse_names(const Json& document, Metadata& metadata) {
    const auto found = document.find("dimension_names");
    if (found == document.end() || found->is_null()) return;
    if (!found->is_array() || found->size() != metadata.shape.size())
        throw Error(fmt::format("dimension_names: expected {} names, found {}", metadata.shape.size(), shown(*found)));
    for (std::size_t i = 0; i < found->size(); ++i)
        if (!(*found)[i].is_null())
            metadata.axes[i].name = string_of((*found)[i], fmt::format("dimension_names[{}]", i));
}

}  // namespace

Metadata parse_metadata_v3(std::string_view zarr_json) {
    const Json document = parse_json(zarr_json);
    if (!document.is_object()) throw Error(fmt::format("expected an object, found {}", shown(document)));
    integer_of(member(document, "zarr_format"), "zarr_format", 3, 3);
    if (const std::string type = string_of(member(document, "node_type"), "node_type"); type != "array")
        throw Error(fmt::format("node_type: expected array, found \"{}\"", type));
    refuse_unknown(document);
    if (const Json transformers = document.value("storage_transformers", Json::array());
        !transformers.is_array() || !transformers.empty())
        throw Error(fmt::format("storage_transformers: none are supported, found {}", shown(transformers)));

    Metadata metadata;
    metadata.shape = dims_of(member(document, "shape"), "shape", 0);
    metadata.dtype = parse_data_type(member(document, "data_type"));
    const auto [grid, configuration] = extension(member(document, "chunk_grid"), "chunk_grid");
    if (grid != "regular") throw Error(fmt::format("chunk_grid: \"{}\" is not supported, only regular", grid));
    require_object(configuration, "chunk_grid", {"chunk_shape"});
    metadata.chunks = chunk_lengths(member(configuration, "chunk_shape"), "chunk_shape", metadata.shape);
    byte_count(metadata.chunks, size_of(metadata.dtype));  // so that no later use of the chunk's size overflows
    parse_key_encoding(member(document, "chunk_key_encoding"), metadata);
    metadata.fill = parse_fill_value(member(document, "fill_value"), metadata.dtype, 3);
    metadata.codecs = parse_codecs(member(document, "codecs"), metadata.chunks, metadata.dtype);
    metadata.axes.resize(metadata.shape.size());
    parse_names(document, metadata);
    Json attributes = document.value("attributes", Json::object());
    if (!attributes.is_object())
        throw Error(fmt::format("attributes: expected an object, found {}", shown(attributes)));
    take_dimension_units(attributes, metadata.axes);
    metadata.attributes = attributes.dump(-1, ' ', false, Json::error_handler_t::replace);
    return metadata;
}

}  // namespace levin::store
