#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "levin/core/parallel.hpp"
#include "levin/store/metadata.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::ArraySpec;
using store::ArrayWriter;
using store::WriteOptions;

namespace {

ArraySpec make_spec() {
    ArraySpec spec;
    spec.shape = {5, 19, 23};
    spec.dtype = DType::uint16;
    spec.axes = {{"t", 0.05, "s"}, {"y", 0, ""}, {"x", 0.65, "um"}};
    spec.chunks = {2, 8, 8};
    return spec;
}

/// Values that differ from element to element; the first frames are 0, so that some chunks are fill.
OwnedArray make_values(DType dtype, const Dims& shape) {
    OwnedArray numbers(DType::float32, shape), values(dtype, shape);
    const Index count = product(shape), zero = count / 3;
    for (Index i = 0; i < count; ++i) numbers.view.as<float>()[i] = i < zero ? 0.0f : static_cast<float>(i % 101 + 1);
    convert(numbers.view, values.view);
    return values;
}

void write_units(ArrayWriter& writer, const View& values, Index first = 0, Index last = -1) {
    for (Index unit = first; unit < (last < 0 ? writer.units().size() : last); ++unit)
        writer.write(unit, values.sub(writer.units().region(unit)));
}

void write_store(const std::string& path, const ArraySpec& spec, const OwnedArray& values,
                 const WriteOptions& options = {}) {
    ArrayWriter writer(path, spec, options);
    write_units(writer, values.view);
    writer.publish();
}

const std::vector<DType> all_dtypes{DType::boolean, DType::int8,    DType::int16,     DType::int32,     DType::int64,
                                    DType::uint8,   DType::uint16,  DType::uint32,    DType::uint64,    DType::float16,
                                    DType::float32, DType::float64, DType::complex64, DType::complex128};

}  // namespace

TEST_CASE("writer: what is written reads back, for every data type, codec, format and sharding") {
    for (const DType dtype : all_dtypes) {
        for (const char* codec : {"none", "zstd", "zstd:5", "gzip:1", "blosc", "blosc:1:lz4"}) {
            for (const int variant : {2, 3, 30}) {  // 30: v3 with shards
                INFO(name_of(dtype) << " " << codec << " " << variant);
                const TempDir dir;
                ArraySpec spec = make_spec();
                spec.dtype = dtype;
                spec.codec = codec;
                spec.zarr_format = variant == 2 ? 2 : 3;
                if (variant == 30) spec.shards = {4, 16, 8};
                const OwnedArray values = make_values(dtype, spec.shape);
                write_store(dir / "a.zarr", spec, values);
                const auto array = store::Array::open(dir / "a.zarr");
                CHECK(bytes_of(read_all(*array)) == bytes_of(values));
                CHECK(array->info().axes == spec.axes);
                CHECK(array->info().chunks == spec.chunks);
                CHECK(array->info().attributes == "{}");
                CHECK_FALSE(std::filesystem::exists(dir / "a.zarr/__levin"));
            }
        }
    }
}

TEST_CASE("writer: strided values and odd shapes are written as they are") {
    const TempDir dir;
    for (const Dims& shape : {Dims{}, Dims{1}, Dims{0, 5}, Dims{7}, Dims{3, 1, 4}, Dims{2, 3, 2, 3, 2}}) {
        INFO(to_string(shape));
        ArraySpec spec;
        spec.shape = shape;
        spec.dtype = DType::int32;
        spec.axes.resize(shape.size());
        spec.chunks.assign(shape.size(), 2);
        const OwnedArray values = make_values(spec.dtype, shape);
        const std::string path = dir / "a.zarr";
        write_store(path, spec, values, {true, false, false});
        const auto array = store::Array::open(path);
        CHECK(array->info().shape == shape);
        CHECK(bytes_of(read_all(*array)) == bytes_of(values));
    }
    ArraySpec spec = make_spec();
    OwnedArray turned(spec.dtype, {23, 19, 5}), values = make_values(spec.dtype, spec.shape);
    const View view = permuted(turned.view, {2, 1, 0});
    copy(values.view, view);
    ArrayWriter writer(dir / "turned.zarr", spec, {});
    write_units(writer, view);
    writer.publish();
    CHECK(bytes_of(read_all(*store::Array::open(dir / "turned.zarr"))) == bytes_of(values));
}

TEST_CASE("writer: the metadata of v3 are exactly the write profile") {
    const TempDir dir;
    ArraySpec spec = make_spec();
    spec.shards = {4, 16, 24};
    spec.attributes = R"({"levin": {"history": [{"tool": "copy"}]}})";
    spec.fill_value = 7;
    write_store(dir / "a.zarr", spec, make_values(spec.dtype, spec.shape));
    const auto json = nlohmann::ordered_json::parse(read_file(dir / "a.zarr/zarr.json"));
    CHECK(
        json.dump() ==
        R"({"zarr_format":3,"node_type":"array","shape":[5,19,23],"data_type":"uint16",)"
        R"("chunk_grid":{"name":"regular","configuration":{"chunk_shape":[4,16,24]}},)"
        R"("chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},"fill_value":7,)"
        R"("codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[2,8,8],)"
        R"("codecs":[{"name":"bytes","configuration":{"endian":"little"}},{"name":"zstd","configuration":{"level":1,"checksum":true}}],)"
        R"("index_codecs":[{"name":"bytes","configuration":{"endian":"little"}},{"name":"crc32c"}],"index_location":"end"}}],)"
        R"("dimension_names":["t","y","x"],)"
        R"("attributes":{"dimension_units":["0.05 s",null,"0.65 um"],"levin":{"history":[{"tool":"copy"}]}}})");
    CHECK(read_file(dir / "a.zarr/zarr.json").substr(0, 24) == "{\n  \"zarr_format\": 3,\n  ");
    CHECK(store::Array::open(dir / "a.zarr")->info().attributes == R"({"levin":{"history":[{"tool":"copy"}]}})");
}

TEST_CASE("writer: the metadata of v2 name dimensions as xarray does") {
    const TempDir dir;
    ArraySpec spec = make_spec();
    spec.zarr_format = 2;
    spec.dtype = DType::float32;
    spec.fill_value = NAN;
    write_store(dir / "a.zarr", spec, make_values(spec.dtype, spec.shape));
    CHECK(nlohmann::ordered_json::parse(read_file(dir / "a.zarr/.zarray")).dump() ==
          R"({"zarr_format":2,"shape":[5,19,23],"chunks":[2,8,8],"dtype":"<f4","compressor":{"id":"zstd","level":1},)"
          R"("fill_value":"NaN","order":"C","filters":null,"dimension_separator":"/"})");
    CHECK(nlohmann::ordered_json::parse(read_file(dir / "a.zarr/.zattrs")).dump() ==
          R"({"dimension_units":["0.05 s",null,"0.65 um"],"_ARRAY_DIMENSIONS":["t","y","x"]})");
    CHECK(std::filesystem::exists(dir / "a.zarr/2/2/2"));
}

TEST_CASE("writer: chunks that equal the fill value are not stored unless asked, and read as the fill value") {
    const TempDir dir;
    for (const bool write_fill : {false, true}) {
        for (const bool sharded : {false, true}) {
            ArraySpec spec = make_spec();
            spec.dtype = DType::float32;
            spec.fill_value = NAN;
            spec.write_fill = write_fill;
            if (sharded) spec.shards = {2, 16, 24};
            OwnedArray values(spec.dtype, spec.shape);
            const float other_nan = std::bit_cast<float>(0xffc12345u);  // any NaN is fill
            fill(values.view, &other_nan);
            values.view.as<float>()[19 * 23 * 5 - 1] = 1;
            const std::string path = dir / fmt::format("{}{}.zarr", write_fill, sharded);
            write_store(path, spec, values);
            const auto array = store::Array::open(path);
            Index stored = 0;
            for (Index unit = 0; unit < array->units().size(); ++unit) stored += array->stored_size(unit).has_value();
            CHECK(stored == (write_fill ? array->units().size() : 1));
            const OwnedArray back = read_all(*array);
            CHECK(std::isnan(back.view.as<float>()[0]));
            CHECK(back.view.as<float>()[19 * 23 * 5 - 1] == 1);
        }
    }
    ArraySpec spec = make_spec();
    spec.dtype = DType::float32;
    OwnedArray values(spec.dtype, spec.shape);
    const float negative_zero = -0.0f;
    fill(values.view, &negative_zero);
    write_store(dir / "zero.zarr", spec, values);
    CHECK(bytes_of(read_all(*store::Array::open(dir / "zero.zarr"))) == bytes_of(values));
}

TEST_CASE("writer: a missing chunk is an error when asked") {
    const TempDir dir;
    write_store(dir / "a.zarr", make_spec(), make_values(DType::uint16, {5, 19, 23}));
    store::OpenOptions options;
    options.missing_is_error = true;
    const auto array = store::Array::open(dir / "a.zarr", options);
    check_error([&] { read_all(*array); }, "a.zarr/c/0/0/0 is missing");
    CHECK_FALSE(array->verify(0));
    CHECK(array->verify(array->units().size() - 1));
}

TEST_CASE("writer: a request that can never be is a UsageError, and nothing is made") {
    const TempDir dir;
    const auto refused = [&](auto change, const std::string& pattern) {
        ArraySpec spec = make_spec();
        change(spec);
        CHECK_THROWS_AS(ArrayWriter(dir / "a.zarr", spec, {}), UsageError);
        check_error([&] { ArrayWriter(dir / "a.zarr", spec, {}); }, pattern);
        CHECK(std::filesystem::is_empty(dir.path()));
    };
    refused([](ArraySpec& s) { s.chunks = {2, 0, 8}; }, "chunks \\(2, 0, 8\\): every length must be at least 1");
    refused([](ArraySpec& s) { s.chunks = {2, 8}; }, "chunks \\(2, 8\\) for an array of shape \\(5, 19, 23\\)");
    refused([](ArraySpec& s) { s.axes.pop_back(); }, "2 axes for an array of shape");
    refused([](ArraySpec& s) { s.shape[0] = -1; }, "negative");
    refused(
        [](ArraySpec& s) {
            s.shards = {2, 12, 8};
        },
        "shards \\(2, 12, 8\\): every length must be a multiple of the chunks' \\(2, 8, 8\\)");
    refused([](ArraySpec& s) { s.shards = {2, 8}; }, "shards \\(2, 8\\) for an array");
    refused([](ArraySpec& s) { s.shards = {2, 8, 8}, s.zarr_format = 2; }, "shards need Zarr format 3");
    refused([](ArraySpec& s) { s.zarr_format = 4; }, "Zarr format 4: expected 2 or 3");
    refused([](ArraySpec& s) { s.fill_value = NAN; }, "\"NaN\" is no value of uint16");
    refused([](ArraySpec& s) { s.codec = "lzma"; }, "codec 'lzma': unknown; expected none, zstd");
    refused([](ArraySpec& s) { s.shape[0] = Index{1} << 50; }, "files of \\(2, 8, 8\\) are too many");
}

TEST_CASE("writer: codec texts") {
    for (const char* good : {"none", "zstd", "zstd:22", "gzip:0", "blosc", "blosc:9", "blosc:3:lz4hc"})
        CHECK_NOTHROW(store::check_codec(good));
    check_error([] { store::check_codec("zstd:23"); }, "codec 'zstd:23': level '23' is none of 1 to 22");
    check_error([] { store::check_codec("zstd:x"); }, "level 'x'");
    check_error([] { store::check_codec("zstd:"); }, "level ''");
    check_error([] { store::check_codec("none:1"); }, "'1' is too much");
    check_error([] { store::check_codec("gzip:1:2"); }, "'2' is too much");
    check_error([] { store::check_codec("blosc:5:snappy"); }, "'snappy' is none of blosclz, lz4");
}

TEST_CASE("writer: values of another shape or type are refused") {
    const TempDir dir;
    ArrayWriter writer(dir / "a.zarr", make_spec(), {});
    const OwnedArray small(DType::uint16, {1, 8, 8}), other(DType::int16, {2, 8, 8});
    check_error([&] { writer.write(0, small.view); },
                "chunk c/0/0/0 has shape \\(2, 8, 8\\) uint16, not \\(1, 8, 8\\) uint16");
    check_error([&] { writer.write(0, other.view); }, "not \\(2, 8, 8\\) int16");
    CHECK(writer.done_count() == 0);
}

TEST_CASE("writer: the same values give the same bytes") {
    const TempDir dir;
    for (const int format : {2, 3}) {
        ArraySpec spec = make_spec();
        spec.zarr_format = format;
        if (format == 3) spec.shards = {2, 16, 24};
        const OwnedArray values = make_values(spec.dtype, spec.shape);
        const std::string a = dir / fmt::format("a{}", format), b = dir / fmt::format("b{}", format);
        write_store(a, spec, values);
        ArrayWriter writer(b, spec, {});
        for (Index unit = writer.units().size(); unit-- > 0;)
            writer.write(unit, values.view.sub(writer.units().region(unit)));
        writer.publish();
        CHECK(listing(a) == listing(b));
    }
}

TEST_CASE("writer: several threads may write different units and read the same array") {
    const TempDir dir;
    for (const bool sharded : {false, true}) {
        ArraySpec spec = make_spec();
        spec.codec = sharded ? "zstd" : "blosc";
        if (sharded) spec.shards = {2, 8, 8};
        const OwnedArray values = make_values(spec.dtype, spec.shape);
        const std::string path = dir / fmt::format("{}.zarr", sharded);
        ArrayWriter writer(path, spec, {});
        parallel_for(writer.units().size(), 4, {},
                     [&](Index unit) { writer.write(unit, values.view.sub(writer.units().region(unit))); });
        writer.publish();
        const auto array = store::Array::open(path);
        std::vector<int> right(8);
        parallel_for(8, 4, {}, [&](Index i) {
            right[static_cast<std::size_t>(i)] = bytes_of(read_all(*array)) == bytes_of(values);
        });
        CHECK(right == std::vector<int>(8, 1));
    }
}

TEST_CASE("writer: a write that fails names the chunk and leaves no partial file") {
    const TempDir dir;
    ArrayWriter writer(dir / "a.zarr", make_spec(), {});
    const OwnedArray values = make_values(DType::uint16, {5, 19, 23});
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{64, before.rlim_max};  // the journal fits, a chunk does not
    std::signal(SIGXFSZ, SIG_IGN);            // so that write fails with EFBIG
    setrlimit(RLIMIT_FSIZE, &small);
    const std::string message = error_of([&] { write_units(writer, values.view); });
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(message.find("a.zarr/c/") != std::string::npos);
    CHECK(message.find("File too large") != std::string::npos);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
        CHECK(entry.path().filename().string().find("partial") == std::string::npos);
    write_units(writer, values.view);
    writer.publish();
    CHECK(bytes_of(read_all(*store::Array::open(dir / "a.zarr"))) == bytes_of(values));
}
