#include "levin/formats/nifti_header.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

using Json = nlohmann::ordered_json;

/// Where a version of the header keeps a field, and as what: i8 i16 i32 i64 f32 f64 as b h i q f d, text as s.
struct Place {
    std::size_t offset;
    char type;
};
struct FieldOf {
    const char* name;
    Place v1, v2;
    std::size_t count;  ///< of numbers, or bytes of a text
    bool kept;          ///< in to_json
};
constexpr FieldOf fields[]{{"dim", {40, 'h'}, {16, 'q'}, 8, false},
                           {"datatype", {70, 'h'}, {12, 'h'}, 1, false},
                           {"bitpix", {72, 'h'}, {14, 'h'}, 1, false},
                           {"pixdim", {76, 'f'}, {104, 'd'}, 8, true},
                           {"vox_offset", {108, 'f'}, {168, 'q'}, 1, false},
                           {"scl_slope", {112, 'f'}, {176, 'd'}, 1, true},
                           {"scl_inter", {116, 'f'}, {184, 'd'}, 1, true},
                           {"xyzt_units", {123, 'b'}, {500, 'i'}, 1, true},
                           {"dim_info", {39, 'b'}, {524, 'b'}, 1, true},
                           {"slice_start", {74, 'h'}, {224, 'q'}, 1, true},
                           {"slice_end", {120, 'h'}, {232, 'q'}, 1, true},
                           {"slice_code", {122, 'b'}, {496, 'i'}, 1, true},
                           {"slice_duration", {132, 'f'}, {208, 'd'}, 1, true},
                           {"toffset", {136, 'f'}, {216, 'd'}, 1, true},
                           {"cal_max", {124, 'f'}, {192, 'd'}, 1, true},
                           {"cal_min", {128, 'f'}, {200, 'd'}, 1, true},
                           {"intent_code", {68, 'h'}, {504, 'i'}, 1, true},
                           {"intent_p1", {56, 'f'}, {80, 'd'}, 1, true},
                           {"intent_p2", {60, 'f'}, {88, 'd'}, 1, true},
                           {"intent_p3", {64, 'f'}, {96, 'd'}, 1, true},
                           {"intent_name", {328, 's'}, {508, 's'}, 16, true},
                           {"descrip", {148, 's'}, {240, 's'}, 80, true},
                           {"aux_file", {228, 's'}, {320, 's'}, 24, true},
                           {"qform_code", {252, 'h'}, {344, 'i'}, 1, true},
                           {"sform_code", {254, 'h'}, {348, 'i'}, 1, true},
                           {"quatern_b", {256, 'f'}, {352, 'd'}, 1, true},
                           {"quatern_c", {260, 'f'}, {360, 'd'}, 1, true},
                           {"quatern_d", {264, 'f'}, {368, 'd'}, 1, true},
                           {"qoffset_x", {268, 'f'}, {376, 'd'}, 1, true},
                           {"qoffset_y", {272, 'f'}, {384, 'd'}, 1, true},
                           {"qoffset_z", {276, 'f'}, {392, 'd'}, 1, true},
                           {"srow_x", {280, 'f'}, {400, 'd'}, 4, true},
                           {"srow_y", {296, 'f'}, {432, 'd'}, 4, true},
                           {"srow_z", {312, 'f'}, {464, 'd'}, 4, true}};

constexpr std::string_view single_v1{"n+1\0", 4}, pair_v1{"ni1\0", 4};
constexpr std::string_view single_v2{"n+2\0\r\n\x1a\n", 8}, pair_v2{"ni2\0\r\n\x1a\n", 8};
constexpr std::size_t bytes_v1 = 348, bytes_v2 = 540;

const FieldOf& find_field(std::string_view name) {
    for (const auto& field : fields)
        if (name == field.name) return field;
    throw std::logic_error("no such field of NIfTI");
}

Place place_of(const FieldOf& field, int version) { return version == 1 ? field.v1 : field.v2; }

double shortest(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

/// Calls visit(T{}) with the type that `type` stands for, and the bytes of the element before the ith.
template <class Visit>
auto visit_type(char type, Visit&& visit) {
    switch (type) {
        case 'b':
            return visit(std::uint8_t{});
        case 'h':
            return visit(std::int16_t{});
        case 'i':
            return visit(std::int32_t{});
        case 'q':
            return visit(std::int64_t{});
        case 'f':
            return visit(float{});
        default:
            return visit(double{});
    }
}

std::string_view magic_of(std::string_view begin) {
    if (begin.size() >= bytes_v1)
        if (const auto magic = begin.substr(344, 4); magic == single_v1 || magic == pair_v1) return magic;
    if (begin.size() >= 12)
        if (const auto magic = begin.substr(4, 8); magic == single_v2 || magic == pair_v2) return magic;
    return {};
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

DType dtype_of_nifti(Index datatype) {
    switch (datatype) {
        case 2:
        case nifti_rgb24:
        case nifti_rgba32:
            return DType::uint8;
        case 4:
            return DType::int16;
        case 8:
            return DType::int32;
        case 16:
            return DType::float32;
        case 32:
            return DType::complex64;
        case 64:
            return DType::float64;
        case 256:
            return DType::int8;
        case 512:
            return DType::uint16;
        case 768:
            return DType::uint32;
        case 1024:
            return DType::int64;
        case 1280:
            return DType::uint64;
        case 1792:
            return DType::complex128;
        case 1:
            throw Error("values of one bit (datatype 1) are not supported");
        case 1536:
        case 2048:
            throw Error(fmt::format("floats of 128 bits (datatype {}) are not supported: there is no such type here",
                                    datatype));
        default:
            throw Error(fmt::format("datatype {} is none of NIfTI's: the header is damaged", datatype));
    }
}

Index nifti_type_of(DType dtype) {
    for (const Index type : {2, 4, 8, 16, 32, 64, 256, 512, 768, 1024, 1280, 1792})
        if (dtype_of_nifti(type) == dtype) return type;
    throw UsageError(fmt::format("NIfTI has no {}: levin copy --dtype {} first", name_of(dtype),
                                 dtype == DType::boolean ? "uint8" : "float32"));
}

bool NiftiHeader::matches(const std::string& begin) { return !magic_of(begin).empty(); }

NiftiHeader::NiftiHeader(int version) : version_(version), fields_(version == 1 ? bytes_v1 : bytes_v2) {
    const auto magic = version == 1 ? single_v1 : single_v2;
    fields_.put<std::int32_t>(0, version == 1 ? bytes_v1 : bytes_v2);
    fields_.put_text(version == 1 ? 344 : 4, magic.size(), std::string(magic));
    if (version == 1) fields_.put<char>(38, 'r');  // "regular", for readers of ANALYZE
}

NiftiHeader::NiftiHeader(const std::vector<std::byte>& begin) : version_(1), fields_(0) {
    const std::string_view magic = magic_of(text_of(begin));
    Fields first(4);
    if (begin.size() >= 4) first = Fields({begin.begin(), begin.begin() + 4});
    const auto size = first.get<std::int32_t>(0);
    if (magic.empty() && (size == 348 || size == 0x5c010000))
        throw Error("an image of ANALYZE 7.5, which does not say its orientation; convert it to NIfTI");
    if (magic.empty()) throw Error("not a NIfTI file: no 'n+1', 'ni1', 'n+2' or 'ni2' where the header has it");
    version_ = magic.size() == 4 ? 1 : 2;
    const std::size_t bytes = version_ == 1 ? bytes_v1 : bytes_v2;
    if (begin.size() < bytes)
        throw Error(fmt::format("{} bytes are too few for a header of {}: it is cut off", begin.size(), bytes));
    swapped_ = size != static_cast<std::int32_t>(bytes);
    fields_ = Fields({begin.begin(), begin.begin() + static_cast<Index>(bytes)}, swapped_);
    if (fields_.get<std::int32_t>(0) != static_cast<std::int32_t>(bytes))
        throw Error(fmt::format("the header says that it has {} bytes, expected {}: it is damaged", size, bytes));
}

void NiftiHeader::make_pair() {
    const auto magic = version_ == 1 ? pair_v1 : pair_v2;
    fields_.put_text(version_ == 1 ? 344 : 4, magic.size(), std::string(magic));
    set("vox_offset", 0, 0);
}

bool NiftiHeader::is_pair() const {
    const auto magic = magic_of(text_of(bytes()));
    return magic == pair_v1 || magic == pair_v2;
}

Index NiftiHeader::integer(const char* name, std::size_t i) const {
    const Place place = place_of(find_field(name), version_);
    return visit_type(place.type, [&]<class T>(T) {
        const T value = fields_.get<T>(place.offset + i * sizeof(T));
        if constexpr (std::is_floating_point_v<T>) {
            const T limit = static_cast<T>(Index{1} << 62);
            return value > -limit && value < limit ? static_cast<Index>(value) : Index{-1};
        } else {
            return static_cast<Index>(value);
        }
    });
}

double NiftiHeader::number(const char* name, std::size_t i) const {
    const Place place = place_of(find_field(name), version_);
    return visit_type(place.type, [&]<class T>(T) {
        const T value = fields_.get<T>(place.offset + i * sizeof(T));
        if constexpr (std::is_same_v<T, float>) return shortest(value);
        else return static_cast<double>(value);
    });
}

void NiftiHeader::set(const char* name, std::size_t i, double value) {
    const Place place = place_of(find_field(name), version_);
    visit_type(place.type, [&]<class T>(T) {
        if constexpr (std::is_integral_v<T>)
            if (!(value >= static_cast<double>(std::numeric_limits<T>::min()) &&
                  value < static_cast<double>(std::numeric_limits<T>::max())))
                return;
        fields_.put<T>(place.offset + i * sizeof(T), static_cast<T>(value));
    });
}

void NiftiHeader::set_integer(const char* name, std::size_t i, Index value) {
    const Place place = place_of(find_field(name), version_);
    visit_type(place.type, [&]<class T>(T) { fields_.put<T>(place.offset + i * sizeof(T), static_cast<T>(value)); });
}

void NiftiHeader::set_text(const char* name, const std::string& text) {
    const FieldOf& field = find_field(name);
    fields_.put_text(place_of(field, version_).offset, field.count, text);
}

Json NiftiHeader::to_json() const {
    Json json = Json::object();
    for (const auto& field : fields) {
        const Place place = place_of(field, version_);
        if (!field.kept) continue;
        if (place.type == 's') {
            const std::string text = fields_.text(place.offset, field.count);
            if (!text.empty()) json[field.name] = text;
            continue;
        }
        Json values = Json::array();
        bool is_zero = true, is_finite = true;
        for (std::size_t i = 0; i < field.count; ++i) {
            const double value = number(field.name, i);
            is_zero &= value == 0;
            is_finite &= std::isfinite(value);
            if (place.type == 'f' || place.type == 'd') values.push_back(value);
            else values.push_back(integer(field.name, i));
        }
        if (!is_zero && is_finite) json[field.name] = field.count == 1 ? values[0] : values;
    }
    return json;
}

void NiftiHeader::take(const Json& json, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto member = json.find(name);
        if (member == json.end()) continue;
        const FieldOf& field = find_field(name);
        if (place_of(field, version_).type == 's') {
            if (member->is_string()) set_text(field.name, member->get<std::string>());
        } else if (field.count == 1) {
            if (member->is_number()) set(field.name, 0, member->get<double>());
        } else if (member->is_array()) {
            for (std::size_t i = 0; i < std::min(field.count, member->size()); ++i)
                if ((*member)[i].is_number()) set(field.name, i, (*member)[i].get<double>());
        }
    }
}

}  // namespace levin::formats
