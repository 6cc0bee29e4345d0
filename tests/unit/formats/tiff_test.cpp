#include <tiffio.h>

#include <cstring>

#include "helpers.hpp"
#include "levin/core/parallel.hpp"

using namespace levin;
using namespace levin::test;

namespace {

struct Page {
    std::uint32_t width = 5, height = 7;
    int bits = 8, format = SAMPLEFORMAT_UINT, samples = 1, compression = COMPRESSION_NONE,
        photometric = PHOTOMETRIC_MINISBLACK;
    int planar = PLANARCONFIG_CONTIG, rows_per_strip = 3, predictor = 1;
    std::uint32_t tile = 0;
    std::string description;
    double x_resolution = 0, y_resolution = 0;
    int resolution_unit = RESUNIT_INCH;
};

/// Writes pages with libtiff; `bytes` are those of all pages, as they lie in memory: rows, or planes of rows, or for
/// tiles whole tiles.
void write_pages(const std::string& path, const std::vector<Page>& pages, const std::vector<std::byte>& bytes,
                 const char* mode = "w") {
    TIFF* tiff = TIFFOpen(path.c_str(), mode);
    REQUIRE(tiff);
    std::size_t at = 0;
    for (const auto& page : pages) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.height);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, page.bits);
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, page.format);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.samples);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, page.photometric);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, page.planar);
        TIFFSetField(tiff, TIFFTAG_COMPRESSION, page.compression);
        if (page.predictor > 1) TIFFSetField(tiff, TIFFTAG_PREDICTOR, page.predictor);
        if (page.tile) {
            TIFFSetField(tiff, TIFFTAG_TILEWIDTH, page.tile);
            TIFFSetField(tiff, TIFFTAG_TILELENGTH, page.tile);
        } else {
            TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, page.rows_per_strip);
        }
        if (!page.description.empty()) TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, page.description.c_str());
        if (page.x_resolution > 0) {
            TIFFSetField(tiff, TIFFTAG_XRESOLUTION, page.x_resolution);
            TIFFSetField(tiff, TIFFTAG_YRESOLUTION, page.y_resolution);
            TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, page.resolution_unit);
        }
        if (page.photometric == PHOTOMETRIC_PALETTE) {
            std::vector<std::uint16_t> map(256, 7);
            TIFFSetField(tiff, TIFFTAG_COLORMAP, map.data(), map.data(), map.data());
        }
        const auto blocks = page.tile ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
        for (std::uint32_t i = 0; i < blocks; ++i) {
            const std::uint32_t per_plane =
                blocks / (page.planar == PLANARCONFIG_SEPARATE ? static_cast<std::uint32_t>(page.samples) : 1);
            const std::uint32_t first_row = i % per_plane * static_cast<std::uint32_t>(page.rows_per_strip);
            const tmsize_t size =
                page.tile
                    ? TIFFTileSize(tiff)
                    : TIFFVStripSize(tiff, std::min<std::uint32_t>(static_cast<std::uint32_t>(page.rows_per_strip),
                                                                   page.height - first_row));
            std::vector<std::byte> block(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(at) + size);
            at += static_cast<std::size_t>(size);
            REQUIRE((page.tile ? TIFFWriteEncodedTile(tiff, i, block.data(), size)
                               : TIFFWriteEncodedStrip(tiff, i, block.data(), size)) == size);
        }
        REQUIRE(TIFFWriteDirectory(tiff));
    }
    TIFFClose(tiff);
    REQUIRE(at == bytes.size());
}

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

template <class T>
void check_round(int format, const std::string& path) {
    std::vector<T> expected;
    for (int i = 0; i < 2 * 7 * 5; ++i) {
        if constexpr (std::is_integral_v<T>) expected.push_back(static_cast<T>(i * 37 % 101 - 20));
        else expected.push_back(static_cast<T>(static_cast<float>(i * 37 % 101 - 20)));
    }
    Page page;
    page.bits = 8 * static_cast<int>(sizeof(T));
    page.format = format;
    for (const char* mode : {"wl", "wb", "wl8", "wb8"})
        for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                      COMPRESSION_PACKBITS, COMPRESSION_ZSTD, COMPRESSION_LZMA}) {
            if (!TIFFIsCODECConfigured(static_cast<std::uint16_t>(compression))) continue;
            INFO("mode " << mode << " compression " << compression << " dtype " << name_of(dtype_of<T>()));
            page.compression = compression;
            page.predictor = compression == COMPRESSION_LZW && sizeof(T) <= 4 && format != SAMPLEFORMAT_IEEEFP ? 2 : 1;
            write_pages(path, {page, page}, bytes_of(expected), mode);
            const auto source = open(path);
            REQUIRE(source->info().shape == Dims{2, 7, 5});
            REQUIRE(values<T>(*source) == expected);
            check_boxes(*source, {1, 4, 3});
        }
}

}  // namespace

TEST_CASE("tiff: every sample type, byte order and compression reads back") {
    const TempDir folder;
    const std::string path = folder / "a.tif";
    check_round<std::uint8_t>(SAMPLEFORMAT_UINT, path);
    check_round<std::uint16_t>(SAMPLEFORMAT_UINT, path);
    check_round<std::uint32_t>(SAMPLEFORMAT_UINT, path);
    check_round<std::uint64_t>(SAMPLEFORMAT_UINT, path);
    check_round<std::int8_t>(SAMPLEFORMAT_INT, path);
    check_round<std::int16_t>(SAMPLEFORMAT_INT, path);
    check_round<std::int32_t>(SAMPLEFORMAT_INT, path);
    check_round<std::int64_t>(SAMPLEFORMAT_INT, path);
    check_round<Float16>(SAMPLEFORMAT_IEEEFP, path);
    check_round<float>(SAMPLEFORMAT_IEEEFP, path);
    check_round<double>(SAMPLEFORMAT_IEEEFP, path);
}

TEST_CASE("tiff: tiles beyond the edge are cut") {
    const TempDir folder;
    Page page;
    page.width = 40, page.height = 20, page.tile = 16, page.bits = 16;
    std::vector<std::uint16_t> tiles(6 * 256);
    for (std::uint16_t i = 0; i < 6 * 256; ++i) {
        const int tile = i / 256, y = tile / 3 * 16 + i % 256 / 16, x = tile % 3 * 16 + i % 16;
        tiles[i] = static_cast<std::uint16_t>(y * 100 + x);
    }
    for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW}) {
        page.compression = compression;
        write_pages(folder / "a.tif", {page}, bytes_of(tiles));
        const auto source = open(folder / "a.tif");
        REQUIRE(source->info().shape == Dims{20, 40});
        const auto all = values<std::uint16_t>(*source);
        for (int i = 0; i < 20 * 40; ++i) REQUIRE(all[static_cast<std::size_t>(i)] == i / 40 * 100 + i % 40);
        check_boxes(*source, {9, 17});
    }
}

TEST_CASE("tiff: 1-bit pages are bool as stored, whichever bit is white") {
    const TempDir folder;
    Page page;
    page.width = 10, page.height = 2, page.bits = 1, page.rows_per_strip = 1;
    const std::vector<std::byte> bits{std::byte{0b10110000}, std::byte{0b01000000}, std::byte{0b00001111},
                                      std::byte{0b10000000}};
    const std::vector<bool> expected{1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0};
    for (const int compression : {COMPRESSION_NONE, COMPRESSION_PACKBITS, COMPRESSION_CCITTFAX4}) {
        page.compression = compression;
        page.photometric = PHOTOMETRIC_MINISBLACK;
        write_pages(folder / "a.tif", {page}, bits);
        CHECK(values<bool>(*open(folder / "a.tif")) == expected);
        page.photometric = PHOTOMETRIC_MINISWHITE;
        write_pages(folder / "a.tif", {page}, bits);
        CHECK(values<bool>(*open(folder / "a.tif")) == expected);
    }
    check_boxes(*open(folder / "a.tif"), {1, 3});
}

TEST_CASE("tiff: several samples a pixel are the axis c, together or in planes") {
    const TempDir folder;
    Page page;
    page.samples = 3, page.photometric = PHOTOMETRIC_RGB;
    std::vector<std::uint8_t> together, planes = counting<std::uint8_t>(2 * 3 * 35);
    for (int p = 0; p < 2; ++p)
        for (int i = 0; i < 35; ++i)
            for (int c = 0; c < 3; ++c) together.push_back(static_cast<std::uint8_t>(p * 105 + c * 35 + i));
    for (const int compression : {COMPRESSION_NONE, COMPRESSION_ADOBE_DEFLATE}) {
        page.compression = compression;
        page.planar = PLANARCONFIG_CONTIG;
        write_pages(folder / "a.tif", {page, page}, bytes_of(together));
        const auto source = open(folder / "a.tif");
        CHECK(source->info().shape == Dims{2, 3, 7, 5});
        CHECK(source->info().axes[1].name == "c");
        CHECK(values<std::uint8_t>(*source) == planes);
        check_boxes(*source, {1, 2, 4, 3});
        page.planar = PLANARCONFIG_SEPARATE;
        write_pages(folder / "a.tif", {page, page}, bytes_of(planes));
        const auto separate = open(folder / "a.tif");
        CHECK(values<std::uint8_t>(*separate) == planes);
        check_boxes(*separate, {1, 2, 4, 3});
    }
}

TEST_CASE("tiff: a palette gives its indices and says so") {
    const TempDir folder;
    Page page;
    page.photometric = PHOTOMETRIC_PALETTE;
    write_pages(folder / "a.tif", {page}, bytes_of(counting<std::uint8_t>(35)));
    const auto source = open(folder / "a.tif");
    CHECK(values<std::uint8_t>(*source) == counting<std::uint8_t>(35));
    CHECK(contains(source->info().attributes, "indices"));
}

TEST_CASE("tiff: resolution in inches or centimetres is spacing in um; 72 dpi is none") {
    const TempDir folder;
    Page page;
    const auto axes = [&](double x, double y, int unit, const std::string& description) {
        page.x_resolution = x, page.y_resolution = y, page.resolution_unit = unit, page.description = description;
        write_pages(folder / "a.tif", {page}, bytes_of(counting<std::uint8_t>(35)));
        return open(folder / "a.tif")->info().axes;
    };
    CHECK(axes(1e4 / 0.65, 1e4 / 0.5, RESUNIT_CENTIMETER, "") == Axes{{"y", 0.5, "um"}, {"x", 0.65, "um"}});
    CHECK(axes(25400, 12700, RESUNIT_INCH, "") == Axes{{"y", 2, "um"}, {"x", 1, "um"}});
    CHECK(axes(72, 72, RESUNIT_INCH, "") == Axes{{"y", 0, ""}, {"x", 0, ""}});
    CHECK(axes(1 / 0.65, 2, RESUNIT_NONE, "ImageJ=1.53\nunit=micron\n") == Axes{{"y", 0.5, "um"}, {"x", 0.65, "um"}});
    CHECK(axes(1 / 0.65, 2, RESUNIT_NONE, "ImageJ=1.53\nunit=\\u00B5m\n") == Axes{{"y", 0.5, "um"}, {"x", 0.65, "um"}});
    CHECK(axes(1 / 0.65, 2, RESUNIT_NONE, "ImageJ=1.53\nunit=nm\n") == Axes{{"y", 0.5, "nm"}, {"x", 0.65, "nm"}});
    CHECK(axes(4, 4, RESUNIT_NONE, "ImageJ=1.53\nunit=pixel\n") == Axes{{"y", 0, ""}, {"x", 0, ""}});
}

TEST_CASE("tiff: an ImageJ hyperstack has axes t, c and z, its pages in the order c, z, t") {
    const TempDir folder;
    Page page;
    page.x_resolution = page.y_resolution = 4, page.resolution_unit = RESUNIT_NONE;
    page.description =
        "ImageJ=1.53t\nimages=24\nchannels=2\nslices=3\nframes=4\nhyperstack=true\nunit=um\nspacing=1.5\nfinterval="
        "50\ntunit=msec\n";
    for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW}) {
        page.compression = compression;
        std::vector<std::uint8_t> pages;
        for (std::uint8_t p = 0; p < 24; ++p) pages.insert(pages.end(), 35, p);
        write_pages(folder / "a.tif", std::vector<Page>(24, page), bytes_of(pages));
        const auto source = open(folder / "a.tif");
        CHECK(source->info().axes ==
              Axes{{"t", 50, "ms"}, {"c", 0, ""}, {"z", 1.5, "um"}, {"y", 0.25, "um"}, {"x", 0.25, "um"}});
        REQUIRE(source->info().shape == Dims{4, 2, 3, 7, 5});
        CHECK(source->info().chunks == Dims{1, 1, 1, 7, 5});
        const auto all = values<std::uint8_t>(*source);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::size_t p = i / 35, t = p / 6, c = p % 6 / 3, z = p % 3;
            REQUIRE(all[i] == t * 6 + z * 2 + c);
        }
        check_boxes(*source, {3, 1, 2, 4, 5});
        formats::ReadOptions options;
        options.pages = "t";
        const auto flat = open(folder / "a.tif", options);
        CHECK(flat->info().shape == Dims{24, 7, 5});
        CHECK(letters(flat->info().axes) == "tyx");
    }
}

TEST_CASE("tiff: ImageJ's images behind a single directory are pages, beyond 4 GiB too") {
    const TempDir folder;
    Page page;
    page.width = 1024, page.height = 1024, page.bits = 16, page.rows_per_strip = 1024;
    const Index pages = 2500, page_bytes = 2 * 1024 * 1024;  // 5 GB
    page.description = fmt::format("ImageJ=1.53t\nimages={}\nframes={}\n", pages, pages);
    const std::string path = folder / "big.tif";
    // libtiff puts the first page's data right behind the header here; ImageJ goes on behind it with the other images.
    write_pages(path, {page}, std::vector<std::byte>(static_cast<std::size_t>(page_bytes)));
    const auto head = std::filesystem::file_size(path);
    std::error_code error;
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(pages * page_bytes) + head, error);
    if (error) {
        std::puts("skipped: ImageJ stack beyond 4 GiB: no room for a sparse file");
        return;
    }
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const std::uint16_t mark = 4711;
        file.seekp(8 + (pages - 1) * page_bytes + 2 * (1024 * 5 + 6));
        file.write(reinterpret_cast<const char*>(&mark), 2);
        REQUIRE(file.good());
    }
    const auto source = open(path);
    REQUIRE(source->info().shape == Dims{pages, 1024, 1024});
    CHECK(letters(source->info().axes) == "tyx");
    CHECK(values_of<std::uint16_t>(read_region(*source, {{pages - 1, 5, 5}, {1, 1, 3}})) ==
          std::vector<std::uint16_t>{0, 4711, 0});
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(pages * page_bytes) - 1000);
    CHECK(contains(message_of([&] { open(path); }), "cut off"));
}

TEST_CASE("tiff: threads read the same file, and each gets its own error") {
    const TempDir folder;
    Page page;
    page.compression = COMPRESSION_LZW;
    std::vector<std::uint8_t> data;
    for (int p = 0; p < 200; ++p) data.insert(data.end(), 35, static_cast<std::uint8_t>(p));
    write_pages(folder / "a.tif", std::vector<Page>(200, page), bytes_of(data));
    const auto source = open(folder / "a.tif");
    std::vector<std::uint8_t> found(200);
    parallel_for(200, 4, {}, [&](Index p) {
        OwnedArray one(DType::uint8, {1, 7, 5});
        source->read({{p, 0, 0}, {1, 7, 5}}, one.view);
        found[static_cast<std::size_t>(p)] = one.buffer.as<std::uint8_t>()[34];
    });
    CHECK(found == counting<std::uint8_t>(200));
    write_text(folder / "a.tif", "gone");
    std::vector<std::string> messages(200);
    parallel_for(200, 4, {}, [&](Index p) {
        OwnedArray one(DType::uint8, {1, 7, 5});
        try {
            source->read({{p, 0, 0}, {1, 7, 5}}, one.view);
        } catch (const Error& error) {
            messages[static_cast<std::size_t>(p)] = error.what();
        }
    });
    for (std::size_t p = 0; p < 200; ++p) REQUIRE(contains(messages[p], fmt::format("page {} of", p)));
}

TEST_CASE("tiff: JPEG pages are RGB, not YCbCr") {
    const TempDir folder;
    if (!TIFFIsCODECConfigured(COMPRESSION_JPEG)) return;
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 256; ++i) pixels.insert(pixels.end(), {200, 100, 50});
    TIFF* tiff = TIFFOpen((folder / "a.tif").c_str(), "w");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 16);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_YCBCR);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_JPEG);
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    REQUIRE(TIFFWriteEncodedStrip(tiff, 0, pixels.data(), static_cast<tmsize_t>(pixels.size())) > 0);
    TIFFClose(tiff);
    const auto source = open(folder / "a.tif");
    REQUIRE(source->info().shape == Dims{3, 16, 16});
    const auto read = values<std::uint8_t>(*source);
    for (std::size_t i = 0; i < read.size(); ++i)
        REQUIRE(std::abs(read[i] - (i < 256 ? 200 : i < 512 ? 100 : 50)) <= 2);
}

TEST_CASE("tiff: thumbnails are skipped, and 5000 pages are opened one directory at a time") {
    const TempDir folder;
    Page page;
    page.compression = COMPRESSION_PACKBITS;
    std::vector<std::uint8_t> data;
    for (int p = 0; p < 5000; ++p) data.insert(data.end(), 35, static_cast<std::uint8_t>(p % 251));
    write_pages(folder / "a.tif", std::vector<Page>(5000, page), bytes_of(data));
    const auto source = open(folder / "a.tif");
    REQUIRE(source->info().shape == Dims{5000, 7, 5});
    CHECK(values<std::uint8_t>(*source) == data);
    TIFF* tiff = TIFFOpen((folder / "a.tif").c_str(), "a");
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 2);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 2);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    std::uint32_t thumbnail = 0;
    TIFFWriteEncodedStrip(tiff, 0, &thumbnail, 4);
    TIFFWriteDirectory(tiff);
    TIFFClose(tiff);
    CHECK(open(folder / "a.tif")->info().shape == Dims{5000, 7, 5});
}
