#include <sys/resource.h>

#include <csignal>
#include <cstring>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

TEST_CASE("formats: content comes before the extension, FORMAT: before both") {
    const TempDir folder;
    formats::write(MemorySource::of(counting<std::uint8_t>(6), {2, 3}, "yx"), "png:" + (folder / "image.dat"), {});
    CHECK(open(folder / "image.dat")->info().shape == Dims{2, 3});
    std::filesystem::copy(folder / "image.dat", folder / "image.tif");
    CHECK(values<std::uint8_t>(*open(folder / "image.tif")) == counting<std::uint8_t>(6));
    CHECK(contains(message_of([&] { open("npy:" + (folder / "image.tif")); }), "not a .npy file"));
    CHECK_THROWS_AS(open("nonsense:" + (folder / "image.tif")), UsageError);
    CHECK(contains(message_of([&] { open("nonsense:" + (folder / "image.tif")); }), "unknown format 'nonsense'"));
    write_text(folder / "a:b.unknown", "xxxx");
    CHECK(contains(message_of([&] { open(folder / "a:b.unknown"); }), "--input-dtype"));
    formats::ReadOptions options;
    options.shape = {{"y", 2}, {"x", 2}};
    options.dtype = DType::uint8;
    CHECK(open(folder / "a:b.unknown", options)->info().shape == Dims{2, 2});
}

TEST_CASE("formats: what follows '::' chooses in a file of several arrays, and is refused where there is one") {
    const TempDir folder;
    const std::string image = folder / "image.png", odd = folder / "a::b.png";
    formats::write(MemorySource::of(counting<std::uint8_t>(6), {2, 3}, "yx"), image, {});
    std::filesystem::copy(image, odd);
    CHECK(open(odd)->info().shape == Dims{2, 3});  // as it is written, it exists
    for (const std::string& input : {image + "::1", "png:" + image + "::1", folder / "*.png::1"}) {
        CHECK_THROWS_AS(open(input), UsageError);
        CHECK(contains(message_of([&] { open(input); }), "holds one array"));
    }
    CHECK(contains(message_of([&] { open(image + "::"); }), "nothing follows '::'"));
    CHECK(contains(message_of([&] { formats::list(image); }), "holds one array"));
    for (const char* name : {"new.png::1", "new.tif::1", "new.fits::1"})
        CHECK(contains(message_of([&] { formats::output_format(folder / name); }), "is written with one image"));
    CHECK(formats::output_format(folder / "new.h5::1").name == "hdf5");
}

TEST_CASE("formats: what is not there, is empty or is no file is an error that names it") {
    const TempDir folder;
    CHECK(contains(message_of([&] { open(folder / "none.tif"); }), "none.tif: no such file"));
    CHECK(contains(message_of([&] { open(folder / "*.tif"); }), "no file matches"));
    CHECK(contains(message_of([&] { open(folder.path().string()); }), "no file of a known format"));
    std::filesystem::create_directory(folder / "dir.tif");
    CHECK(contains(message_of([&] { open(folder / "dir.tif"); }), "no file of a known format"));
    CHECK(contains(message_of([&] { open("/dev/null"); }), "not a regular file"));
    for (const char* name : {"a.tif", "a.npy", "a.png", "a.raw", "conf.json"}) {
        write_text(folder / name, "");
        CHECK(contains(message_of([&] { open(folder / name); }), "is empty"));
    }
    CHECK_THROWS_AS(formats::open({}, {}), UsageError);
    std::filesystem::create_symlink("loop.tif", folder / "loop.tif");
    CHECK(contains(message_of([&] { open(folder / "loop.tif"); }), "loop.tif"));
}

TEST_CASE("formats: an output appears whole or not at all, and replaces nothing unasked") {
    const TempDir folder;
    const auto source = MemorySource::of(counting<std::uint8_t>(6), {2, 3}, "yx");
    for (const char* name : {"a.tif", "a.npy", "a.png", "a.raw"}) {
        write_text(folder / name, "old");
        CHECK(contains(message_of([&] { formats::write(source, folder / name, {}); }), "--force"));
        CHECK(read_text(folder / name) == "old");
        formats::WriteOptions options;
        options.force = true;
        formats::write(source, folder / name, options);
        CHECK(read_text(folder / name) != "old");
    }
    for (const char* form : {"thunder-series:", "thunder-images:"}) {
        formats::WriteOptions options;
        formats::write(source, form + (folder / "thunder"), options);
        CHECK(contains(message_of([&] { formats::write(source, form + (folder / "thunder"), options); }), "--force"));
        options.force = true;
        formats::write(source, form + (folder / "thunder/"), options);
        CHECK(open(folder / "thunder")->info().shape == Dims{1, 2, 3});
        CHECK(contains(message_of([&] { formats::write(source, "npy:" + (folder / "thunder"), options); }),
                       "is a directory"));
        CHECK(contains(message_of([&] { formats::write(source, form + (folder / "a.raw"), options); }),
                       "not a directory"));
        std::filesystem::remove_all(folder / "thunder");
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        CHECK(!contains(entry.path().string(), ".partial"));
}

TEST_CASE("formats: a write that fails leaves nothing and says why") {
    const TempDir folder;
    // Fails after the first blocks.
    class Failing final : public ArraySource {
      public:
        const ArrayInfo& info() const override { return info_; }
        void read(const Region& region, const View&) const override {
            if (region.origin[0] > 2) throw Error("the source broke");
        }
        std::size_t scratch_bytes() const override { return 0; }
        std::string name() const override { return "failing"; }

      private:
        ArrayInfo info_{{9, 4}, DType::uint8, axes_from_letters("yx"), {1, 4}, "{}"};
    };
    formats::WriteOptions options;
    options.memory = 4;
    for (const char* name : {"a.tif", "a.npy", "a.png", "a.raw", "thunder-images:a"}) {
        const std::string path = name[0] == 't' ? "thunder-images:" + (folder / "a") : folder / name;
        CHECK(contains(message_of([&] { formats::write(Failing(), path, options); }), "the source broke"));
        CHECK(std::filesystem::is_empty(folder.path()));
    }
    const auto source = MemorySource(DType::uint8, {2, 3}, "yx");
    CHECK(contains(message_of([&] { formats::write(source, folder / "no/such/a.tif", {}); }), "a.tif"));
    CHECK_THROWS_AS(formats::write(source, folder / "a.xyz", {}), UsageError);
    CHECK_THROWS_AS(formats::write(source, folder / "a", {}), UsageError);
    options.force = true;
    CHECK(contains(message_of([&] { formats::write(source, "npy:/dev/full", options); }), "not a regular file"));
}

TEST_CASE("formats: a disk that takes no more is an error with the system's reason, and nothing is left") {
    const TempDir folder;
    std::vector<std::uint16_t> noise{1};
    while (noise.size() < 600 * 600) noise.push_back(static_cast<std::uint16_t>(noise.back() * 25173 + 13849));
    const auto source = MemorySource::of(noise, {600, 600}, "yx");
    // A limit on the size of files stands for the full disk: both show as a short and then a failed write.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit low{1000, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &low);
    std::vector<std::string> messages;
    for (const char* name : {"tiff:a", "npy:a", "png:a", "raw:a", "thunder-series:a", "thunder-images:a"}) {
        const std::string prefix(name, std::strchr(name, ':') + 1);
        messages.push_back(message_of([&] { formats::write(source, prefix + (folder / "a"), {}); }));
    }
    setrlimit(RLIMIT_FSIZE, &limit);
    for (const auto& message : messages) CHECK(contains(message, "File too large"));
    CHECK(std::filesystem::is_empty(folder.path()));
}
