#include "helpers.hpp"
#include "levin/core/parallel.hpp"

using namespace levin;
using namespace levin::test;

namespace {

/// (t, z, y, x) counting up, as HDF5 with these options.
void write_counting(const std::string& path, const formats::WriteOptions& options = {}) {
    formats::write(MemorySource::of(counting<std::uint16_t>(5 * 2 * 7 * 9), {5, 2, 7, 9}, "tzyx"), path, options);
}

}  // namespace

TEST_CASE("hdf5: boxes of chunked, plain and compact datasets of either byte order are what the whole says") {
    if (!have_python("h5py", "hdf5 boxes")) return;
    const TempDir folder;
    python(R"(
import h5py, numpy as np
a = np.arange(5 * 6 * 7).reshape(5, 6, 7)
with h5py.File("a.h5", "w") as f:
    for order in "<>":
        f.create_dataset("plain" + order, data=a.astype(order + "i4"))
        f.create_dataset("chunks" + order, data=a.astype(order + "i4"), chunks=(2, 4, 3), compression="gzip", shuffle=True, fletcher32=True)
        f.create_dataset("scaled" + order, data=a.astype(order + "i4"), chunks=(2, 4, 3), scaleoffset=True)
        how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        how.set_layout(h5py.h5d.COMPACT)
        type = h5py.h5t.STD_I32LE if order == "<" else h5py.h5t.STD_I32BE
        d = h5py.h5d.create(f.id, ("compact" + order).encode(), type, h5py.h5s.create_simple(a.shape), how)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, a.astype("i4"))
)",
           folder);
    for (const char* name : {"plain<", "chunks<", "scaled<", "compact<", "plain>", "chunks>", "scaled>", "compact>"}) {
        INFO(name);
        const auto source = open(folder / "a.h5" + "::" + name);
        CHECK(values<std::int32_t>(*source) == counting<std::int32_t>(5 * 6 * 7));
        check_boxes(*source, {2, 3, 4});
        CHECK(source->name() == folder / "a.h5" + "::/" + name);
    }
}

TEST_CASE("hdf5: threads read the same values, from more files than stay open") {
    const TempDir folder;
    std::vector<std::unique_ptr<ArraySource>> sources;
    for (int i = 0; i < 20; ++i) {
        const std::string path = folder / fmt::format("{}.h5", i);
        write_counting(path);
        sources.push_back(open(path));
    }
    parallel_for(200, 8, {}, [&](Index i) {
        const ArraySource& source = *sources[static_cast<std::size_t>(i % 20)];
        OwnedArray array(DType::uint16, source.info().shape);
        source.read(Region::whole(source.info().shape), array.view);
        if (!std::equal(array.buffer.as<std::uint16_t>(), array.buffer.as<std::uint16_t>() + array.view.count(),
                        counting<std::uint16_t>(630).begin()))
            throw Error("other values");
    });
}

TEST_CASE("hdf5: a file that is replaced while it is open is noticed when it is opened anew") {
    const TempDir folder;
    const auto first = open([&] {
        write_counting(folder / "a.h5");
        return folder / "a.h5";
    }());
    formats::WriteOptions force;
    force.force = true;
    formats::write(MemorySource::of(counting<std::uint16_t>(8), {2, 4}, "yx"), folder / "a.h5", force);
    CHECK(contains(message_of([&] { read_all(*first); }), "the file has changed since it was opened"));
}

TEST_CASE("hdf5: blocks of any size give the same file, whatever the source's chunks") {
    const TempDir folder;
    write_counting(folder / "a.h5");
    for (const std::size_t memory : {std::size_t{1}, std::size_t{100}, std::size_t{1000}}) {
        formats::WriteOptions options;
        options.memory = memory;
        options.force = true;
        write_counting(folder / "b.h5", options);
        CHECK(read_text(folder / "a.h5") == read_text(folder / "b.h5"));
    }
    CHECK(values<std::uint16_t>(*open(folder / "a.h5")) == counting<std::uint16_t>(630));
}

TEST_CASE("hdf5: arrays without elements, and of no axis") {
    const TempDir folder;
    formats::write(MemorySource(DType::float32, {0, 3}, "yx"), folder / "empty.h5", {});
    CHECK(open(folder / "empty.h5")->info().shape == Dims{0, 3});
    CHECK(values<float>(*open(folder / "empty.h5")).empty());
    formats::write(MemorySource::of(std::vector<double>{2.5}, {}, ""), folder / "dot.h5", {});
    CHECK(values<double>(*open(folder / "dot.h5::/data")) == std::vector<double>{2.5});
}

TEST_CASE("hdf5: every bit of a small file may be wrong, and the answer is values or an Error") {
    const TempDir folder;
    write_counting(folder / "a.h5");
    const std::string whole = read_text(folder / "a.h5");
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); i += 29) {
        std::string bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
        write_text(folder / "b.h5", bytes);
        try {
            const auto source = open("hdf5:" + (folder / "b.h5"));
            if (source->info().bytes() <= 1 << 20) read_all(*source);
        } catch (const Error&) {
            ++refused;
        }
    }
    CHECK(refused > 10);
    for (std::size_t size = 0; size < whole.size(); size += 397) {
        write_text(folder / "cut.h5", whole.substr(0, size));
        CHECK_THROWS_AS(open("hdf5:" + (folder / "cut.h5")), Error);
    }
}

TEST_CASE("hdf5: sizes that lie are refused before memory is taken on their word") {
    if (!have_python("h5py", "hdf5 sizes")) return;
    const TempDir folder;
    // A chunk of 2 GB which is stored in a few bytes, and an array of 4 EiB of which nothing is stored.
    python(R"(
import h5py, numpy as np
with h5py.File("a.h5", "w") as f:
    d = f.create_dataset("bomb", shape=(1 << 19, 1 << 10), chunks=(1 << 19, 1 << 10), dtype="f4", compression="gzip")
    d.id.write_direct_chunk((0, 0), b"x" * 100)
    d = f.create_dataset("long", shape=(64,), chunks=(64,), dtype="u1", compression="gzip")
    d.id.write_direct_chunk((0,), b"x" * 60000)
    f.create_dataset("huge", shape=(1 << 40, 1 << 19), chunks=(1, 1 << 10), dtype="f8")
)",
           folder);
    const Region corner{{0, 0}, {1, 1}};
    CHECK(contains(message_of([&] { read_region(*open(folder / "a.h5::bomb"), corner); }), "too short for what it"));
    CHECK(contains(message_of([&] { read_all(*open(folder / "a.h5::long")); }), "stored in 60000 bytes, but holds 64"));
    CHECK(values_of<double>(read_region(*open(folder / "a.h5::huge"), corner)) == std::vector<double>{0});
}
