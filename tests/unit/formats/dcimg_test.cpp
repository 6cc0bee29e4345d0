#include <cstring>

#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

namespace {

/// A DCIMG file put together by hand, so that it can lie: 3 frames of 4 by 5 pixels of uint16, pixel i being 100 + i.
/// Row 1 of frame t begins with 0 65535 0 65535; its footer has what belongs there.
struct Dcimg {
    std::string bytes;
    std::vector<std::uint16_t> expected = counting<std::uint16_t>(60, 100);

    template <class T>
    Dcimg with(std::size_t offset, T value) const {
        Dcimg lie = *this;
        lie.put(offset, value);
        return lie;
    }
    template <class T>
    void put(std::size_t offset, T value) {
        std::memcpy(bytes.data() + offset, &value, sizeof value);
    }
    void put_frame(std::size_t offset, std::size_t t) {
        auto stored = std::vector<std::uint16_t>(expected.begin() + static_cast<Index>(20 * t),
                                                 expected.begin() + static_cast<Index>(20 * t + 20));
        for (std::size_t i = 0; i < 4; ++i) stored[5 + i] = i % 2 ? 65535 : 0;
        std::memcpy(bytes.data() + offset, stored.data(), 40);
    }
    void put_common(std::uint32_t version, std::uint32_t session) {
        std::memcpy(bytes.data(), "DCIMG", 5);
        put<std::uint32_t>(8, version);
        put<std::uint32_t>(32, 1);
        put<std::uint32_t>(36, 3);
        put<std::uint32_t>(40, session);
        put<std::uint64_t>(48, bytes.size());
        put<std::uint64_t>(64, bytes.size());
    }

    static Dcimg modern() {
        Dcimg file;
        file.bytes.assign(864 + 3 * (40 + 32), '\0');
        file.put_common(0x1000000, 112);
        const std::uint32_t session[] = {3, 2, 0, 5, 4, 10, 40};
        std::memcpy(file.bytes.data() + 172, session, sizeof session);
        file.put<std::uint64_t>(208, 752);
        file.put<std::uint32_t>(228, 72);
        file.put<std::uint32_t>(236, 32);
        const std::uint16_t crop[] = {8, 5, 1022, 4};  // the sensor's row 1023 is row 1
        std::memcpy(file.bytes.data() + 824, crop, sizeof crop);
        for (std::uint32_t t = 0; t < 3; ++t) {
            const std::size_t at = 864 + 72 * std::size_t{t};
            file.put_frame(at, t);
            file.put<std::uint32_t>(at + 40, t);
            file.put<std::uint32_t>(at + 44, 1000 + t);
            file.put<std::uint32_t>(at + 48, 500000 * t);
            std::memcpy(file.bytes.data() + at + 52, &file.expected[20 * t + 5], 8);
        }
        return file;
    }
    static Dcimg old() {
        Dcimg file;
        constexpr std::size_t footer = 232 + 120;
        file.bytes.assign(footer + 272 + 12 * 3 + 8 * 3, '\0');
        file.put_common(7, 120);
        const std::uint32_t session[] = {3, 2, 0, 5, 10, 4, 40};
        std::memcpy(file.bytes.data() + 152, session, sizeof session);
        file.put<std::uint32_t>(188, 112);
        file.put<std::uint64_t>(192, footer - 120);
        file.put<std::uint64_t>(footer + 8, 160);
        file.put<std::uint32_t>(footer + 40, 272 + 36 + 24);
        file.put<std::uint64_t>(footer + 160 + 48, 272);
        file.put<std::uint64_t>(footer + 160 + 64, 272 + 12);
        file.put<std::uint64_t>(footer + 160 + 88, 272 + 36);
        file.put<std::uint32_t>(footer + 160 + 100, 10);
        file.put<std::uint64_t>(footer + 160 + 104, 8);
        for (std::uint32_t t = 0; t < 3; ++t) {
            file.put_frame(232 + 40 * std::size_t{t}, t);
            file.put<std::uint32_t>(footer + 272 + 12 + 8 * t, 1000 + t);
            file.put<std::uint32_t>(footer + 272 + 16 + 8 * t, 500000 * t);
            std::memcpy(file.bytes.data() + footer + 272 + 36 + 8 * t, &file.expected[20 * t + 5], 8);
        }
        return file;
    }
};

struct Opened {
    TempDir folder;
    std::vector<std::string> notes;
    std::unique_ptr<ArraySource> source;
    explicit Opened(const Dcimg& file, const formats::ReadOptions& options = {}) {
        write_text(folder / "a.dcimg", file.bytes);
        source = formats::open({folder / "a.dcimg"}, options, &notes);
    }
    std::vector<std::uint16_t> pixels() const { return values<std::uint16_t>(*source); }
};

std::string open_message(const Dcimg& file, const formats::ReadOptions& options = {}) {
    return message_of([&] { Opened(file, options).pixels(); });
}

}  // namespace

TEST_CASE("dcimg: the pixels that the camera displaces are where they belong, in every box") {
    for (const Dcimg& file : {Dcimg::modern(), Dcimg::old()}) {
        const Opened opened(file);
        CHECK(opened.source->info().shape == Dims{3, 4, 5});
        CHECK(opened.pixels() == file.expected);
        CHECK(opened.notes.empty());
        check_boxes(*opened.source, {1, 1, 3});
        check_boxes(*opened.source, {2, 2, 2});
    }
}

TEST_CASE("dcimg: time stamps are attributes, and the spacing of t where they are regular") {
    for (const Dcimg& file : {Dcimg::modern(), Dcimg::old()}) {
        const Opened opened(file);
        CHECK(opened.source->info().axes[0] == Axis{"t", 1.5, "s"});
        CHECK(contains(opened.source->info().attributes, R"("timestamps":[1000.0,1001.5,1003.0])"));
    }
    const Opened gap(Dcimg::modern().with<std::uint32_t>(864 + 2 * 72 + 44, 1010));
    CHECK(gap.source->info().axes[0] == Axis{"t", 0, ""});
    REQUIRE(gap.notes.size() == 1);
    CHECK(contains(gap.notes[0], "1.5 to 9.5 s apart"));
    CHECK(
        contains(Opened(Dcimg::modern()).source->info().attributes, R"("crop":{"x":8,"y":1022,"width":5,"height":4})"));
}

TEST_CASE("dcimg: no pixels are moved where the footer has none, or their row is not in the image") {
    const auto as_stored = [](Dcimg file) {
        for (std::size_t t = 0; t < 3; ++t)
            for (std::size_t i = 0; i < 4; ++i) file.expected[20 * t + 5 + i] = i % 2 ? 65535 : 0;
        return file.expected;
    };
    for (const std::uint16_t y0 : {0, 1019, 1024, 65535}) {
        const Dcimg file = Dcimg::modern().with<std::uint16_t>(828, y0);
        CHECK(Opened(file).pixels() == as_stored(file));
    }
    const Dcimg old = Dcimg::old().with<std::uint64_t>(232 + 120 + 160 + 104, 0);
    CHECK(Opened(old).pixels() == as_stored(old));
    const Dcimg far = Dcimg::old().with<std::uint32_t>(232 + 120 + 160 + 100, 40);
    CHECK(Opened(far).pixels() == as_stored(far));
}

TEST_CASE("dcimg: of rows longer than the image the first pixels are taken, or those after --row-offset") {
    const Dcimg file = Dcimg::modern().with<std::uint32_t>(184, 3);  // rows of 5, an image of 3
    const auto columns = [&](std::size_t first) {
        std::vector<std::uint16_t> kept;
        for (std::size_t i = 0; i < 60; ++i)
            if (i % 5 >= first && i % 5 < first + 3) kept.push_back(file.expected[i]);
        return kept;
    };
    const Opened plain(file);
    CHECK(plain.source->info().shape == Dims{3, 4, 3});
    CHECK(plain.pixels() == columns(0));
    REQUIRE(plain.notes.size() == 1);
    CHECK(contains(plain.notes[0], "5 pixels, of which the image has 3"));
    CHECK(contains(plain.notes[0], "--row-offset"));
    for (const Index offset : {1, 2}) {
        formats::ReadOptions options;
        options.row_offset = offset;
        const Opened opened(file, options);
        CHECK(opened.pixels() == columns(static_cast<std::size_t>(offset)));
        CHECK(opened.notes.empty());
        check_boxes(*opened.source, {1, 2, 2});
    }
    formats::ReadOptions options;
    options.row_offset = 3;
    CHECK_THROWS_AS(Opened(file, options), UsageError);
    CHECK(contains(open_message(file, options), "it is at most 2"));
}

TEST_CASE("dcimg: --row-offset is for no other format") {
    const TempDir folder;
    write_values(folder / "a.raw", counting<std::uint8_t>(6));
    formats::ReadOptions options;
    options.row_offset = 1;
    options.shape = {{"y", 2}, {"x", 3}};
    options.dtype = DType::uint8;
    CHECK(contains(message_of([&] { open(folder / "a.raw", options); }), "of format raw; the option is for dcimg"));
}

TEST_CASE("dcimg: a file cut off at any byte gives its whole frames and says so, or is an error") {
    for (const Dcimg& file : {Dcimg::modern(), Dcimg::old()}) {
        const bool old = file.bytes[8] == 7;
        const std::size_t data = old ? 232 : 864, frame = old ? 40 : 72;
        for (std::size_t size = 1; size < file.bytes.size(); size += 3) {
            Dcimg cut = file;
            cut.bytes.resize(size);
            const std::size_t frames = size < data ? 0 : std::min<std::size_t>((size - data) / frame, 3);
            if (frames == 0) {
                CHECK(contains(open_message(cut), "a.dcimg"));
                continue;
            }
            const Opened opened(cut);
            CHECK(opened.source->info().shape[0] == static_cast<Index>(frames));
            REQUIRE_FALSE(opened.notes.empty());
            if (frames < 3) CHECK(contains(opened.notes[0], fmt::format("{} whole frames of 3", frames)));
            const auto pixels = opened.pixels();
            if (!old)
                CHECK(pixels == std::vector<std::uint16_t>(file.expected.begin(),
                                                           file.expected.begin() + static_cast<Index>(20 * frames)));
            else CHECK(contains(opened.notes.back(), "footer behind the frames is cut off"));
        }
    }
}

TEST_CASE("dcimg: headers that lie are refused before memory is taken on their word") {
    const Dcimg file = Dcimg::modern();
    CHECK(contains(open_message(file.with<std::uint32_t>(8, 0x3000000)), "version 0x3000000 is not supported"));
    CHECK(contains(open_message(file.with<std::uint32_t>(32, 2)), "2 sessions"));
    CHECK(contains(open_message(file.with<std::uint64_t>(48, 5)), "two sizes"));
    CHECK(contains(open_message(file.with<std::uint32_t>(40, 4000000000u)), "cut off"));
    CHECK(contains(open_message(file.with<std::uint32_t>(176, 4)), "4 bytes a pixel"));
    CHECK(contains(open_message(file.with<std::uint32_t>(184, 0)), "4 by 0 pixels"));
    CHECK(contains(open_message(file.with<std::uint32_t>(184, 6)), "10 bytes a row do not hold 6 pixels"));
    CHECK(contains(open_message(file.with<std::uint32_t>(188, 4000000000u)), "40 bytes an image are not 4000000000"));
    CHECK(contains(open_message(file.with<std::uint64_t>(208, ~std::uint64_t{0})), "cut off or damaged"));
    CHECK(contains(open_message(file.with<std::uint32_t>(228, 71)), "71 bytes a frame"));
    CHECK(contains(open_message(file.with<std::uint32_t>(172, 0)), "no whole frame: the header says 0"));
    CHECK(contains(open_message(file.with<std::uint32_t>(188, 3857049061u).with<std::uint32_t>(192, 3856990220u)),
                   "3857049061 rows of 3856990220"));
    const Opened many(file.with<std::uint32_t>(172, 4000000000u));
    CHECK(many.source->info().shape[0] == 3);
    CHECK(contains(many.notes.at(0), "3 whole frames of 4000000000"));
}

TEST_CASE("dcimg: damage to any byte is an error or other pixels, never worse") {
    for (const Dcimg& file : {Dcimg::modern(), Dcimg::old()})
        for (std::size_t at = 0; at < file.bytes.size(); ++at)
            for (const char flip : {'\x01', '\x80', '\xff'}) {
                Dcimg damaged = file;
                damaged.bytes[at] = static_cast<char>(damaged.bytes[at] ^ flip);
                const TempDir folder;
                write_text(folder / "a.dcimg", damaged.bytes);
                try {
                    read_all(*open("dcimg:" + (folder / "a.dcimg")));
                } catch (const Error& error) {
                    REQUIRE(contains(error.what(), "a.dcimg"));
                }
            }
}

TEST_CASE("dcimg: files that follow one another keep the attributes in which they agree") {
    const TempDir folder;
    write_text(folder / "a1.dcimg", Dcimg::modern().bytes);
    write_text(folder / "a2.dcimg", Dcimg::modern().with<std::uint32_t>(864 + 44, 999).bytes);
    const auto both = open(folder / "a*.dcimg");
    CHECK(both->info().shape == Dims{6, 4, 5});
    CHECK(both->info().attributes ==
          R"({"dcimg":{"version":16777216,"frames":3,"binning":1,"crop":{"x":8,"y":1022,"width":5,"height":4}}})");
}
