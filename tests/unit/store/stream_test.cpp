#include "levin/store/stream.hpp"

#include <algorithm>

#include "levin/store/spool.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Bytes;
using store::bytes_of;
using store::MutableBytes;

namespace {

/// Gives `text` out in pieces of at most `most` bytes.
store::TarReader::Source source_of(const std::string& text, std::size_t most = 1 << 20) {
    return [&text, most, at = std::size_t{0}](MutableBytes out) mutable {
        const std::size_t count = std::min({most, out.size(), text.size() - at});
        std::copy_n(bytes_of(text).data() + at, count, out.data());
        at += count;
        return count;
    };
}

store::TarWriter::Sink sink_to(std::string& text) {
    return [&text](Bytes small, Bytes large) {
        for (const Bytes part : {small, large}) text.append(reinterpret_cast<const char*>(part.data()), part.size());
    };
}

store::ArraySpec make_spec(const std::string& codec = "none") {
    store::ArraySpec spec;
    spec.shape = {5, 19, 23};
    spec.dtype = DType::uint16;
    spec.axes = {{"t", 0.05, "s"}, {"y", 0, ""}, {"x", 0.65, "um"}};
    spec.chunks = {2, 8, 8};
    spec.codec = codec;
    spec.attributes = R"({"note": "kept"})";
    return spec;
}

/// Element i holds i + 1, but the first frames hold 0, so that some chunks are left out.
OwnedArray make_values(const store::ArraySpec& spec) {
    OwnedArray values(spec.dtype, spec.shape);
    for (Index i = 0; i < values.view.count(); ++i)
        values.view.as<std::uint16_t>()[i] = static_cast<std::uint16_t>(i < 2 * 19 * 23 ? 0 : i + 1);
    return values;
}

std::string make_stream(const store::ArraySpec& spec, const OwnedArray& values) {
    std::string stream;
    store::StreamWriter writer(spec, sink_to(stream));
    for (Index unit = 0; unit < writer.units().size(); ++unit)
        writer.encode(unit, values.view.sub(writer.units().region(unit)), [&](Bytes encoded) {
            REQUIRE(encoded.size() <= writer.chunk_bytes());
            writer.add(unit, encoded);
        });
    writer.finish();
    return stream;
}

bool same(const OwnedArray& a, const OwnedArray& b) {
    return std::equal(a.view.data, a.view.data + byte_count(a.view.shape, size_of(a.view.dtype)), b.view.data);
}

OwnedArray receive(store::StreamReader& reader) {
    const ArrayInfo& info = reader.info();
    const Grid grid(info.shape, info.chunks);
    OwnedArray values(info.dtype, info.shape);
    Buffer buffer;
    Index next = 0;
    const auto decode = [&](Index chunk, Bytes encoded) {
        reader.decode(chunk, encoded, grid.region(chunk), values.view.sub(grid.region(chunk)));
    };
    while (const auto arrival = reader.next(buffer)) {
        for (; next < arrival->chunk; ++next) decode(next, {});
        decode(next++, {buffer.data(), arrival->size});
    }
    for (; next < grid.size(); ++next) decode(next, {});
    return values;
}

}  // namespace

TEST_CASE("A stream gives the array back, however it is cut into reads") {
    for (const char* codec : {"none", "zstd:1", "gzip"}) {
        const store::ArraySpec spec = make_spec(codec);
        const OwnedArray values = make_values(spec);
        const std::string stream = make_stream(spec, values);
        CHECK(stream == make_stream(spec, values));
        for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{1} << 20}) {
            store::StreamReader reader(source_of(stream, piece));
            CHECK(reader.info().shape == spec.shape);
            CHECK(reader.info().chunks == spec.chunks);
            CHECK(reader.info().axes == spec.axes);
            CHECK(reader.info().attributes == R"({"note":"kept"})");
            CHECK(same(receive(reader), values));
            CHECK_FALSE(reader.next(*std::make_unique<Buffer>()).has_value());
        }
    }
}

TEST_CASE("Parts of a chunk are decoded where they belong") {
    const store::ArraySpec spec = make_spec();
    const OwnedArray values = make_values(spec);
    const std::string stream = make_stream(spec, values);
    store::StreamReader reader(source_of(stream));
    Buffer buffer;
    const Region region{{3, 17, 1}, {1, 2, 6}};
    std::optional<ChunkFeed::Arrival> arrival;
    do arrival = reader.next(buffer);
    while (reader.key(arrival->chunk) != "c/1/2/0");
    OwnedArray part(spec.dtype, region.shape), expected(spec.dtype, region.shape);
    reader.decode(arrival->chunk, {buffer.data(), arrival->size}, region, part.view);
    copy(values.view.sub(region), expected.view);
    CHECK(same(part, expected));
}

TEST_CASE("Files in any order, with and without an end marker, are an array") {
    const store::ArraySpec spec = make_spec("zstd:1");
    const OwnedArray values = make_values(spec);
    const std::string stream = make_stream(spec, values);
    TempDir folder;
    std::vector<std::pair<std::string, std::string>> members;
    store::TarReader tar(source_of(stream));
    while (const auto member = tar.next()) {
        members.emplace_back(member->name, std::string(member->size, '\0'));
        tar.read(std::as_writable_bytes(std::span(members.back().second)));
    }
    REQUIRE(members.front().first == "zarr.json");
    REQUIRE(members.back().first == store::end_marker);
    members.pop_back();
    std::reverse(members.begin(), members.end());
    std::string reversed;
    store::TarWriter writer(sink_to(reversed));
    for (const auto& [name, content] : members) writer.add(name, bytes_of(content));
    writer.finish();
    for (const std::string& each : {stream, reversed}) {
        const auto array = store::spool_stream(source_of(each), folder.path().string());
        OwnedArray found(spec.dtype, spec.shape);
        array->read(Region::whole(spec.shape), found.view);
        CHECK(same(found, values));
    }
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("A stream that is cut anywhere is an error") {
    const store::ArraySpec spec = make_spec();
    const std::string stream = make_stream(spec, make_values(spec));
    for (std::size_t size = 0; size + 1024 < stream.size(); size += 97) {
        const std::string cut = stream.substr(0, size);
        CHECK_THROWS_AS(
            [&] {
                store::StreamReader reader(source_of(cut, 300));
                receive(reader);
            }(),
            Error);
    }
}

TEST_CASE("A writer that is not finished leaves no end") {
    const store::ArraySpec spec = make_spec();
    std::string stream;
    { const store::StreamWriter writer(spec, sink_to(stream)); }
    CHECK_THROWS_AS(
        [&] {
            store::StreamReader reader(source_of(stream));
            receive(reader);
        }(),
        Error);
}

TEST_CASE("A key has one spelling") {
    const store::Metadata metadata = store::parse_metadata_v3(store::array_documents(make_spec()).back().text);
    const Grid grid(metadata.shape, metadata.chunks);
    for (Index chunk = 0; chunk < grid.size(); ++chunk)
        CHECK(store::chunk_of(metadata, grid, metadata.key(grid.position(chunk))) == chunk);
    for (const char* key :
         {"", "c", "c/", "c/0", "c/0/0", "c/0/0/3", "c/3/0/0", "c/-1/0/0", "c/00/0/0", "c/+0/0/0", "c/0/0/0/",
          "c/0/0/0/0", "c.0.0.0", "0/0/0", "c/0/0/x", "d/0/0/0", "c/0//0", "c/99999999999999999999/0/0", "zarr.json"})
        CHECK_FALSE(store::chunk_of(metadata, grid, key).has_value());
}

TEST_CASE("Failures of either end come through libarchive") {
    const auto broken = [](MutableBytes) -> std::size_t { throw TransientError("the line broke"); };
    CHECK_THROWS_AS(store::StreamReader(broken), TransientError);
    const auto full = [](Bytes, Bytes) { throw Interrupted(13); };
    store::TarWriter writer(full);
    const std::string content(1 << 20, 'x');
    CHECK_THROWS_AS(writer.add("c", bytes_of(content)), Interrupted);
}

TEST_CASE("A spool has no name and gives back what was put in") {
    TempDir folder;
    store::Spool spool(folder.path().string());
    const std::string first = "one", second(100000, '2');
    CHECK(spool.append(bytes_of(first)) == 0);
    const std::uint64_t place = spool.append(bytes_of(second));
    CHECK(std::filesystem::is_empty(folder.path()));
    std::string found(second.size(), '\0');
    spool.release(0, first.size());
    spool.read(place, std::as_writable_bytes(std::span(found)));
    CHECK(found == second);
    store::Spool nowhere("/nonexistent");
    CHECK_THROWS_AS(nowhere.append(bytes_of(first)), Error);
}
