#include "levin/store/metadata.hpp"

#include <cmath>
#include <complex>
#include <cstring>
#include <nlohmann/json.hpp>

#include "levin/store/fill_value.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Json;

namespace {

const char* const v3 = R"({"zarr_format": 3, "node_type": "array", "shape": [5, 19, 23], "data_type": "uint16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 8, 8]}}, "chunk_key_encoding": {"name": "default"},
    "fill_value": 0, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]})";
const char* const v2 = R"({"zarr_format": 2, "shape": [5, 19, 23], "chunks": [2, 8, 8], "dtype": "<u2", "fill_value": 0,
    "order": "C", "filters": null, "compressor": null})";

/// The document with the members of `patch` put in; null takes one out (JSON merge patch).
std::string patched(const char* document, const std::string& patch) {
    Json json = Json::parse(document);
    json.merge_patch(Json::parse(patch));
    return json.dump();
}

store::Metadata parse_v3(const std::string& patch = "{}") { return store::parse_metadata_v3(patched(v3, patch)); }
store::Metadata parse_v2(const std::string& patch = "{}", const std::string& attributes = "") {
    return store::parse_metadata_v2(patched(v2, patch), attributes);
}

template <class T>
T fill(const std::string& json, int zarr_format = 3) {
    const auto bytes = store::parse_fill_value(Json::parse(json), dtype_of<T>(), zarr_format);
    T value;
    REQUIRE(bytes.size() == sizeof(T));
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

template <class T>
void refuse(const std::string& json, int zarr_format = 3) {
    INFO(json);
    check_error([&] { fill<T>(json, zarr_format); },
                "fill_value: .* is no value of " + std::string(name_of(dtype_of<T>())));
}

}  // namespace

TEST_CASE("fill values: every data type has its own form") {
    CHECK(fill<bool>("true"));
    CHECK_FALSE(fill<bool>("false"));
    CHECK(fill<std::int8_t>("-128") == -128);
    CHECK(fill<std::uint8_t>("255") == 255);
    CHECK(fill<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(fill<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(fill<float>("1.5") == 1.5f);
    CHECK(fill<float>("3") == 3.0f);
    CHECK(std::isnan(fill<double>("\"NaN\"")));
    CHECK(fill<double>("\"Infinity\"") == INFINITY);
    CHECK(fill<float>("\"-Infinity\"") == -INFINITY);
    CHECK(std::isnan(fill<float>("\"0x7fc00000\"")));
    CHECK(fill<float>("\"0x3f800000\"") == 1.0f);
    CHECK(fill<double>("\"0x3ff0000000000000\"") == 1.0);
    CHECK(fill<Float16>("\"0x3c00\"") == Float16(1.0f));
    CHECK(fill<Float16>("65504").bits == 0x7bff);
    CHECK(fill<std::complex<float>>("[1, -2.5]") == std::complex<float>(1, -2.5f));
    const auto odd = fill<std::complex<double>>(R"(["NaN", "Infinity"])");
    CHECK(std::isnan(odd.real()));
    CHECK(odd.imag() == INFINITY);
}

TEST_CASE("fill values: what the data type cannot hold is refused") {
    refuse<bool>("1");
    refuse<std::int8_t>("128");
    refuse<std::int8_t>("-129");
    refuse<std::uint16_t>("-1");
    refuse<std::uint16_t>("65536");
    refuse<std::uint16_t>("1.0");
    refuse<std::uint16_t>("\"NaN\"");
    refuse<std::uint16_t>("null");
    refuse<std::int64_t>("9223372036854775808");
    refuse<float>("1e39");
    refuse<float>("\"nan\"");
    refuse<float>("\"0x7fc0000\"");
    refuse<float>("\"0x7fc0000g\"");
    refuse<float>("true");
    refuse<Float16>("70000");
    refuse<std::complex<float>>("1");
    refuse<std::complex<float>>("[1]");
    refuse<std::complex<float>>("[1, null]");
}

TEST_CASE("fill values: v2 also has null, integers with a point and numbers for bool") {
    CHECK(fill<std::uint16_t>("null", 2) == 0);
    CHECK(fill<float>("null", 2) == 0.0f);
    CHECK(fill<std::uint16_t>("7.0", 2) == 7);
    CHECK(fill<std::int8_t>("-128.0", 2) == -128);
    CHECK(fill<bool>("1", 2));
    CHECK(fill<std::complex<float>>("0.0", 2) == std::complex<float>(0, 0));
    refuse<std::uint16_t>("7.5", 2);
    refuse<std::uint8_t>("256.0", 2);
    refuse<std::int64_t>("1e19", 2);
    refuse<std::uint8_t>("\"AA==\"", 2);
}

TEST_CASE("fill values: a number becomes the text that reads back as the same value") {
    CHECK(store::fill_value_text(0, DType::uint16) == "0");
    CHECK(store::fill_value_text(-1, DType::int32) == "-1");
    CHECK(store::fill_value_text(1, DType::boolean) == "true");
    CHECK(store::fill_value_text(NAN, DType::float32) == "\"NaN\"");
    CHECK(store::fill_value_text(-INFINITY, DType::float64) == "\"-Infinity\"");
    CHECK(store::fill_value_text(0.5, DType::float32) == "0.5");
    CHECK(store::fill_value_text(0, DType::complex64) == "[0.0,0.0]");
    CHECK_THROWS_AS(store::fill_value_text(NAN, DType::int16), UsageError);
    CHECK_THROWS_AS(store::fill_value_text(0.5, DType::int16), UsageError);
    CHECK_THROWS_AS(store::fill_value_text(300, DType::uint8), UsageError);
    CHECK_THROWS_AS(store::fill_value_text(2, DType::boolean), UsageError);
}

TEST_CASE("metadata v3: keys follow the encoding") {
    CHECK(parse_v3().key({1, 2, 0}) == "c/1/2/0");
    CHECK(parse_v3(R"({"chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}}})")
              .key({1, 2, 0}) == "c.1.2.0");
    CHECK(parse_v3(R"({"chunk_key_encoding": {"name": "v2"}})").key({1, 2, 0}) == "1.2.0");
    CHECK(parse_v3(R"({"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "/"}}})").key({1, 2, 0}) ==
          "1/2/0");
    CHECK(parse_v3(R"({"chunk_key_encoding": "v2"})").key({}) == "0");
    CHECK(parse_v3().key({}) == "c");
    CHECK(parse_v2().key({1, 2, 0}) == "1.2.0");
    CHECK(parse_v2(R"({"dimension_separator": "/"})").key({1, 2, 0}) == "1/2/0");
}

TEST_CASE("metadata v3: what is wrong is named by its field") {
    const auto refused = [](const std::string& patch, const std::string& pattern) {
        INFO(patch);
        check_error([&] { parse_v3(patch); }, pattern);
    };
    refused(R"({"node_type": "group"})", "node_type: expected array, found \"group\"");
    refused(R"({"shape": null})", "the field \"shape\" is missing");
    refused(R"({"shape": 5})", "shape: expected a list of integers, found 5");
    refused(R"({"shape": [5, 1.5, 2]})", "shape\\[1\\]: expected an integer of at least 0, found 1.5");
    refused(R"({"shape": [9223372036854775808, 1, 1]})", "shape\\[0\\]");
    refused(R"({"data_type": "r16"})", "data_type: \"r16\" is not supported");
    refused(R"({"data_type": {"name": "numpy.datetime64", "configuration": {"unit": "s"}}})", "numpy.datetime64");
    refused(R"({"chunk_grid": {"name": "rectangular"}})", "chunk_grid: \"rectangular\" is not supported");
    refused(R"({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [0, 8, 8]}}})",
            "chunk_shape\\[0\\]: a chunk length of 0");
    refused(R"({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4611686018427387904, 8, 8]}}})",
            "64 bits");
    refused(R"({"chunk_key_encoding": {"name": "fancy"}})", "chunk_key_encoding: \"fancy\"");
    refused(R"({"chunk_key_encoding": {"name": "v2", "configuration": {"separator": "-"}}})", "separator");
    refused(R"({"storage_transformers": [{"name": "x"}]})", "storage_transformers: none are supported");
    refused(R"({"dimension_names": ["t", 1, "x"]})", "dimension_names\\[1\\]: expected a string, found 1");
    refused(R"({"attributes": []})", "attributes: expected an object");
    refused(R"({"extra": {"must_understand": true}})", "unknown field \"extra\"");
    refused(R"({"codecs": "bytes"})", "codecs: expected a list");
    refused(R"({"codecs": []})", "codecs: neither \"bytes\" nor \"sharding_indexed\"");
    refused(R"({"codecs": ["bytes"]})", "codecs\\[0\\]: bytes: endian is missing");
    refused(R"({"codecs": [{"name": "bytes", "configuration": {"endian": "middle"}}]})",
            "endian: expected little or big");
    refused(R"({"codecs": [{"name": "zstd"}]})", "zstd needs bytes");
    refused(
        R"({"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}, {"name": "transpose", "configuration": {"order": [0, 1, 2]}}]})",
        "codecs\\[1\\]: transpose needs elements");
    for (const char* order : {"[0, 1]", "[0, 1, 1]", "[0, 1, 3]", "[0, 1, 2, 3]"})
        refused(fmt::format(R"({{"codecs": [{{"name": "transpose", "configuration": {{"order": {}}}}}]}})", order),
                "is no permutation of the 3 axes");
    CHECK_NOTHROW(parse_v3(R"({"data_type": "uint8", "codecs": ["bytes"]})"));
    CHECK_NOTHROW(parse_v3(R"({"data_type": {"name": "uint8"}, "extra": {"must_understand": false}})"));
    check_error([] { store::parse_metadata_v3("[1]"); }, "expected an object");
    check_error([] { store::parse_metadata_v3(""); }, "invalid JSON");
    check_error([] { store::parse_metadata_v3(std::string(1000, '[')); }, "nested deeper");
}

TEST_CASE("metadata v3: sharding is checked to the bottom") {
    const auto refused = [](const std::string& members, const std::string& pattern) {
        INFO(members);
        const std::string bytes = R"({"name": "bytes", "configuration": {"endian": "little"}})";
        Json configuration =
            Json::parse(fmt::format(R"({{"chunk_shape": [1, 4, 8], "codecs": [{0}], "index_codecs": [{0}]}})", bytes));
        configuration.merge_patch(Json::parse(members));
        const Json codecs = {{"codecs", {{{"name", "sharding_indexed"}, {"configuration", configuration}}}}};
        if (pattern.empty()) CHECK_NOTHROW(parse_v3(codecs.dump()));
        else check_error([&] { parse_v3(codecs.dump()); }, pattern);
    };
    refused("{}", "");
    refused(R"({"chunk_shape": [1, 3, 8]})",
            "chunk_shape \\(1, 3, 8\\) does not divide the shard's shape \\(2, 8, 8\\)");
    refused(R"({"chunk_shape": [1, 8]})", "does not divide");
    refused(R"({"chunk_shape": [0, 8, 8]})", "chunk_shape\\[0\\]: expected an integer of at least 1");
    refused(R"({"codecs": null})", "\"codecs\" is missing");
    refused(R"({"index_location": "middle"})", "index_location: expected start or end, found \"middle\"");
    refused(R"({"index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd"}]})",
            "index_codecs: only bytes and crc32c");
    refused(R"({"index_codecs": [{"name": "bytes"}]})",
            "index_codecs: codecs\\[0\\]: bytes: endian is missing, which uint64 needs");
}

TEST_CASE("metadata v2: data types, orders and compressors") {
    CHECK(parse_v2(R"({"dtype": "|b1", "fill_value": false})").dtype == DType::boolean);
    CHECK(parse_v2(R"({"dtype": "<u1"})").dtype == DType::uint8);
    CHECK(parse_v2(R"({"dtype": "<f2", "fill_value": "NaN"})").dtype == DType::float16);
    CHECK(parse_v2(R"({"dtype": "<c16", "fill_value": [0, 1]})").dtype == DType::complex128);
    CHECK(parse_v2(R"({"dtype": ">i4"})").codecs.swapped);
    CHECK_FALSE(parse_v2(R"({"dtype": "<i4"})").codecs.swapped);
    CHECK(parse_v2(R"({"order": "F"})").codecs.order == std::vector<std::size_t>{2, 1, 0});
    CHECK(parse_v2(R"({"filters": [], "compressor": {"id": "lz4", "acceleration": 1}})").codecs.codecs.size() == 1);
    for (const char* dtype :
         {"\"|u2\"", "\"<M8[ns]\"", "\"|S10\"", "\"|O\"", "\"u2\"", "\"<U5\"", "[[\"a\", \"<u2\"]]", "5"})
        check_error([&] { parse_v2(fmt::format(R"({{"dtype": {}}})", dtype)); }, "dtype: .* is not supported");
    check_error([] { parse_v2(R"({"filters": [{"id": "delta"}]})"); }, "filters: none are supported, found .*delta");
    check_error([] { parse_v2(R"({"compressor": {"id": "bz2"}})"); }, "compressor: codec \"bz2\" is not supported");
    check_error([] { parse_v2(R"({"order": "K"})"); }, "order: expected C or F");
    check_error([] { parse_v2(R"({"dimension_separator": "-"})"); }, "dimension_separator");
    check_error([] { parse_v2(R"({"zarr_format": 3})"); }, "zarr_format: expected 2, found 3");
    check_error([] { parse_v2(R"({"chunks": [2, 8]})"); }, "chunks: \\(2, 8\\) has 2 dimensions");
    check_error([] { parse_v2("{}", "{"); }, "\\.zattrs: invalid JSON");
}

TEST_CASE("metadata: names, units and spacing come from the attributes, and units that are not understood stay there") {
    Json document = Json::parse(v3);
    document["dimension_names"] = {"t", nullptr, "x"};
    document["attributes"] = {{"dimension_units", {"0.05 s", nullptr, "0.65 micrometer"}}, {"a", 1}};
    const auto metadata = store::parse_metadata_v3(document.dump());
    CHECK(metadata.axes == Axes{{"t", 0.05, "s"}, {"", 0, ""}, {"x", 0.65, "um"}});
    CHECK(metadata.attributes == R"({"a":1})");
    document["attributes"]["dimension_units"] = {"fast", nullptr, "0.65 um"};
    const auto odd = store::parse_metadata_v3(document.dump());
    CHECK(odd.axes[2] == Axis{"x", 0, ""});
    CHECK(Json::parse(odd.attributes) == document["attributes"]);
}

TEST_CASE("metadata: v2 takes xarray's names, and Python's bare NaN in attributes") {
    const auto metadata = parse_v2(
        "{}",
        R"({"_ARRAY_DIMENSIONS": ["t", "y", "x"], "dimension_units": [null, "2 um", "4 nanometer"], "missing": NaN, "text": "a \"NaN\" b", "low": -Infinity})");
    CHECK(metadata.axes == Axes{{"t", 0, ""}, {"y", 2, "um"}, {"x", 4, "nm"}});
    CHECK(Json::parse(metadata.attributes) ==
          Json::parse(R"({"missing": "NaN", "text": "a \"NaN\" b", "low": "-Infinity"})"));
}
