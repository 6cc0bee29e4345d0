// Damaged stores: each is refused for the reason that ../shared/data/zarr/MANIFEST.md gives, in words that help.
#include "support.hpp"

using namespace levin;
using namespace levin::test;

namespace {

struct Hostile {
    std::string name, message;
};

const std::vector<Hostile> refused{
    {"chunk-empty-file", "/c/\\d/\\d/\\d: empty \\(0 bytes\\), where a chunk of 256 bytes is expected"},
    {"chunk-garbage", "/c/\\d/\\d/\\d: zstd: no valid frame in \\d+ bytes"},
    {"chunk-rank", "zarr.json: chunk_shape: \\(2, 8\\) has 2 dimensions, the shape \\(5, 19, 23\\) has 3"},
    {"chunk-truncated", "/c/\\d/\\d/\\d: zstd: Src size is incorrect"},
    {"crc32c-mismatch", "/c/\\d/\\d/\\d: crc32c: the stored checksum is [0-9a-f]{8}, the data give [0-9a-f]{8}"},
    {"dimnames-rank", "zarr.json: dimension_names: expected 3 names, found \\[\"t\",\"y\"\\]"},
    {"dtype-unknown", "zarr.json: data_type: \"uint24\" is not supported"},
    {"endian-missing", "zarr.json: codecs\\[0\\]: bytes: endian is missing, which uint16 needs"},
    {"fill-null", "zarr.json: fill_value: null is no value of uint16"},
    {"fill-out-of-range", "zarr.json: fill_value: 70000 is no value of uint16"},
    {"json-truncated", "zarr.json: invalid JSON: parse error at line"},
    {"raw-chunk-long", "/c/\\d/\\d/\\d: 258 bytes of elements, where the chunk has 256"},
    {"raw-chunk-short", "/c/\\d/\\d/\\d: 25[45] bytes of elements, where the chunk has 256"},
    {"shape-negative", "zarr.json: shape\\[1\\]: expected an integer of at least 0, found -1"},
    {"shard-empty-file", "/c/\\d/\\d/\\d: the shard has 0 bytes, its index alone must have 196"},
    {"shard-index-crc", "/c/\\d/\\d/\\d: shard index: crc32c: the stored checksum is"},
    {"shard-offset-beyond-end",
     "/c/\\d/\\d/\\d: inner chunk .*the shard index puts inner chunk \\d+ at offset \\d+ with \\d+ bytes, the shard "
     "has \\d+ bytes"},
    {"shard-truncated", "/c/\\d/\\d/\\d: shard index: crc32c: the stored checksum is"},
    {"unknown-codec",
     "zarr.json: codecs\\[2\\]: codec \"frobnicate\" is not supported; supported are bytes, transpose, "
     "sharding_indexed, blosc"},
    {"unknown-key", "zarr.json: unknown field \"foo\", which is not marked \"must_understand\": false"},
    {"zarr-format-4", "zarr.json: zarr_format: expected 3, found 4"},
    {"zstd-bomb-64MiB", "/c/\\d/\\d/\\d: zstd: decodes to more than the 256 bytes expected"},
    {"zstd-checksum-mismatch", "/c/\\d/\\d/\\d: zstd: Restored data doesn't match checksum"},
};

}  // namespace

TEST_CASE("store: every damaged store is refused with a message that says why") {
    const std::string folder = shared_data("hostile stores", "zarr/hostile");
    if (folder.empty()) return;
    for (const Hostile& hostile : refused) {
        INFO(hostile.name);
        const std::string path = fmt::format("{}/{}.zarr", folder, hostile.name);
        check_error([&] { read_all(*store::Array::open(path)); }, hostile.message);
        check_error(
            [&] {
                const auto array = store::Array::open(path);
                for (Index unit = 0; unit < array->units().size(); ++unit) array->verify(unit);
            },
            hostile.message);
    }
}

TEST_CASE("store: odd but valid stores are read") {
    const std::string folder = shared_data("odd stores", "zarr/hostile");
    if (folder.empty()) return;
    for (const char* name :
         {"OK-dimnames-null", "OK-stray-files", "OK-unknown-key-ignorable", "OK-zstd-no-content-size"}) {
        INFO(name);
        CHECK(sha256_16(bytes_of(read_all(*store::Array::open(fmt::format("{}/{}.zarr", folder, name))))) ==
              "cf9cdeb1a6dfa187");
    }
    const auto huge = store::Array::open(folder + "/OK-shape-huge.zarr");
    CHECK(huge->info().shape == Dims{1099511627776, 19, 23});
    OwnedArray frame(DType::uint16, {1, 19, 23});
    huge->read({{1099511627775, 0, 0}, {1, 19, 23}}, frame.view);
    CHECK(bytes_of(frame) == std::string(19 * 23 * 2, '\0'));
    CHECK(huge->scratch_bytes() < 65536);
}
