// Attributes of new images. Versions 0.4 and 0.5 say the same in other places.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "levin/core/error.hpp"
#include "levin/store/file.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"
#include "levin/store/ome.hpp"

namespace levin::store {
namespace {

std::string type_of(const std::string& axis) {
    if (axis == "t") return "time";
    if (axis == "c") return "channel";
    if (axis == "z" || axis == "y" || axis == "x") return "space";
    return axis == "f" ? "frequency" : axis;
}

Json axes_of(const Axes& axes) {
    Json list = Json::array();
    for (const Axis& axis : axes) {
        Json entry{{"name", axis.name}, {"type", type_of(axis.name)}};
        if (axis.spacing > 0 && !axis.unit.empty()) entry["unit"] = long_unit(axis.unit);
        list.push_back(entry);
    }
    return list;
}

Json datasets_of(const std::vector<ImageLevel>& levels) {
    Json datasets = Json::array();
    for (const ImageLevel& level : levels) {
        Json scale = Json::array();
        for (const Axis& axis : level.axes) scale.push_back(axis.spacing > 0 ? axis.spacing : 1);
        Json transformations = Json::array({{{"type", "scale"}, {"scale", scale}}});
        if (std::any_of(level.origin.begin(), level.origin.end(), [](double x) { return x != 0; }))
            transformations.push_back({{"type", "translation"}, {"translation", level.origin}});
        datasets.push_back({{"path", level.path}, {"coordinateTransformations", transformations}});
    }
    return datasets;
}

void describe_method(const NewImage& image, Json& multiscale) {
    multiscale["type"] = image.method;
    multiscale["metadata"] = {{"method", image.program}, {"version", image.release}};
}

}  // namespace

void check_image_axes(const Axes& axes) {
    const auto refuse = [&](const std::string& why) {
        throw UsageError(
            fmt::format("axes {}: {}; an OME-Zarr image has y and x, perhaps with z, and before them at most t and one "
                        "other axis such as c",
                        letters(axes), why));
    };
    std::size_t others = 0;
    for (const Axis& axis : axes)
        if (const std::string type = type_of(axis.name); type != "space" && type != "time" && ++others > 1)
            refuse(fmt::format("'{}' is one too many", axis.name));
    for (const char* name : {"y", "x"})
        if (!find_axis(axes, name)) refuse(fmt::format("there is no {}", name));
}

Json image_attributes(const NewImage& image) {
    const Axes& axes = image.levels.front().axes;
    check_image_axes(axes);
    Json multiscale{{"name", image.name}, {"axes", axes_of(axes)}, {"datasets", datasets_of(image.levels)}};
    describe_method(image, multiscale);
    const bool inside = image.version == "0.4";  // the version stands in every object
    if (inside) multiscale["version"] = image.version;
    Json holder{{"multiscales", Json::array({multiscale})}};
    for (const auto& [key, object] : {std::pair("omero", &image.omero), std::pair("image-label", &image.label)}) {
        if (object->is_null()) continue;
        holder[key] = *object;
        holder[key].erase("version");
        if (inside) holder[key]["version"] = image.version;
    }
    if (inside) return holder;
    holder["version"] = image.version;
    return {{"ome", holder}};
}

Json with_levels(Json attributes, const NewImage& image) {
    Json& holder = attributes.contains("ome") && attributes["ome"].is_object() ? attributes["ome"] : attributes;
    Json& multiscale = holder["multiscales"][0];
    multiscale["datasets"] = datasets_of(image.levels);
    multiscale.erase("coordinateTransformations");  // which the levels' own include
    describe_method(image, multiscale);
    return attributes;
}

void add_label(const std::string& path, const std::string& version, const std::string& name, bool fsync) {
    const std::string folder = path + "/labels";
    const int zarr_format = version == "0.4" ? 2 : 3;
    std::set<std::string> there{name};
    for (const auto& [other, is_folder] : list_folder(folder))
        if (is_folder && other[0] != '.' && is_image(read_node(folder + "/" + other).attributes)) there.insert(other);
    std::vector<std::string> names = list_labels(path);
    for (const std::string& listed : names) there.erase(listed);
    if (there.empty()) return;
    names.insert(names.end(), there.begin(), there.end());
    const Node labels = read_node(folder), image = read_node(path);
    Json attributes = labels.attributes.is_object() ? labels.attributes : Json::object();
    if (zarr_format == 3) attributes["ome"]["version"] = version, attributes["ome"]["labels"] = names;
    else attributes["labels"] = names;
    write_group_attributes(folder, zarr_format, attributes, fsync);
    write_group_attributes(path, zarr_format, image.attributes, fsync);
}

}  // namespace levin::store
