#include "levin/store/metadata.hpp"

#include <fmt/format.h>

#include <utility>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"

namespace levin::store {

std::string Metadata::key(const Dims& position) const {
    std::string key = key_prefix ? "c" : position.empty() ? "0" : "";
    for (const Index index : position) {
        if (!key.empty()) key += separator;
        key += fmt::format("{}", index);
    }
    return key;
}

Dims Metadata::inner_chunks() const {
    // Down the chain the axes are permuted level by level; `axis` keeps where each came from.
    std::vector<std::size_t> axis(shape.size());
    for (std::size_t i = 0; i < axis.size(); ++i) axis[i] = i;
    Dims inner = chunks;
    for (const CodecChain* chain = &codecs; chain->sharding; chain = &chain->sharding->chunks) {
        std::vector<std::size_t> next;
        for (const std::size_t i : chain->order) next.push_back(axis[i]);
        if (!chain->order.empty()) axis = next;
        for (std::size_t i = 0; i < axis.size(); ++i) inner[axis[i]] = chain->sharding->chunk_shape[i];
    }
    return inner;
}

Dims chunk_lengths(const Json& value, std::string_view where, const Dims& shape) {
    Dims chunks = dims_of(value, where, 0);
    if (chunks.size() != shape.size())
        throw Error(fmt::format("{}: {} has {} dimensions, the shape {} has {}", where, to_string(chunks),
                                chunks.size(), to_string(shape), shape.size()));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        if (chunks[i] == 0 && shape[i] == 0) chunks[i] = 1;
        if (chunks[i] == 0) throw Error(fmt::format("{}[{}]: a chunk length of 0", where, i));
    }
    return chunks;
}

namespace {

/// The names that OME-NGFF gives to units.
constexpr std::pair<const char*, const char*> unit_names[] = {
    {"s", "second"},      {"ms", "millisecond"}, {"us", "microsecond"}, {"ns", "nanosecond"},
    {"min", "minute"},    {"h", "hour"},         {"m", "meter"},        {"cm", "centimeter"},
    {"mm", "millimeter"}, {"um", "micrometer"},  {"nm", "nanometer"},   {"angstrom", "angstrom"},
    {"Hz", "hertz"},      {"kHz", "kilohertz"},  {"MHz", "megahertz"},  {"mHz", "millihertz"}};

}  // namespace

std::string short_unit(const std::string& unit) {
    for (const auto& [name, whole] : unit_names)
        if (unit_factor(unit, name) == 1.0) return name;
    return unit;
}

std::string long_unit(const std::string& unit) {
    for (const auto& [name, whole] : unit_names)
        if (unit == name) return whole;
    return unit;
}

void take_dimension_units(Json& attributes, Axes& axes) {
    const auto found = attributes.find("dimension_units");
    if (found == attributes.end() || !found->is_array() || found->size() != axes.size()) return;
    Axes result = axes;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const Json& entry = (*found)[i];
        if (entry.is_null()) continue;
        if (!entry.is_string()) return;
        try {
            const Quantity quantity = parse_quantity(entry.get<std::string>());
            result[i].spacing = quantity.value;
            result[i].unit = short_unit(quantity.unit);
        } catch (const UsageError&) {
            return;
        }
    }
    axes = result;
    attributes.erase("dimension_units");
}

}  // namespace levin::store
