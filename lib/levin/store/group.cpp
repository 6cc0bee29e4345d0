#include "levin/store/group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"

namespace levin::store {
namespace {

/// The list of images, nullptr when there is none.
const Json* multiscales(const Json& attributes) {
    if (!attributes.is_object()) return nullptr;
    const Json* holder = &attributes;
    if (const auto ome = attributes.find("ome"); ome != attributes.end() && ome->is_object()) holder = &*ome;
    const auto found = holder->find("multiscales");
    return found != holder->end() && found->is_array() && !found->empty() ? &*found : nullptr;
}

/// Multiplies the axes' spacing by the scale among `transformations`.
void apply_scale(const Json& owner, Axes& axes) {
    const auto transformations = owner.find("coordinateTransformations");
    if (transformations == owner.end() || !transformations->is_array()) return;
    for (const Json& transformation : *transformations) {
        if (!transformation.is_object() || transformation.value("type", Json()) != "scale") continue;
        const Json scale = transformation.value("scale", Json());
        if (!scale.is_array() || scale.size() != axes.size() ||
            !std::all_of(scale.begin(), scale.end(), [](const Json& s) { return s.is_number(); }))
            throw Error(fmt::format("multiscales: scale: expected {} numbers, found {}", axes.size(), shown(scale)));
        for (std::size_t i = 0; i < axes.size(); ++i) axes[i].spacing *= scale[i].get<double>();
    }
}

Axes image_axes(const Json& image, const Json& dataset) {
    const auto found = image.find("axes");
    if (found == image.end()) return {};
    if (!found->is_array()) throw Error(fmt::format("multiscales: axes: expected a list, found {}", shown(*found)));
    Axes axes;
    std::vector<bool> has_spacing;
    for (const Json& entry : *found) {
        // 0.3 lists names only, from 0.4 on axes are objects.
        const bool object = entry.is_object();
        axes.push_back({string_of(object ? member(entry, "name") : entry, "multiscales: axes"), 1, {}});
        if (object && entry.contains("unit"))
            axes.back().unit = short_unit(string_of(entry["unit"], "multiscales: axes: unit"));
        has_spacing.push_back(!object || entry.value("type", Json()) != "channel");
    }
    apply_scale(dataset, axes);
    apply_scale(image, axes);
    for (std::size_t i = 0; i < axes.size(); ++i)
        // A scale of 1 without a unit is what writers put when they know nothing.
        if (!has_spacing[i] || !(axes[i].spacing > 0) || (axes[i].unit.empty() && axes[i].spacing == 1))
            axes[i].spacing = 0;
    return axes;
}

}  // namespace

bool is_image(const Json& attributes) { return multiscales(attributes) != nullptr; }

ImageLevel image_level(const Json& attributes, int level) {
    const Json& image = (*multiscales(attributes))[0];
    if (!image.is_object()) throw Error(fmt::format("multiscales[0]: expected an object, found {}", shown(image)));
    const Json& datasets = member(image, "datasets");
    if (!datasets.is_array() || datasets.empty())
        throw Error(fmt::format("multiscales: datasets: expected a list, found {}", shown(datasets)));
    if (level < 0 || static_cast<std::size_t>(level) >= datasets.size())
        throw UsageError(fmt::format("level {}: the image has levels 0 to {}", level, datasets.size() - 1));
    const Json& dataset = datasets[static_cast<std::size_t>(level)];
    if (!dataset.is_object())
        throw Error(fmt::format("multiscales: datasets: expected objects, found {}", shown(dataset)));
    const std::string path = string_of(member(dataset, "path"), "multiscales: datasets: path");
    for (const auto& part : std::filesystem::path(path))
        if (part == ".." || part == "/")
            throw Error(fmt::format("multiscales: datasets: the path \"{}\" leads out of the group", path));
    return {path, image_axes(image, dataset)};
}

Node read_node(const std::string& path) {
    using Kind = Node::Kind;
    const auto parsed = [&](const std::string& file, const std::string& text) {
        return with_context([&] { return file; },
                            [&] {
                                Json json = parse_json(text);
                                if (!json.is_object())
                                    throw Error(fmt::format("expected an object, found {}", shown(json)));
                                return json;
                            });
    };
    const std::string zarr_json = path + "/zarr.json", zattrs = path + "/.zattrs";
    if (const auto text = read_text(zarr_json, max_metadata)) {
        const Json document = parsed(zarr_json, *text);
        return with_context([&] { return zarr_json; },
                            [&]() -> Node {
                                integer_of(member(document, "zarr_format"), "zarr_format", 3, 3);
                                const std::string type = string_of(member(document, "node_type"), "node_type");
                                if (type == "array") return {Kind::array, 3, {}};
                                if (type != "group")
                                    throw Error(fmt::format("node_type: expected array or group, found \"{}\"", type));
                                return {Kind::group, 3, document.value("attributes", Json::object())};
                            });
    }
    if (exists(path + "/.zarray")) return {Kind::array, 2, {}};
    if (!exists(path + "/.zgroup")) return {};
    const auto text = read_text(zattrs, max_metadata);
    return {Kind::group, 2, text ? parsed(zattrs, *text) : Json::object()};
}

namespace {

void collect(const std::string& root, const std::string& prefix, int depth, std::size_t limit,
             std::vector<std::string>& found) {
    std::vector<std::string> names;
    for (const auto& [name, is_folder] : list_folder(root))
        // Zarr reserves "__"; a hidden folder may be the replacement of an array in the making.
        if (is_folder && name.rfind("__", 0) != 0 && name[0] != '.') names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        if (found.size() >= limit) return;
        const Node node = read_node(root + "/" + name);
        if (node.kind == Node::Kind::array || (node.kind == Node::Kind::group && is_image(node.attributes)))
            found.push_back(prefix + name);
        else if (depth > 1) collect(root + "/" + name, prefix + name + "/", depth - 1, limit, found);
    }
}

}  // namespace

std::vector<std::string> list_members(const std::string& path, std::size_t limit) {
    std::vector<std::string> found;
    collect(path, "", 3, limit, found);
    return found;
}

}  // namespace levin::store
