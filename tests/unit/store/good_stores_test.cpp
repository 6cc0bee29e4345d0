// Stores written by zarr-python, tensorstore and others, against the hashes in ../shared/data/zarr/MANIFEST.md.
#include "support.hpp"

using namespace levin;
using namespace levin::test;

namespace {

struct Expected {
    std::string path, shape, dtype, hash;
};

const std::vector<Expected> good{
    {"blosc-lz4-shuffle-i4.zarr", "(5, 19, 23)", "int32", "75420c374b202a8e"},
    {"blosc-zstd-bitshuffle-f8.zarr", "(5, 19, 23)", "float64", "f33dfdb055d15940"},
    {"dotsep-zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"fill-complex-c8.zarr", "(3, 4)", "complex64", "e8c79d9b47c97112"},
    {"gzip-crc-f4.zarr", "(5, 19, 23)", "float32", "d97922a0e2b67a8c"},
    {"onlysome-fillnan-f4.zarr", "(5, 19, 23)", "float32", "f13e824fa636d0c7"},
    {"raw-be-i2.zarr", "(5, 19, 23)", "int16", "cf9cdeb1a6dfa187"},
    {"shard-end-zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"shard-start-zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"sparse-fill7-u2.zarr", "(5, 19, 23)", "uint16", "8b6960046b7aa588"},
    {"sparse-shard-fill7-u2.zarr", "(5, 19, 23)", "uint16", "8b6960046b7aa588"},
    {"transpose210-zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"v2-F-be-f4.zarr", "(5, 19, 23)", "float32", "d97922a0e2b67a8c"},
    {"v2-zstd-slash-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"v2keys-dot-zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"zero-d-f8.zarr", "()", "float64", "3e10a43778297c12"},
    {"zero-length-u2.zarr", "(0, 5)", "uint16", "e3b0c44298fc1c14"},
    {"zstd-bool.zarr", "(5, 19, 23)", "bool", "86a5d1674f63a0de"},
    {"zstd-c8.zarr", "(5, 19, 23)", "complex64", "5bf5874a86a5676a"},
    {"zstd-checksum-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"zstd-f4.zarr", "(5, 19, 23)", "float32", "d97922a0e2b67a8c"},
    {"zstd-f8.zarr", "(5, 19, 23)", "float64", "f33dfdb055d15940"},
    {"zstd-i2.zarr", "(5, 19, 23)", "int16", "cf9cdeb1a6dfa187"},
    {"zstd-i4.zarr", "(5, 19, 23)", "int32", "75420c374b202a8e"},
    {"zstd-u1.zarr", "(5, 19, 23)", "uint8", "a26262007a166c82"},
    {"zstd-u2.zarr", "(5, 19, 23)", "uint16", "cf9cdeb1a6dfa187"},
    {"ngffzarr-tensorstore-ome0.5.zarr/scale0/image", "(10, 10)", "uint16", "0914116557e78ac6"},
    {"ngffzarr-tensorstore-ome0.5.zarr/scale1/image", "(5, 5)", "uint16", "1d349bcf8d50d874"},
    {"ngffzarr-tensorstore-ome0.5.zarr/scale2/image", "(2, 2)", "uint16", "8fd1879afa9abc94"},
};

}  // namespace

TEST_CASE("store: every store of other writers reads with the listed hash") {
    const std::string folder = shared_data("good stores", "zarr/good");
    if (folder.empty()) return;
    for (const Expected& expected : good) {
        INFO(expected.path);
        const auto array = store::Array::open(folder + "/" + expected.path);
        CHECK(to_string(array->info().shape) == expected.shape);
        CHECK(name_of(array->info().dtype) == expected.dtype);
        CHECK(sha256_16(bytes_of(read_all(*array))) == expected.hash);
        for (Index unit = 0; unit < array->units().size(); ++unit) array->verify(unit);
    }
}

TEST_CASE("store: any box of an array has the values that the whole array has there") {
    const std::string folder = shared_data("boxes", "zarr/good");
    if (folder.empty()) return;
    for (const char* name :
         {"zstd-u2", "shard-end-zstd-u2", "transpose210-zstd-u2", "raw-be-i2", "zstd-checksum-u2", "v2-F-be-f4"}) {
        INFO(name);
        const auto array = store::Array::open(fmt::format("{}/{}.zarr", folder, name));
        const OwnedArray whole = read_all(*array);
        const std::vector<Region> boxes{{{0, 0, 0}, {1, 1, 1}},   {{2, 8, 8}, {2, 8, 8}},   {{1, 7, 15}, {3, 2, 2}},
                                        {{4, 0, 0}, {1, 19, 23}}, {{0, 18, 22}, {5, 1, 1}}, {{2, 3, 3}, {0, 4, 4}}};
        for (const Region& box : boxes) {
            OwnedArray part(array->info().dtype, box.shape), wanted(array->info().dtype, box.shape);
            array->read(box, part.view);
            copy(whole.view.sub(box), wanted.view);
            CHECK(bytes_of(part) == bytes_of(wanted));
            // And into memory of another order.
            OwnedArray turned(array->info().dtype, {box.shape[2], box.shape[1], box.shape[0]});
            const View view = permuted(turned.view, {2, 1, 0});
            array->read(box, view);
            copy(view, part.view);
            CHECK(bytes_of(part) == bytes_of(wanted));
        }
    }
}

TEST_CASE("store: an OME-Zarr group opens at level 0 unless told, with its axes, units and spacing") {
    const std::string folder = shared_data("OME-Zarr", "zarr/good");
    if (folder.empty()) return;
    const std::string group = folder + "/ngffzarr-tensorstore-ome0.5.zarr";
    const auto image = store::Array::open(group);
    CHECK(image->info().axes == Axes{{"y", 4, "nm"}, {"x", 30, "nm"}});
    CHECK(sha256_16(bytes_of(read_all(*image))) == "0914116557e78ac6");
    store::OpenOptions options;
    options.level = 2;
    const auto small = store::Array::open(group, options);
    CHECK(small->info().shape == Dims{2, 2});
    CHECK(small->info().axes == Axes{{"y", 16, "nm"}, {"x", 120, "nm"}});
    options.level = 3;
    check_error([&] { store::Array::open(group, options); }, "level 3: the image has levels 0 to 2");
    check_error([&] { store::Array::open(group + "/scale0"); },
                "is a Zarr group, not an image; open one of its arrays: image");
}

TEST_CASE("store: info().chunks is the inner chunk of a sharded array, units() the shards") {
    const std::string folder = shared_data("shard grid", "zarr/good");
    if (folder.empty()) return;
    const auto array = store::Array::open(folder + "/shard-end-zstd-u2.zarr");
    CHECK(array->info().chunks == Dims{1, 8, 8});
    CHECK(array->units().cell() == Dims{2, 16, 24});
    CHECK(array->key(5) == "c/2/1/0");
    CHECK(array->stored_size(0).value() > 0);
}
