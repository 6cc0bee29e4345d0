#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Array;

namespace {

void write_array(const std::string& path, int zarr_format, const Dims& shape, std::uint8_t value) {
    store::ArraySpec spec;
    spec.shape = shape;
    spec.dtype = DType::uint8;
    spec.axes.resize(shape.size());
    spec.chunks.assign(shape.size(), 4);
    spec.zarr_format = zarr_format;
    store::ArrayWriter writer(path, spec, {});
    OwnedArray values(spec.dtype, shape);
    fill(values.view, &value);
    for (Index unit = 0; unit < writer.units().size(); ++unit)
        writer.write(unit, values.view.sub(writer.units().region(unit)));
    writer.publish();
}

constexpr const char* image_04 = R"({"multiscales": [{"version": "0.4",
    "axes": [{"name": "t", "type": "time", "unit": "millisecond"}, {"name": "c", "type": "channel"},
             {"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space"}],
    "coordinateTransformations": [{"type": "scale", "scale": [50, 1, 1, 1]}],
    "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 0.5, 1]}]},
                 {"path": "1", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 1.0, 2]}]}]}]})";

}  // namespace

TEST_CASE("groups: OME-Zarr 0.4 opens with axes, units and the product of both scales") {
    const TempDir dir;
    test::write_file(dir / "image/.zgroup", R"({"zarr_format": 2})");
    test::write_file(dir / "image/.zattrs", image_04);
    write_array(dir / "image/0", 2, {2, 1, 8, 8}, 3);
    write_array(dir / "image/1", 2, {2, 1, 4, 4}, 4);
    const auto image = Array::open(dir / "image");
    CHECK(image->info().axes == Axes{{"t", 50, "ms"}, {"c", 0, ""}, {"y", 0.5, "um"}, {"x", 0, ""}});
    CHECK(image->name() == dir / "image");
    CHECK(read_all(*image).view.as<std::uint8_t>()[0] == 3);
    store::OpenOptions options;
    options.level = 1;
    CHECK(Array::open(dir / "image", options)->info().axes[3] == Axis{"x", 2, ""});
    CHECK(read_all(*Array::open(dir / "image/1")).view.as<std::uint8_t>()[0] == 4);
    check_error([&] { Array::open(dir / "image/1", options); }, "is an array, not an image with several levels");
}

TEST_CASE("groups: what is no image names its arrays and images") {
    const TempDir dir;
    test::write_file(dir / "plate/.zgroup", R"({"zarr_format": 2})");
    test::write_file(dir / "plate/.zattrs", R"({"bioformats2raw.layout": 3})");
    check_error([&] { Array::open(dir / "plate"); }, "plate is a Zarr group without arrays");
    test::write_file(dir / "plate/0/.zgroup", R"({"zarr_format": 2})");
    test::write_file(dir / "plate/0/.zattrs", image_04);
    write_array(dir / "plate/0/0", 2, {2, 1, 8, 8}, 3);
    test::write_file(dir / "plate/A/.zgroup", R"({"zarr_format": 2})");
    write_array(dir / "plate/A/1", 2, {8}, 3);
    write_array(dir / "plate/v3", 3, {8}, 3);
    check_error([&] { Array::open(dir / "plate"); },
                "plate is a Zarr group, not an image; open one of its arrays: 0, A/1, v3$");
}

TEST_CASE("groups: damaged image metadata are refused by their field") {
    const TempDir dir;
    const auto refused = [&](const std::string& patch, const std::string& pattern) {
        nlohmann::json attributes = nlohmann::json::parse(image_04);
        attributes["multiscales"][0].merge_patch(nlohmann::json::parse(patch));
        test::write_file(
            dir / "image/zarr.json",
            nlohmann::json{{"zarr_format", 3}, {"node_type", "group"}, {"attributes", {{"ome", attributes}}}}.dump());
        check_error([&] { Array::open(dir / "image"); }, pattern);
    };
    write_array(dir / "image/0", 3, {2, 1, 8, 8}, 3);
    refused(R"({"datasets": null})", "image: the field \"datasets\" is missing");
    refused(R"({"datasets": []})", "datasets: expected a list");
    refused(R"({"datasets": [{"path": "../secret"}]})", "the path \"../secret\" leads out of the group");
    refused(R"({"datasets": [{"path": "/etc"}]})", "leads out of the group");
    refused(R"({"datasets": [{"path": "7"}]})", "level 0 should be an array at .*image/7, and is none");
    refused(R"({"axes": [{"name": "y"}]})", "scale: expected 1 numbers");
    refused(R"({"axes": [{"name": "y"}], "coordinateTransformations": null, "datasets": [{"path": "0"}]})",
            "names 1 axes, the array .*image/0 has 4");
    refused(R"({"axes": [{"type": "space"}]})", "the field \"name\" is missing");
}

TEST_CASE("store: what is no store is refused in words that help") {
    const TempDir dir;
    test::write_file(dir / "folder/file.txt", "text");
    check_error([&] { Array::open(dir / "nothing"); }, "cannot open .*nothing: No such file");
    check_error([&] { Array::open(dir / "folder/file.txt"); }, "file.txt is not a Zarr store: it is a file");
    check_error([&] { Array::open(dir / "folder"); },
                "folder is not a Zarr store: it has no zarr.json, .zarray or .zgroup");
    CHECK_FALSE(store::is_store(dir / "nothing"));
    CHECK_FALSE(store::is_store(dir / "folder"));
    test::write_file(dir / "folder/zarr.json", R"({"zarr_format": 3, "node_type": "table"})");
    check_error([&] { Array::open(dir / "folder"); }, "zarr.json: node_type: expected array or group, found \"table\"");
    write_array(dir / "a.zarr", 3, {8, 8}, 1);
    CHECK(store::is_store(dir / "a.zarr"));
    std::filesystem::remove(dir / "a.zarr/c/0/0");
    std::filesystem::create_directory(dir / "a.zarr/c/0/0");
    check_error([&] { read_all(*Array::open(dir / "a.zarr")); }, "c/0/0 is not a regular file");
    OwnedArray small(DType::uint8, {2, 2});
    check_error(
        [&] {
            Array::open(dir / "a.zarr")->read({{7, 7}, {2, 2}}, small.view);
        },
        "cannot read \\[7:9, 7:9\\] of an array of shape \\(8, 8\\)");
}
