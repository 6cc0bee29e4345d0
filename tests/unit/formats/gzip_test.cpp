#include <atomic>

#include "helpers.hpp"
#include "levin/core/parallel.hpp"
#include "levin/formats/gzip_file.hpp"

using namespace levin;
using namespace levin::test;
using formats::GzipFile;

namespace {

/// Values that pack, but not too well, so that there are many blocks.
std::string pattern(std::size_t bytes) {
    std::string text(bytes, '\0');
    std::uint32_t state = 1;
    for (char& byte : text) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 29 << 2);
    }
    return text;
}

std::string read(const GzipFile& file, std::size_t offset, std::size_t bytes) {
    std::string text(bytes, '\0');
    file.read(static_cast<Index>(offset), text.data(), static_cast<Index>(bytes));
    return text;
}

/// Packs `text` with gzip itself.
void pack(const std::string& text, const std::string& path) {
    write_text(path + ".plain", text);
    REQUIRE(std::system(fmt::format("gzip -c '{0}.plain' >>'{0}'", path).c_str()) == 0);
}

}  // namespace

TEST_CASE("gzip: any part is read from any place, in any order, by several threads") {
    const TempDir folder;
    const std::string text = pattern(std::size_t{24} << 20);
    pack(text.substr(0, 7'000'001), folder / "a.gz");  // three members
    pack("", folder / "a.gz");
    pack(text.substr(7'000'001), folder / "a.gz");
    const GzipFile backwards(folder / "a.gz"), at_once(folder / "a.gz");
    const std::size_t part = 777'777;
    for (std::size_t end = text.size(); end > part; end -= part)
        REQUIRE(read(backwards, end - part, part) == text.substr(end - part, part));
    std::atomic<int> wrong{0};
    parallel_for(64, 4, StopToken{}, [&](Index i) {
        const std::size_t offset = static_cast<std::size_t>(i * 37 % 64) * 380'000;
        if (read(at_once, offset, 400'000) != text.substr(offset, 400'000)) ++wrong;
    });
    CHECK(wrong == 0);
    CHECK(contains(message_of([&] { read(at_once, text.size() - 5, 6); }), "cut off"));
    CHECK(contains(message_of([&] { read(at_once, text.size() + 5, 6); }), "cut off"));
}

TEST_CASE("gzip: what is cut off or damaged is an error, what follows the last member is left alone") {
    const TempDir folder;
    const std::string text = pattern(300'000);
    pack(text, folder / "a.gz");
    const std::string whole = read_text(folder / "a.gz");
    const auto message = [&](const std::string& bytes) {
        write_text(folder / "b.gz", bytes);
        return message_of([&] {
            const GzipFile file(folder / "b.gz");
            read(file, 0, text.size());
            file.check_end(static_cast<Index>(text.size()));
        });
    };
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 50)
        REQUIRE(contains(message(whole.substr(0, size)), "cut off"));
    for (std::size_t missing = 1; missing <= 8; ++missing)
        REQUIRE(contains(message(whole.substr(0, whole.size() - missing)), "cut off"));
    std::string damaged = whole;
    damaged[whole.size() - 6] ^= 1;
    CHECK(contains(message(damaged), "incorrect data check"));
    damaged = whole;
    damaged[whole.size() / 2] ^= 0x55;
    CHECK(contains(message(damaged), "b.gz"));
    CHECK(contains(message("no gzip at all"), "damaged"));
    write_text(folder / "c.gz", whole + std::string(100, '\0') + "garbage");
    const GzipFile file(folder / "c.gz");
    CHECK(read(file, 0, text.size()) == text);
    file.check_end(static_cast<Index>(text.size()));
}

TEST_CASE("gzip: what is written, gzip unpacks") {
    const TempDir folder;
    const std::string text = pattern(3'000'000);
    formats::GzipWriter writer(folder / "a.gz");
    for (std::size_t at = 0; at < text.size(); at += 700'000) {
        const std::string part = text.substr(at, 700'000);
        writer.write(part.data(), static_cast<Index>(part.size()));
    }
    writer.close();
    REQUIRE(std::system(fmt::format("gzip -dc '{0}' >'{0}.plain'", folder / "a.gz").c_str()) == 0);
    CHECK(read_text(folder / "a.gz.plain") == text);
}
