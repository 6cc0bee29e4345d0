#include "levin/store/ome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/metadata.hpp"

namespace levin::store {
namespace {

/// Where the metadata of an image stand: under `ome` since 0.5.
const Json& holder_of(const Json& attributes) {
    const auto ome = attributes.find("ome");
    return ome != attributes.end() && ome->is_object() ? *ome : attributes;
}

/// The list of images, nullptr when there is none.
const Json* multiscales(const Json& attributes) {
    if (!attributes.is_object()) return nullptr;
    const Json& holder = holder_of(attributes);
    const auto found = holder.find("multiscales");
    return found != holder.end() && found->is_array() && !found->empty() ? &*found : nullptr;
}

const Json& first_image(const Json& attributes) {
    const Json& image = (*multiscales(attributes))[0];
    if (!image.is_object()) throw Error(fmt::format("multiscales[0]: expected an object, found {}", shown(image)));
    return image;
}

const Json& datasets_of(const Json& image) {
    const Json& datasets = member(image, "datasets");
    if (!datasets.is_array() || datasets.empty())
        throw Error(fmt::format("multiscales: datasets: expected a list, found {}", shown(datasets)));
    return datasets;
}

/// The numbers of a transformation, one per axis.
std::vector<double> numbers(const Json& transformation, const std::string& type, std::size_t rank) {
    const Json list = transformation.value(type, Json());
    if (!list.is_array() || list.size() != rank ||
        !std::all_of(list.begin(), list.end(), [](const Json& number) { return number.is_number(); }))
        throw Error(fmt::format("multiscales: {}: expected {} numbers, found {}", type, rank, shown(list)));
    return list.get<std::vector<double>>();
}

/// Applies what `owner` says, in its order, to spacing and origin.
void transform(const Json& owner, ImageLevel& level) {
    const auto transformations = owner.find("coordinateTransformations");
    if (transformations == owner.end() || !transformations->is_array()) return;
    for (const Json& transformation : *transformations) {
        if (!transformation.is_object()) continue;
        const Json type = transformation.value("type", Json());
        const bool scale = type == "scale";
        if (!scale && type != "translation") continue;
        const std::vector<double> by = numbers(transformation, scale ? "scale" : "translation", level.axes.size());
        for (std::size_t i = 0; i < by.size(); ++i) {
            if (scale) level.axes[i].spacing *= by[i], level.origin[i] *= by[i];
            else level.origin[i] += by[i];
        }
    }
}

void read_axes(const Json& image, const Json& dataset, ImageLevel& level) {
    const auto found = image.find("axes");
    if (found == image.end()) return;
    if (!found->is_array()) throw Error(fmt::format("multiscales: axes: expected a list, found {}", shown(*found)));
    Axes& axes = level.axes;
    std::vector<bool> has_spacing;
    for (const Json& entry : *found) {
        // 0.3 lists names only, from 0.4 on axes are objects.
        const bool object = entry.is_object();
        axes.push_back({string_of(object ? member(entry, "name") : entry, "multiscales: axes"), 1, {}});
        if (object && entry.contains("unit"))
            axes.back().unit = short_unit(string_of(entry["unit"], "multiscales: axes: unit"));
        has_spacing.push_back(!object || entry.value("type", Json()) != "channel");
    }
    level.origin.assign(axes.size(), 0);
    transform(dataset, level);
    transform(image, level);
    for (std::size_t i = 0; i < axes.size(); ++i)
        // A scale of 1 without a unit is what writers put when they know nothing.
        if (!has_spacing[i] || !(axes[i].spacing > 0) || (axes[i].unit.empty() && axes[i].spacing == 1))
            axes[i].spacing = 0;
}

ImageLevel read_level(const Json& image, const Json& dataset) {
    if (!dataset.is_object())
        throw Error(fmt::format("multiscales: datasets: expected objects, found {}", shown(dataset)));
    ImageLevel level;
    level.path = string_of(member(dataset, "path"), "multiscales: datasets: path");
    for (const auto& part : std::filesystem::path(level.path))
        if (part == ".." || part == "/")
            throw Error(fmt::format("multiscales: datasets: the path \"{}\" leads out of the group", level.path));
    read_axes(image, dataset, level);
    return level;
}

std::string text_or_none(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json object_or_null(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : Json();
}

}  // namespace

bool is_image(const Json& attributes) { return multiscales(attributes) != nullptr; }

ImageLevel image_level(const Json& attributes, int level) {
    const Json& image = first_image(attributes);
    const Json& datasets = datasets_of(image);
    if (level < 0 || static_cast<std::size_t>(level) >= datasets.size())
        throw UsageError(fmt::format("level {}: the image has levels 0 to {}", level, datasets.size() - 1));
    return read_level(image, datasets[static_cast<std::size_t>(level)]);
}

Image read_image(const Json& attributes) {
    const Json& holder = holder_of(attributes);
    const Json& first = first_image(attributes);
    Image image;
    image.version = text_or_none(&holder == &attributes ? first : holder, "version");
    image.name = text_or_none(first, "name");
    for (const Json& dataset : datasets_of(first)) image.levels.push_back(read_level(first, dataset));
    image.omero = object_or_null(holder, "omero");
    image.label = object_or_null(holder, "image-label");
    return image;
}

std::optional<Image> image_at(const std::string& path) {
    const Node node = read_node(path);
    if (node.kind != Node::Kind::group || !is_image(node.attributes)) return std::nullopt;
    return with_context([&] { return path; }, [&] { return read_image(node.attributes); });
}

std::vector<Channel> channels_of(const Json& omero) {
    std::vector<Channel> channels;
    const Json list = omero.is_object() ? omero.value("channels", Json()) : Json();
    if (!list.is_array()) return channels;
    for (const Json& entry : list) {
        Channel& channel = channels.emplace_back();
        if (!entry.is_object()) continue;
        channel.label = text_or_none(entry, "label");
        channel.color = text_or_none(entry, "color");
        const Json window = object_or_null(entry, "window");
        if (window.is_null()) continue;
        const Json start = window.value("start", Json()), end = window.value("end", Json());
        if (start.is_number() && end.is_number()) channel.window = {start.get<double>(), end.get<double>()};
    }
    return channels;
}

std::vector<std::string> list_labels(const std::string& path) {
    const Node node = read_node(path + "/labels");
    std::vector<std::string> names;
    if (node.kind != Node::Kind::group || !node.attributes.is_object()) return names;
    const Json list = holder_of(node.attributes).value("labels", Json());
    if (!list.is_array()) return names;
    for (const Json& name : list)
        if (name.is_string()) names.push_back(name.get<std::string>());
    return names;
}

}  // namespace levin::store
