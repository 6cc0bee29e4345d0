#include "levin/formats/hdf5/attributes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_elements = 64, max_text = std::size_t{1} << 20;
constexpr hsize_t max_attributes = 1000;
/// What the axes are made from, or only other programs understand.
constexpr std::array<const char*, 8> spoken_for{"DIMENSION_LABELS", "DIMENSION_LIST", "dimension_units",
                                                "element_size_um",  "CLASS",          "NAME",
                                                "REFERENCE_LIST",   "_Netcdf4Dimid"};

struct Attribute {
    Hdf5Id id, type, space;
    std::size_t count = 0;

    /// Empty (`count` 0) when there is none, or more of it than an attribute of use has.
    static Attribute open(hid_t object, const char* name) {
        Attribute result;
        if (H5Aexists(object, name) <= 0) return result;
        result.id = Hdf5Id(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
        if (!result.id) return result;
        result.type = Hdf5Id(H5Aget_type(result.id.get()), H5Tclose);
        result.space = Hdf5Id(H5Aget_space(result.id.get()), H5Sclose);
        const hssize_t count = result.space ? H5Sget_simple_extent_npoints(result.space.get()) : 0;
        if (count > 0 && static_cast<std::size_t>(count) <= max_elements && result.type)
            result.count = static_cast<std::size_t>(count);
        return result;
    }
    bool is(H5T_class_t kind) const { return count > 0 && H5Tget_class(type.get()) == kind; }
};

std::vector<std::string> variable_texts(const Attribute& attribute) {
    const Hdf5Id memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(attribute.type.get()));
    std::vector<char*> pointers(attribute.count, nullptr);
    std::vector<std::string> texts;
    if (H5Aread(attribute.id.get(), memory.get(), pointers.data()) < 0) {
        check_hdf5_memory();
        return texts;
    }
    for (char* text : pointers) texts.emplace_back(text ? text : "");
    H5Dvlen_reclaim(memory.get(), attribute.space.get(), H5P_DEFAULT, pointers.data());
    return texts;
}

std::vector<std::string> fixed_texts(const Attribute& attribute) {
    const std::size_t size = H5Tget_size(attribute.type.get());
    std::vector<std::string> texts;
    if (size == 0 || size > max_text / attribute.count) return texts;
    std::vector<char> bytes(size * attribute.count);
    if (H5Aread(attribute.id.get(), attribute.type.get(), bytes.data()) < 0) return texts;
    const bool padded = H5Tget_strpad(attribute.type.get()) == H5T_STR_SPACEPAD;
    for (std::size_t i = 0; i < attribute.count; ++i) {
        std::string text(bytes.data() + i * size, size);
        text.resize(std::min(text.find('\0'), text.size()));
        if (padded) text.resize(text.find_last_not_of(' ') + 1);
        texts.push_back(std::move(text));
    }
    return texts;
}

std::vector<std::string> texts_of(const Attribute& attribute) {
    if (!attribute.is(H5T_STRING)) return {};
    return H5Tis_variable_str(attribute.type.get()) > 0 ? variable_texts(attribute) : fixed_texts(attribute);
}

template <class T>
std::vector<T> numbers_of(const Attribute& attribute, hid_t memory) {
    std::vector<T> numbers(attribute.count);
    if (H5Aread(attribute.id.get(), memory, numbers.data()) < 0) numbers.clear();
    return numbers;
}

template <class T>
Json as_json(const Attribute& attribute, const std::vector<T>& values) {
    const bool scalar = H5Sget_simple_extent_type(attribute.space.get()) == H5S_SCALAR;
    if (values.empty()) return {};
    return scalar ? Json(values.front()) : Json(values);
}

Json text_json(const std::string& text) {
    if (!text.starts_with('{')) return text;
    Json parsed = Json::parse(text, nullptr, false);
    return parsed.is_object() ? parsed : Json(text);
}

Json value_of(const Attribute& attribute) {
    if (attribute.is(H5T_STRING)) {
        const auto texts = texts_of(attribute);
        return texts.size() == 1 ? text_json(texts.front()) : as_json(attribute, texts);
    }
    if (attribute.is(H5T_INTEGER)) {
        if (H5Tget_sign(attribute.type.get()) == H5T_SGN_NONE)
            return as_json(attribute, numbers_of<std::uint64_t>(attribute, H5T_NATIVE_UINT64));
        return as_json(attribute, numbers_of<std::int64_t>(attribute, H5T_NATIVE_INT64));
    }
    if (attribute.is(H5T_FLOAT)) return as_json(attribute, numbers_of<double>(attribute, H5T_NATIVE_DOUBLE));
    return {};
}

/// Writes `data`, one element or, with `count`, several.
void write(hid_t object, const std::string& name, hid_t type, const void* data, std::optional<hsize_t> count = {}) {
    const Hdf5Id space(count ? H5Screate_simple(1, &*count, nullptr) : H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Id attribute(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute || H5Awrite(attribute.get(), type, data) < 0) throw_hdf5("attribute " + name);
}

Hdf5Id text_type() {
    Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

}  // namespace

std::vector<std::string> texts_attribute(hid_t object, const char* name) {
    return texts_of(Attribute::open(object, name));
}

std::optional<std::string> text_attribute(hid_t object, const char* name) {
    auto texts = texts_attribute(object, name);
    return texts.size() == 1 ? std::optional(std::move(texts.front())) : std::nullopt;
}

std::vector<double> numbers_attribute(hid_t object, const char* name) {
    const Attribute attribute = Attribute::open(object, name);
    if (!attribute.is(H5T_INTEGER) && !attribute.is(H5T_FLOAT)) return {};
    return numbers_of<double>(attribute, H5T_NATIVE_DOUBLE);
}

std::string attributes_json(hid_t object) {
    Json result = Json::object();
    std::vector<std::string> names;
    const auto add = [](hid_t, const char* name, const H5A_info_t*, void* to) noexcept -> herr_t {
        try {
            auto& list = *static_cast<std::vector<std::string>*>(to);
            list.emplace_back(name);
            return list.size() >= max_attributes;
        } catch (...) {
            return 1;
        }
    };
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0)
        throw_hdf5("the attributes are damaged");
    for (const std::string& name : names) {
        if (std::find(spoken_for.begin(), spoken_for.end(), name) != spoken_for.end()) continue;
        Json value = value_of(Attribute::open(object, name.c_str()));
        if (!value.is_null()) result[name] = std::move(value);
    }
    H5Eclear2(H5E_DEFAULT);
    return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write_attributes_json(hid_t object, const std::string& json) {
    const Hdf5Id type = text_type();
    const Json attributes = Json::parse(json);  // items() does not hold it
    for (const auto& [name, value] : attributes.items()) {
        if (name.empty() || H5Aexists(object, name.c_str()) > 0) continue;
        if (value.is_number_float()) {
            const double number = value.get<double>();
            write(object, name, H5T_NATIVE_DOUBLE, &number);
        } else if (value.is_number_unsigned()) {
            const auto number = value.get<std::uint64_t>();
            write(object, name, H5T_NATIVE_UINT64, &number);
        } else if (value.is_number_integer()) {
            const auto number = value.get<std::int64_t>();
            write(object, name, H5T_NATIVE_INT64, &number);
        } else {
            const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
            const char* pointer = text.c_str();
            write(object, name, type.get(), &pointer);
        }
    }
}

void write_texts_attribute(hid_t object, const char* name, const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const auto& text : texts) pointers.push_back(text.c_str());
    write(object, name, text_type().get(), pointers.data(), texts.size());
}

void write_numbers_attribute(hid_t object, const char* name, const std::vector<double>& numbers) {
    write(object, name, H5T_NATIVE_DOUBLE, numbers.data(), numbers.size());
}

}  // namespace levin::formats
