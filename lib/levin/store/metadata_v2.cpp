// Zarr v2: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "levin/core/error.hpp"
#include "levin/store/fill_value.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"

namespace levin::store {
namespace {

struct NumpyType {
    DType dtype;
    bool swapped;
};

/// NumPy's array-interface names: byte order, kind, bytes.
NumpyType parse_numpy_type(const Json& value) {
    constexpr std::pair<std::string_view, DType> names[] = {
        {"b1", DType::boolean},   {"i1", DType::int8},       {"i2", DType::int16},   {"i4", DType::int32},
        {"i8", DType::int64},     {"u1", DType::uint8},      {"u2", DType::uint16},  {"u4", DType::uint32},
        {"u8", DType::uint64},    {"f2", DType::float16},    {"f4", DType::float32}, {"f8", DType::float64},
        {"c8", DType::complex64}, {"c16", DType::complex128}};
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    const char order = text.empty() ? ' ' : text[0];
    for (const auto& [name, dtype] : names) {
        if (text.size() != name.size() + 1 || text.compare(1, text.npos, name) != 0) continue;
        const bool single = word_size(dtype) == 1;
        if (order != '<' && order != '>' && !(order == '|' && single)) break;
        return {dtype, !single && (order == '<') != (std::endian::native == std::endian::little)};
    }
    throw Error(fmt::format("dtype: {} is not supported", shown(value)));
}

void parse_compressor(const Json& document, Metadata& metadata) {
    const auto filters = document.find("filters");
    if (filters != document.end() && !filters->is_null() && !(filters->is_array() && filters->empty()))
        throw Error(fmt::format("filters: none are supported, found {}", shown(*filters)));
    const auto found = document.find("compressor");
    if (found == document.end() || found->is_null()) return;
    if (!found->is_object()) throw Error(fmt::format("compressor: expected an object, found {}", shown(*found)));
    Json configuration = *found;
    const std::string id = string_of(member(configuration, "id"), "compressor: id");
    configuration.erase("id");
    with_context([] { return "compressor"; },
                 [&] { metadata.codecs.codecs.push_back(make_codec(id, configuration, size_of(metadata.dtype), 2)); });
}

/// xarray's attribute names the dimensions of v2 arrays.
void take_dimension_names(Json& attributes, Axes& axes) {
    const auto found = attributes.find("_ARRAY_DIMENSIONS");
    if (found == attributes.end() || !found->is_array() || found->size() != axes.size()) return;
    if (!std::all_of(found->begin(), found->end(), [](const Json& name) { return name.is_string(); })) return;
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i].name = (*found)[i].get<std::string>();
    attributes.erase("_ARRAY_DIMENSIONS");
}

}  // namespace

Metadata parse_metadata_v2(std::string_view zarray, std::string_view zattrs) {
    const Json document = parse_json(zarray);
    if (!document.is_object()) throw Error(fmt::format("expected an object, found {}", shown(document)));
    integer_of(member(document, "zarr_format"), "zarr_format", 2, 2);
    Metadata metadata;
    metadata.zarr_format = 2;
    metadata.shape = dims_of(member(document, "shape"), "shape", 0);
    const NumpyType type = parse_numpy_type(member(document, "dtype"));
    metadata.dtype = type.dtype;
    metadata.codecs.swapped = type.swapped;
    metadata.chunks = chunk_lengths(member(document, "chunks"), "chunks", metadata.shape);
    byte_count(metadata.chunks, size_of(metadata.dtype));  // so that no later use of the chunk's size overflows
    const std::string order = string_of(member(document, "order"), "order");
    if (order != "C" && order != "F") throw Error(fmt::format("order: expected C or F, found \"{}\"", order));
    if (order == "F")
        for (std::size_t axis = metadata.shape.size(); axis-- > 0;) metadata.codecs.order.push_back(axis);
    const std::string separator = string_of(document.value("dimension_separator", Json(".")), "dimension_separator");
    if (separator != "/" && separator != ".")
        throw Error(fmt::format("dimension_separator: expected \"/\" or \".\", found \"{}\"", separator));
    metadata.key_prefix = false;
    metadata.separator = separator[0];
    metadata.fill = parse_fill_value(member(document, "fill_value"), metadata.dtype, 2);
    parse_compressor(document, metadata);

    metadata.axes.resize(metadata.shape.size());
    with_context([] { return ".zattrs"; },
                 [&] {
                     Json attributes = zattrs.empty() ? Json::object() : parse_json(zattrs);
                     if (!attributes.is_object())
                         throw Error(fmt::format("expected an object, found {}", shown(attributes)));
                     take_dimension_names(attributes, metadata.axes);
                     take_dimension_units(attributes, metadata.axes);
                     metadata.attributes = attributes.dump(-1, ' ', false, Json::error_handler_t::replace);
                 });
    return metadata;
}

}  // namespace levin::store
