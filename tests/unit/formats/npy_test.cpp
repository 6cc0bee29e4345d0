#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

std::string npy(const std::string& header, const std::string& values, char version = 1) {
    std::string text = "\x93NUMPY";
    text += version;
    text += '\0';
    text += static_cast<char>(header.size() & 0xff);
    text += static_cast<char>(header.size() >> 8);
    if (version > 1) text += std::string(2, '\0');
    return text + header + values;
}

std::string header_of(const std::string& descr, const std::string& shape, const std::string& order = "False") {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

std::string open_message(const std::string& bytes) {
    const TempDir folder;
    write_text(folder / "a.npy", bytes);
    return message_of([&] { read_all(*open("npy:" + (folder / "a.npy"))); });
}

}  // namespace

TEST_CASE("npy: every dtype, order and version that NumPy writes reads back") {
    const TempDir folder;
    if (!have_python("numpy", "every dtype that NumPy writes")) return;
    python(R"(
import numpy as np
for code in ['b1','i1','i2','i4','i8','u1','u2','u4','u8','f2','f4','f8','c8','c16']:
    a = np.arange(24).reshape(2, 3, 4).astype(code)
    for order in '<>':
        for layout in 'CF':
            np.save(f'{code}{"le" if order == "<" else "be"}{layout}.npy', np.array(a.astype(a.dtype.newbyteorder(order)), order=layout))
for version in (1, 2, 3):
    with open(f'v{version}.npy', 'wb') as f:
        np.lib.format.write_array(f, np.arange(24, dtype='u2').reshape(2, 3, 4), (version, 0))
np.save('scalar.npy', np.float32(7))
np.save('empty.npy', np.zeros((0, 3), 'u1'))
np.save('one.npy', np.arange(5))
)",
           folder);
    const std::vector<std::pair<std::string, DType>> codes{
        {"b1", DType::boolean},   {"i1", DType::int8},       {"i2", DType::int16},   {"i4", DType::int32},
        {"i8", DType::int64},     {"u1", DType::uint8},      {"u2", DType::uint16},  {"u4", DType::uint32},
        {"u8", DType::uint64},    {"f2", DType::float16},    {"f4", DType::float32}, {"f8", DType::float64},
        {"c8", DType::complex64}, {"c16", DType::complex128}};
    for (const auto& [code, dtype] : codes) {
        OwnedArray expected(dtype, {2, 3, 4});
        visit_dtype(dtype, [&]<class T>() {
            for (int i = 0; i < 24; ++i) expected.buffer.as<T>()[i] = static_cast<T>(static_cast<float>(i));
        });
        for (const char* order : {"le", "be"})
            for (const char* layout : {"C", "F"}) {
                INFO(code << order << layout);
                const auto source = open(folder / (code + order + layout + ".npy"));
                REQUIRE(source->info().dtype == dtype);
                REQUIRE(source->info().shape == Dims{2, 3, 4});
                const OwnedArray read = read_all(*source);
                REQUIRE(std::equal(read.buffer.data(), read.buffer.data() + source->info().bytes(),
                                   expected.buffer.data()));
                check_boxes(*source, {1, 2, 3});
            }
    }
    for (const char* version : {"v1", "v2", "v3"})
        CHECK(values<std::uint16_t>(*open(folder / (version + std::string(".npy")))) == counting<std::uint16_t>(24));
    const auto scalar = open(folder / "scalar.npy");
    CHECK(scalar->info().rank() == 0);
    CHECK(values<float>(*scalar) == std::vector<float>{7});
    const auto empty = open(folder / "empty.npy");
    CHECK(empty->info().shape == Dims{0, 3});
    CHECK(empty->info().chunks == Dims{1, 3});
    CHECK(values<std::uint8_t>(*empty).empty());
    CHECK(values<std::int64_t>(*open(folder / "one.npy")) == counting<std::int64_t>(5));
}

TEST_CASE("npy: NumPy reads what levin writes") {
    const TempDir folder;
    if (!have_python("numpy", "NumPy reads what levin writes")) return;
    formats::WriteOptions options;
    options.memory = 64;
    for (const DType dtype : {DType::boolean, DType::int8, DType::uint64, DType::float16, DType::complex128}) {
        MemorySource source(dtype, {2, 3, 4}, "tyx");
        const auto view = read_all(source);
        formats::write(source, folder / (std::string(name_of(dtype)) + ".npy"), options);
    }
    formats::write(MemorySource::of(counting<float>(24), {2, 3, 4}, "tyx"), folder / "values.npy", options);
    formats::write(MemorySource::of(counting<float>(1), {}, ""), folder / "scalar.npy", options);
    formats::write(MemorySource(DType::float32, {0, 3}, "yx"), folder / "empty.npy", options);
    python(R"(
import numpy as np
for name in ['bool', 'int8', 'uint64', 'float16', 'complex128']:
    a = np.load(name + '.npy')
    assert a.dtype == name and a.shape == (2, 3, 4)
assert (np.load('values.npy') == np.arange(24.).reshape(2, 3, 4)).all()
assert np.load('scalar.npy').shape == () and np.load('empty.npy').shape == (0, 3)
assert np.load('values.npy', mmap_mode='r').offset % 64 == 0
)",
           folder);
}

TEST_CASE("npy: a length that is not the shape's is an error with both counts") {
    CHECK(contains(open_message(npy(header_of("'<i2'", "(2, 3)"), std::string(11, 'x'))),
                   "11 bytes of values, but shape (2, 3) of int16 needs 12"));
    CHECK(contains(open_message(npy(header_of("'<i2'", "(2, 3)"), std::string(13, 'x'))), "longer than it says"));
    CHECK(contains(open_message(npy(header_of("'<i2'", "(4294967296, 4294967296)"), "xx")), "64 bits"));
    CHECK(contains(open_message(npy(header_of("'<i2'", "(4611686018427387904,)"), "xx")), "64 bits"));
}

TEST_CASE("npy: what levin does not read is refused by name") {
    CHECK(contains(open_message(npy(header_of("[('a', '<i2'), ('b', '<f4')]", "(1,)"), "xxxxxx")), "structured"));
    CHECK(contains(open_message(npy(header_of("'|O'", "(1,)"), "xxxxxx")), "objects"));
    CHECK(contains(open_message(npy(header_of("'<U3'", "(1,)"), "xxxxxx")), "text"));
    CHECK(contains(open_message(npy(header_of("'<M8[ns]'", "(1,)"), "xxxxxxxx")), "times"));
    CHECK(contains(open_message(npy(header_of("'<f16'", "(1,)"), std::string(16, 'x'))), "'<f16'"));
    CHECK(contains(open_message(npy(header_of("'<i2'", "(1,)"), "xx", 4)), "version 4.0"));
}

TEST_CASE("npy: a damaged header is an error") {
    for (const std::string header :
         {"", "{", "{'descr': '<i2'}", "{'descr': '<i2', 'fortran_order': Maybe, 'shape': (1,)}",
          "{'descr': '<i2', 'fortran_order': True, 'shape': (-1,)}",
          "{'descr': '<i2', 'fortran_order': True, 'shape': (99999999999999999999,)}",
          "{'descr': '<i2', 'fortran_order': True, 'shape': 1}", "{'what': 1}"})
        CHECK(contains(open_message(npy(header, "xx")), "damaged"));
    const std::string good = npy(header_of("'<i2'", "(1,)"), "xx");
    for (std::size_t size = 1; size < good.size(); ++size) CHECK(contains(open_message(good.substr(0, size)), "a.npy"));
    CHECK(contains(open_message("\x93NUMPY\1" + std::string(3, '\xff')), "claims 65535 bytes"));
}
