// Interrupted, resumed, shared and replaced stores: a reader finds a whole store or none.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::ArraySpec;
using store::ArrayWriter;
using store::GroupWriter;
using store::WriteOptions;

namespace fs = std::filesystem;

namespace {

const WriteOptions fresh{}, force{true, false, false}, resume{false, true, false}, synced{false, false, true},
    shared{false, false, false, true};

ArraySpec make_spec() {
    ArraySpec spec;
    spec.shape = {4, 6};
    spec.dtype = DType::uint8;
    spec.axes = axes_from_letters("yx");
    spec.chunks = {2, 2};
    spec.attributes = R"({"levin": {"history": [{"tool": "ingest"}, {"tool": "filter"}]}})";
    return spec;
}

void write(ArrayWriter& writer, Index unit, std::uint8_t value) {
    OwnedArray values(DType::uint8, writer.units().region(unit).shape);
    fill(values.view, &value);
    writer.write(unit, values.view);
}

void write_store(const std::string& path, std::uint8_t value, const WriteOptions& options) {
    ArrayWriter writer(path, make_spec(), options);
    for (Index unit = 0; unit < writer.units().size(); ++unit) write(writer, unit, value);
    writer.publish();
}

/// The one value of a constant store.
int value_of(const std::string& path) {
    const OwnedArray values = read_all(*store::Array::open(path));
    for (Index i = 0; i < values.view.count(); ++i)
        if (values.view.as<std::uint8_t>()[i] != values.view.as<std::uint8_t>()[0]) return -1;
    return values.view.as<std::uint8_t>()[0];
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

TEST_CASE("resume: a store in the making is no data, says how far it is, and goes on where it stopped") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    {
        ArrayWriter writer(path, make_spec(), fresh);
        write(writer, 0, 9);
        write(writer, 4, 9);
        check_error([&] { writer.publish(); },
                    "a.zarr is not finished: 4 of 6 chunks are missing \\(c/0/1, c/0/2, c/1/0, c/1/2\\)");
    }
    CHECK(store::is_store(path));
    CHECK_FALSE(fs::exists(path + "/zarr.json"));
    check_error([&] { store::Array::open(path); },
                "a.zarr is not finished: 2 of 6 chunks are done by filter; run .* with --resume");
    const auto state = store::pending_state(path);
    REQUIRE(state.has_value());
    CHECK(state->done == 2);
    CHECK(state->total == 6);
    CHECK(state->tool == "filter");
    check_error([&] { ArrayWriter(path, make_spec(), fresh); },
                "is not finished: 2 of 6 chunks are done; use --resume to go on or --force to start again");
    ArrayWriter writer(path, make_spec(), resume);
    CHECK_FALSE(writer.was_complete());
    CHECK(writer.done_count() == 2);
    CHECK(writer.is_done(4));
    for (Index unit = 0; unit < 6; ++unit)
        if (!writer.is_done(unit)) write(writer, unit, 9);
    writer.publish();
    CHECK(value_of(path) == 9);
    CHECK_FALSE(store::pending_state(path).has_value());
    write_store(dir / "b.zarr", 9, synced);
    CHECK(listing(path) == listing(dir / "b.zarr"));
}

TEST_CASE("resume: the journal counts, not the presence of files, and a torn line counts for nothing") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    { ArrayWriter writer(path, make_spec(), fresh); }
    test::write_file(path + "/c/0/0", "left by a killed process");
    test::write_file(path + "/c/0/1", "left by a killed process");
    test::write_file(path + "/c/__levin-partial.host.1.2", "half");
    test::write_file(path + "/__levin/journal.host.1.2", "done 3\nnonsense\ndone 99\ndone -1\ndone 2x\n\ndone 5");
    ArrayWriter writer(path, make_spec(), resume);
    CHECK(writer.done_count() == 1);
    CHECK(writer.is_done(3));
    for (Index unit = 0; unit < 6; ++unit) write(writer, unit, unit == 1 ? 0 : 5);
    writer.publish();
    CHECK_FALSE(fs::exists(path + "/c/0/1"));  // fill now, so the stale file had to go
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
    CHECK(names_in(path + "/c") == std::vector<std::string>{"0", "1"});
    const OwnedArray values = read_all(*store::Array::open(path));
    CHECK(values.view.as<std::uint8_t>()[0] == 5);
    CHECK(values.view.as<std::uint8_t>()[2] == 0);
}

TEST_CASE("resume: processes that share the work see what the others did") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    { ArrayWriter creator(path, make_spec(), fresh); }
    ArrayWriter one(path, make_spec(), resume), two(path, make_spec(), resume);
    for (Index unit = 0; unit < 3; ++unit) write(one, unit, 1);
    check_error([&] { one.publish(); }, "3 of 6 chunks are missing");
    check_error([&] { store::publish_pending(path, false); }, "3 of 6 chunks are missing");
    for (Index unit = 3; unit < 6; ++unit) write(two, unit, 1);
    SECTION("the last one publishes") { two.publish(); }
    SECTION("both publish") {
        two.publish();
        CHECK_NOTHROW(one.publish());
    }
    SECTION("somebody else publishes") {
        store::publish_pending(path, false);
        CHECK_NOTHROW(store::publish_pending(path, false));
    }
    CHECK(value_of(path) == 1);
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
}

TEST_CASE("resume: a run that fails before its first chunk takes away what it created, and nothing else") {
    const TempDir dir;
    const auto failing = [&](Index units) {
        error_of([&] {
            ArrayWriter writer(dir / "a.zarr", make_spec(), resume);
            for (Index unit = 0; unit < units; ++unit) write(writer, unit, 0);
            throw Error("no memory");
        });
    };
    failing(0);
    CHECK(fs::is_empty(dir.path()));
    failing(1);  // a fill chunk: no file, but a journal
    CHECK(store::pending_state(dir / "a.zarr")->done == 1);
    failing(0);
    CHECK(store::pending_state(dir / "a.zarr")->done == 1);
}

TEST_CASE("resume: a complete store has nothing left to do, a missing one is begun") {
    const TempDir dir;
    write_store(dir / "a.zarr", 3, resume);
    ArrayWriter writer(dir / "a.zarr", make_spec(), resume);
    CHECK(writer.was_complete());
    CHECK(writer.done_count() == 6);
    CHECK_NOTHROW(writer.publish());
}

TEST_CASE("resume: killed between publishing and cleaning leaves a complete store") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    write_store(path, 3, fresh);
    const std::string before = listing(path);
    test::write_file(path + "/__levin/zarr.json", read_file(path + "/zarr.json"));
    CHECK(value_of(path) == 3);
    ArrayWriter writer(path, make_spec(), resume);
    CHECK(writer.was_complete());
    CHECK(listing(path) == before);
}

TEST_CASE("resume: another request is refused with the fields that differ") {
    const TempDir dir;
    { ArrayWriter writer(dir / "a.zarr", make_spec(), fresh); }
    write_store(dir / "b.zarr", 1, fresh);
    ArraySpec other = make_spec();
    other.shape = {4, 8};
    other.attributes = R"({"levin": {"history": [{"tool": "ingest"}]}})";
    for (const char* name : {"a.zarr", "b.zarr"}) {
        check_error([&] { ArrayWriter(dir / name, other, resume); },
                    "was begun by another request: .*attributes.levin.history is .*filter.* there and .*ingest.* in "
                    "this request");
        check_error([&] { ArrayWriter(dir / name, other, resume); },
                    "shape is \\[4,6\\] there and \\[4,8\\] in this request");
    }
    other = make_spec();
    other.attributes = R"({"levin": {"history": [{"tool": "ingest"}, {"tool": "project"}]}})";
    check_error([&] { ArrayWriter(dir / "a.zarr", other, resume); },
                "attributes.levin.history\\[1\\].tool is \"filter\" there and \"project\" in this request");
    other = make_spec();
    other.zarr_format = 2;
    check_error([&] { ArrayWriter(dir / "a.zarr", other, resume); },
                "the metadata are zarr.json there and .zarray in this request");
}

TEST_CASE("force: the old store stays until the new one is complete") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    write_store(path, 1, fresh);
    check_error([&] { ArrayWriter(path, make_spec(), fresh); }, "a.zarr exists; use --force to replace it");
    {
        ArrayWriter writer(path + "/", make_spec(), force);
        write(writer, 0, 2);
        CHECK(value_of(path) == 1);
    }
    CHECK(value_of(path) == 1);  // killed: the old one is untouched
    SECTION("the next forced run starts again") {
        write_store(path, 3, force);
        CHECK(value_of(path) == 3);
    }
    SECTION("a resumed run goes on with the replacement") {
        ArrayWriter writer(path, make_spec(), resume);
        CHECK(writer.done_count() == 1);
        for (Index unit = 1; unit < 6; ++unit) write(writer, unit, 2);
        writer.publish();
        CHECK(value_of(path) == 2);
    }
    CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
}

TEST_CASE("force: killed at any step of the exchange, the next run ends it") {
    const TempDir dir;
    const std::string path = dir / "a.zarr", new_path = dir / ".levin-new.a.zarr", old_path = dir / ".levin-old.a.zarr";
    // `place` is a complete store of value 2 that has not been exchanged yet.
    const auto complete_new = [&](const std::string& place) {
        write_store(place, 2, fresh);
        fs::create_directory(place + "/__levin");
        test::write_file(place + "/__levin/journal.a.1.1", "");
    };
    const auto ends_with = [&](int value) {
        ArrayWriter writer(path, make_spec(), resume);
        CHECK(writer.was_complete());
        CHECK(value_of(path) == value);
        CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
        CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
    };
    SECTION("before the exchange") {
        write_store(path, 1, fresh);
        complete_new(new_path);
        ends_with(2);
    }
    SECTION("after the exchange, the old one under the new one's name") {
        complete_new(path);
        write_store(new_path, 1, fresh);
        ends_with(2);
    }
    SECTION("the old one half removed") {
        complete_new(path);
        test::write_file(old_path + "/c/0/0", "x");
        ends_with(2);
    }
    SECTION("between two renames, where names cannot be exchanged") {
        write_store(old_path, 1, fresh);
        complete_new(new_path);
        ends_with(2);
    }
    SECTION("a forced run after the first of two renames loses nothing") {
        write_store(old_path, 1, fresh);
        complete_new(new_path);
        { ArrayWriter writer(path, make_spec(), force); }
        CHECK(value_of(path) == 2);
    }
    SECTION("only the old one is left") {
        write_store(old_path, 1, fresh);
        ends_with(1);
    }
}

TEST_CASE("force: parts that end together replace a store once and leave nothing beside it") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    write_store(path, 1, fresh);
    { ArrayWriter creator(path, make_spec(), force); }
    std::vector<ArrayWriter> parts;
    for (int i = 0; i < 4; ++i) parts.emplace_back(path, make_spec(), shared);
    for (Index unit = 0; unit < 6; ++unit) write(parts[static_cast<std::size_t>(unit % 4)], unit, 2);
    CHECK(value_of(path) == 1);
    for (ArrayWriter& part : parts) REQUIRE(part.is_complete());
    for (ArrayWriter& part : parts) {
        part.publish();
        CHECK(value_of(path) == 2);
        CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
    }
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
    // One that runs for a second time is not through yet, another begins only now.
    write(parts[0], 0, 2);
    parts[0].share({});
    parts[0].publish();
    CHECK(ArrayWriter(path, make_spec(), shared).was_complete());
    CHECK(value_of(path) == 2);
    CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
}

TEST_CASE("force: who loses the store to another run writes nothing into the new one") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    ArrayWriter first(path, make_spec(), fresh);
    write(first, 0, 1);
    SECTION("it begins anew") {
        ArrayWriter second(path, make_spec(), force);
        check_error([&] { write(first, 1, 1); }, "a.zarr lies in its place no more: another run has begun there anew");
        for (Index unit = 0; unit < 6; ++unit) write(second, unit, 2);
        check_error([&] { first.publish(); }, "5 of 6 chunks are missing|lies in its place no more");
        second.publish();
        CHECK(value_of(path) == 2);
    }
    SECTION("it has replaced the replacement") {
        for (Index unit = 1; unit < 6; ++unit) write(first, unit, 1);
        first.publish();
        ArrayWriter second(path, make_spec(), force);
        for (Index unit = 0; unit < 6; ++unit) write(second, unit, 2);
        ArrayWriter third(path, make_spec(), force);
        check_error([&] { second.publish(); }, "lies in its place no more");
        CHECK(value_of(path) == 1);
        for (Index unit = 0; unit < 6; ++unit) write(third, unit, 3);
        third.publish();
        CHECK(value_of(path) == 3);
    }
    SECTION("somebody removes it") {
        fs::remove_all(path);
        check_error([&] { write(first, 1, 1); }, "or somebody has removed it");
        check_error([&] { first.publish(); }, "");
        CHECK(fs::is_empty(dir.path()));
        return;
    }
    CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
    CHECK(names_in(path) == std::vector<std::string>{"c", "zarr.json"});
}

TEST_CASE("resume: an input that was replaced since is refused, by name") {
    const TempDir dir;
    const WriteOptions first{false, false, false, false, R"({"in.zarr": "1", "mask.zarr": "2"})"};
    WriteOptions again = first;
    again.resume = true;
    { ArrayWriter writer(dir / "a.zarr", make_spec(), first); }
    CHECK_NOTHROW(ArrayWriter(dir / "a.zarr", make_spec(), again));
    again.inputs = R"({"in.zarr": "1", "mask.zarr": "3"})";
    check_error([&] { ArrayWriter(dir / "a.zarr", make_spec(), again); },
                "was begun with another mask.zarr: .* --force");
    again.resume = false;
    again.shared = true;
    check_error([&] { ArrayWriter(dir / "a.zarr", make_spec(), again); }, "was begun with another mask.zarr");
    again.shared = false;
    again.force = true;
    CHECK_NOTHROW(ArrayWriter(dir / "a.zarr", make_spec(), again));
}

TEST_CASE("force: a store in the making is begun again in its place") {
    const TempDir dir;
    {
        ArrayWriter writer(dir / "a.zarr", make_spec(), fresh);
        write(writer, 0, 1);
    }
    ArrayWriter writer(dir / "a.zarr", make_spec(), force);
    CHECK(writer.done_count() == 0);
    CHECK(names_in(dir.path()) == std::vector<std::string>{"a.zarr"});
}

TEST_CASE("force: what is no Zarr store is never touched") {
    const TempDir dir;
    test::write_file(dir / "folder/thesis.txt", "years of work");
    test::write_file(dir / "file", "text");
    for (const WriteOptions& options : {fresh, force, resume}) {
        for (const char* name : {"folder", "file"})
            check_error([&] { ArrayWriter(dir / name, make_spec(), options); },
                        "exists and is not a Zarr store, so it is not replaced");
    }
    CHECK(read_file(dir / "folder/thesis.txt") == "years of work");
    {
        GroupWriter group(dir / "group.zarr", "{}", 3, fresh);
        group.publish();
    }
    check_error([&] { ArrayWriter(dir / "group.zarr", make_spec(), force); },
                "is a Zarr group, which an array does not replace");
    fs::create_directory(dir / "empty");
    write_store(dir / "empty", 4, fresh);
    CHECK(value_of(dir / "empty") == 4);
}

TEST_CASE("force: a link to a store is followed") {
    const TempDir dir;
    write_store(dir / "real.zarr", 1, fresh);
    fs::create_directory_symlink(dir / "real.zarr", dir / "link.zarr");
    write_store(dir / "link.zarr", 2, force);
    CHECK(fs::is_symlink(dir / "link.zarr"));
    CHECK(value_of(dir / "real.zarr") == 2);
    CHECK(names_in(dir.path()) == std::vector<std::string>{"link.zarr", "real.zarr"});
}

TEST_CASE("groups: the arrays of a group become visible with it, and it resumes") {
    for (const int format : {2, 3}) {
        const TempDir dir;
        const std::string path = dir / "g.zarr", attributes = R"({"levin": {"history": [{"tool": "kmeans"}]}})";
        ArraySpec spec = make_spec();
        spec.zarr_format = format;
        {
            GroupWriter group(path, attributes, format, fresh);
            write(group.add("labels", spec), 0, 1);
            group.add("distance", spec);
            check_error([&] { group.publish(); }, "g.zarr/labels is not finished: 5 of 6");
        }
        check_error([&] { store::Array::open(path); }, "g.zarr is not finished: 1 of 12 chunks are done by kmeans");
        check_error([&] { store::Array::open(path + "/labels"); }, "labels is not finished: 1 of 6");
        check_error([&] { GroupWriter(path, attributes, format, fresh); }, "1 of 12 chunks are done");
        {
            GroupWriter group(path, attributes, format, resume);
            ArrayWriter &labels = group.add("labels", spec), &distance = group.add("distance", spec);
            CHECK(labels.done_count() == 1);
            for (Index unit = 0; unit < 6; ++unit) {
                write(labels, unit, 1);
                write(distance, unit, 2);
            }
            group.publish();
        }
        CHECK(value_of(path + "/labels") == 1);
        CHECK(value_of(path + "/distance") == 2);
        check_error([&] { store::Array::open(path); },
                    "is a Zarr group, not an image; open one of its arrays: distance, labels");
        CHECK_FALSE(fs::exists(path + "/__levin"));
        GroupWriter again(path, attributes, format, resume);
        CHECK(again.was_complete());
        CHECK(again.add("labels", spec).was_complete());
        check_error([&] { again.add("../labels", spec); }, "no name of an array");
        GroupWriter forced(path, attributes, format, force);
        ArrayWriter& labels = forced.add("labels", spec);
        for (Index unit = 0; unit < 6; ++unit) write(labels, unit, 7);
        CHECK(value_of(path + "/labels") == 1);
        forced.publish();
        CHECK(value_of(path + "/labels") == 7);
        CHECK_FALSE(fs::exists(path + "/distance"));
        CHECK(names_in(dir.path()) == std::vector<std::string>{"g.zarr"});
    }
}

TEST_CASE("groups: a pending group can be published from outside") {
    const TempDir dir;
    {
        GroupWriter group(dir / "g.zarr", "{}", 3, fresh);
        ArrayWriter& labels = group.add("labels", make_spec());
        for (Index unit = 0; unit < 6; ++unit) write(labels, unit, 7);
    }
    store::publish_pending(dir / "g.zarr", false);
    CHECK(value_of(dir / "g.zarr/labels") == 7);
}

TEST_CASE("writer: a folder that cannot be written is an error that names it") {
    const TempDir dir;
    test::write_file(dir / "file", "text");
    check_error([&] { ArrayWriter(dir / "file/a.zarr", make_spec(), fresh); }, "file/a.zarr: Not a directory");
}
