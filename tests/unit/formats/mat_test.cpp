#include "helpers.hpp"
#include "levin/core/parallel.hpp"

using namespace levin;
using namespace levin::test;

TEST_CASE("mat: boxes of plain and compressed variables are what the whole says, to several threads") {
    if (!have_python("scipy", "mat boxes")) return;
    const TempDir folder;
    python(R"(
import numpy as np, scipy.io
a = np.arange(3 * 5 * 6 * 7).reshape(3, 5, 6, 7)  # t, z, y, x
m = a.transpose(2, 3, 1, 0)
for name, packed in ("plain.mat", False), ("packed.mat", True):
    scipy.io.savemat(name, {"i": m.astype("i4"), "c": (m * (1 - 2j))}, do_compression=packed)
)",
           folder);
    for (const char* name : {"plain.mat", "packed.mat"}) {
        INFO(name);
        const auto source = open(folder / name + "::i"), pair = open(folder / name + "::c");
        CHECK(values<std::int32_t>(*source) == counting<std::int32_t>(630));
        check_boxes(*source, {2, 3, 4, 5});
        check_boxes(*pair, {2, 3, 4, 5});
        CHECK(values<std::complex<double>>(*pair)[7] == std::complex<double>(7, -14));
        parallel_for(40, 4, {}, [&](Index i) {
            const Region box{{i % 3, i % 5, i % 6, 0}, {1, 1, 1, 7}};
            OwnedArray array(DType::int32, box.shape);
            source->read(box, array.view);
            const auto first = static_cast<std::int32_t>(((i % 3 * 5 + i % 5) * 6 + i % 6) * 7);
            if (array.buffer.as<std::int32_t>()[6] != first + 6) throw Error("another value");
        });
    }
}

TEST_CASE("mat: blocks of any size give the same file") {
    const TempDir folder;
    for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{1}, std::size_t{100}}) {
        formats::WriteOptions options;
        options.memory = memory;
        const std::string path = folder / fmt::format("{}.mat", memory);
        formats::write(MemorySource::of(counting<std::uint16_t>(630), {5, 2, 7, 9}, "tzyx"), path, options);
        CHECK(read_text(path) == read_text(folder / "1048576.mat"));
        CHECK(values<std::uint16_t>(*open(path)) == counting<std::uint16_t>(630));
    }
}

TEST_CASE("mat: what a file cannot hold is refused by name") {
    const auto refusal = [](DType dtype, const Dims& shape) {
        ArrayInfo info;
        info.dtype = dtype;
        info.shape = shape;
        return message_of([&] { formats::check_holds("a.mat", info); });
    };
    CHECK(contains(refusal(DType::float16, {2, 2}), "MATLAB has no float16"));
    CHECK(contains(refusal(DType::float64, {1 << 14, 1 << 14}), "up to 2 GiB"));
    CHECK(contains(refusal(DType::uint8, {Index{1} << 31, 0}), "MATLAB's sizes are up to 2147483647"));
}

TEST_CASE("mat: every byte of a small file may be wrong, and the answer is values or an Error") {
    if (!have_python("scipy", "mat damage")) return;
    const TempDir folder;
    python(R"(
import numpy as np, scipy.io
for name, packed in ("plain.mat", False), ("packed.mat", True):
    scipy.io.savemat(name, {"a": np.arange(60.0).reshape(3, 4, 5)}, do_compression=packed)
)",
           folder);
    for (const char* name : {"plain.mat", "packed.mat"}) {
        const std::string whole = read_text(folder / name);
        int refused = 0;
        for (std::size_t i = 124; i < whole.size(); i += 2) {
            std::string bytes = whole;
            bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
            write_text(folder / "b.mat", bytes);
            try {
                const auto source = open("mat:" + (folder / "b.mat"));
                if (source->info().bytes() <= 1 << 20) read_all(*source);
            } catch (const Error&) {
                ++refused;
            }
        }
        CHECK(refused > 10);
        for (std::size_t size = 0; size < whole.size(); size += 7) {
            write_text(folder / "cut.mat", whole.substr(0, size));
            CHECK_THROWS_AS(open("mat:" + (folder / "cut.mat")), Error);
        }
    }
}
