#include "helpers.hpp"

using namespace levin;
using namespace levin::test;

TEST_CASE("tiff: tifffile reads what levin writes, hyperstack and calibration included") {
    const TempDir folder;
    if (!have_python("tifffile, numpy", "tifffile reads what levin writes")) return;
    auto stack = MemorySource::of(counting<std::uint16_t>(2 * 3 * 4 * 5 * 6), {2, 3, 4, 5, 6}, "tczyx");
    stack.axes() = {{"t", 0.05, "s"}, {"c", 0, ""}, {"z", 2, "um"}, {"y", 500, "nm"}, {"x", 0.65, "um"}};
    formats::write(stack, folder / "stack.tif", {});
    formats::write(MemorySource::of(counting<double>(7 * 5), {7, 5}, "yx"), folder / "double.tif", {});
    formats::write(MemorySource::of(counting<std::int64_t>(3 * 7 * 5), {3, 7, 5}, "tyx"), folder / "int64.tif", {});
    formats::write(
        MemorySource::of(std::vector<bool>{1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1}, {2, 9}, "yx"),
        folder / "bool.tif", {});
    formats::WriteOptions options;
    options.compression = "deflate";
    options.memory = 100;  // not a row
    formats::write(MemorySource::of(counting<float>(4 * 300 * 400), {4, 300, 400}, "zyx"), folder / "float.tif",
                   options);
    python(R"(
import tifffile, numpy as np
with tifffile.TiffFile('stack.tif') as f:
    assert f.is_imagej and f.series[0].axes == 'TZCYX', f.series[0].axes
    a = f.asarray()
    assert (a == np.arange(720, dtype='u2').reshape(2, 3, 4, 5, 6).transpose(0, 2, 1, 3, 4)).all()
    m = f.imagej_metadata
    assert m['spacing'] == 2 and m['finterval'] == 0.05 and m['unit'] == '\\u00B5m' and m['hyperstack'], m
    n, d = f.pages[0].tags['XResolution'].value
    assert abs(d / n - 0.65) < 1e-6
    n, d = f.pages[0].tags['YResolution'].value
    assert abs(d / n - 0.5) < 1e-6
assert (tifffile.imread('double.tif') == np.arange(35.).reshape(7, 5)).all()
a = tifffile.imread('int64.tif')
assert a.dtype == 'i8' and (a == np.arange(105).reshape(3, 7, 5)).all()
a = tifffile.imread('bool.tif')
assert a.dtype == bool and (a.ravel() == [1,0,1,1,0,0,0,0,0,1,0,0,0,0,1,1,1,1]).all()
a = tifffile.imread('float.tif')
assert a.dtype == 'f4' and (a == np.arange(480000.).reshape(4, 300, 400)).all()
)",
           folder);
    const auto again = open(folder / "stack.tif");
    CHECK(again->info().axes ==
          Axes{{"t", 0.05, "s"}, {"c", 0, ""}, {"z", 2, "um"}, {"y", 0.5, "um"}, {"x", 0.65, "um"}});
    CHECK(values<std::uint16_t>(*again) == counting<std::uint16_t>(720));
}

TEST_CASE("tiff: levin reads what tifffile writes") {
    const TempDir folder;
    if (!have_python("tifffile, numpy", "levin reads what tifffile writes")) return;
    python(R"(
import tifffile, numpy as np
a = np.arange(2 * 3 * 4 * 5 * 6, dtype='u2').reshape(2, 3, 4, 5, 6)
tifffile.imwrite('imagej.tif', a.transpose(0, 2, 1, 3, 4), imagej=True, resolution=(1 / 0.65, 2), metadata={'spacing': 2.5, 'unit': 'um', 'finterval': 0.05, 'axes': 'TZCYX'})
tifffile.imwrite('big.tif', a[0, 0].astype('>f8'), bigtiff=True, tile=(16, 16))
tifffile.imwrite('rgb.tif', np.arange(5 * 6 * 3, dtype='u1').reshape(5, 6, 3), photometric='rgb', compression='zlib', predictor=True)
tifffile.imwrite('half.tif', a[0, 0].astype('f2'))
tifffile.imwrite('planar.tif', a[0, :, 0].astype('u1'), photometric='rgb', planarconfig='separate')
)",
           folder);
    const auto imagej = open(folder / "imagej.tif");
    CHECK(imagej->info().shape == Dims{2, 3, 4, 5, 6});
    CHECK(imagej->info().axes ==
          Axes{{"t", 0.05, "s"}, {"c", 0, ""}, {"z", 2.5, "um"}, {"y", 0.5, "um"}, {"x", 0.65, "um"}});
    CHECK(values<std::uint16_t>(*imagej) == counting<std::uint16_t>(720));
    check_boxes(*imagej, {1, 2, 3, 4, 5});
    CHECK(values<double>(*open(folder / "big.tif")) == counting<double>(120));
    const auto rgb = values<std::uint8_t>(*open(folder / "rgb.tif"));
    for (std::size_t i = 0; i < 90; ++i) REQUIRE(rgb[i] == i % 30 * 3 + i / 30);
    const auto half = open(folder / "half.tif");
    CHECK(half->info().dtype == DType::float16);
    CHECK(static_cast<float>(values<Float16>(*half)[119]) == 119.0f);
    CHECK(open(folder / "planar.tif")->info().shape == Dims{3, 5, 6});
}

TEST_CASE("tiff: every compression, memory and dtype reads back as written") {
    const TempDir folder;
    const auto source = MemorySource::of(counting<std::uint16_t>(3 * 40 * 50), {3, 40, 50}, "zyx");
    for (const char* compression : {"none", "lzw", "deflate", "packbits", "zstd"})
        for (const std::size_t memory : {std::size_t{1}, std::size_t{900}, std::size_t{5000}, std::size_t{1} << 20}) {
            formats::WriteOptions options;
            options.compression = compression;
            options.memory = memory;
            options.force = true;
            formats::write(source, folder / "a.tif", options);
            const auto again = open(folder / "a.tif");
            REQUIRE(letters(again->info().axes) == "zyx");
            REQUIRE(values<std::uint16_t>(*again) == counting<std::uint16_t>(6000));
        }
    formats::write(MemorySource(DType::float16, {1, 1, 1}, "tyx"), folder / "half.tif", {});
    CHECK(open(folder / "half.tif")->info().dtype == DType::float16);
    formats::write(MemorySource::of(counting<std::uint8_t>(9), {9}, "t"), folder / "line.tif", {});
    CHECK(values<std::uint8_t>(*open(folder / "line.tif")) == counting<std::uint8_t>(9));
    formats::write(MemorySource::of(counting<std::uint8_t>(24), {2, 3, 2, 2}, "cfyx"), folder / "f.tif", {});
    CHECK(values<std::uint8_t>(*open("tiff:" + (folder / "f.tif"))).size() == 24);
}

TEST_CASE("tiff: what a TIFF cannot hold is a usage error and leaves nothing behind") {
    const TempDir folder;
    const auto refuse = [&](const ArraySource& source, const std::string& compression) {
        formats::WriteOptions options;
        options.compression = compression;
        CHECK_THROWS_AS(formats::write(source, folder / "a.tif", options), UsageError);
        CHECK(std::filesystem::is_empty(folder.path()));
    };
    refuse(MemorySource(DType::complex64, {2, 2}, "yx"), "");
    refuse(MemorySource(DType::uint8, {}, ""), "");
    refuse(MemorySource(DType::uint8, {0, 2}, "yx"), "");
    refuse(MemorySource(DType::uint8, {2, 2}, "yx"), "jpeg");
}
