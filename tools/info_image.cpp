// Images with levels, labels and channels, in words.
#include "info_image.hpp"

#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/array.hpp"
#include "levin/store/group.hpp"
#include "levin/store/ome.hpp"

namespace levin::tool {
namespace {

using Json = nlohmann::ordered_json;

std::string levels_in_words(const store::Image& image) {
    return fmt::format("{} level{}", image.levels.size(), image.levels.size() == 1 ? "" : "s");
}

formats::Dataset dataset(const std::string& name, const store::Array& array, const std::string& note) {
    const ArrayInfo& info = array.info();
    return {name, info.shape, std::string(name_of(info.dtype)), note};
}

}  // namespace

std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
    return text;
}

Json describe_image(const engine::StoreName& name) {
    const auto image = store::image_at(name.path);
    if (!image) return {};
    Json levels = Json::array(), channels = Json::array();
    for (std::size_t k = 0; k < image->levels.size(); ++k) {
        const auto array = store::Array::open(name.path, {static_cast<int>(k), false});
        levels.push_back({{"path", image->levels[k].path}, {"shape", array->info().shape}});
    }
    for (const store::Channel& channel : store::channels_of(image->omero)) {
        channels.push_back({{"label", channel.label}, {"color", channel.color}});
        if (channel.window) channels.back()["window"] = {channel.window->first, channel.window->second};
    }
    return {{"version", image->version},
            {"name", image->name},
            {"level", name.level},
            {"is_label", !image->label.is_null()},
            {"levels", levels},
            {"channels", channels},
            {"labels", store::list_labels(name.path)}};
}

std::vector<std::pair<std::string, std::string>> lines_of_image(const Json& image) {
    std::vector<std::pair<std::string, std::string>> lines;
    const auto add = [&](const char* heading, const std::string& text) {
        lines.emplace_back(heading, printable(text));
    };
    const auto text = [](const Json& object, const char* key) { return object[key].get<std::string>(); };
    const std::string name = text(image, "name"), version = text(image, "version");
    add(image["is_label"] ? "labels" : "image",
        fmt::format("OME-Zarr{}{}{}, level {} of {}", version.empty() ? "" : " ", version,
                    name.empty() ? "" : fmt::format(" '{}'", name), image["level"].get<int>(), image["levels"].size()));
    for (std::size_t k = 0; image["levels"].size() > 1 && k < image["levels"].size(); ++k)
        add(k == 0 ? "levels" : "", fmt::format("{}: {}", k, to_string(image["levels"][k]["shape"].get<Dims>())));
    for (std::size_t c = 0; c < image["channels"].size(); ++c) {
        const Json& channel = image["channels"][c];
        const std::string color = text(channel, "color"), label = text(channel, "label");
        std::string line = fmt::format("{}: {}{}{}", c, label, color.empty() ? "" : " #", color);
        if (channel.contains("window"))
            line += fmt::format(", {} to {}", channel["window"][0].get<double>(), channel["window"][1].get<double>());
        add(c == 0 ? "channels" : "", line);
    }
    std::string labels;
    for (const Json& label : image["labels"]) labels += (labels.empty() ? "" : ", ") + label.get<std::string>();
    if (!labels.empty()) add("labels", labels);
    return lines;
}

std::vector<formats::Dataset> list_store(const std::string& path) {
    std::vector<formats::Dataset> list;
    const auto add_image = [&](const std::string& name, const std::string& kind) {
        const auto image = store::image_at(path + "/" + name);
        list.push_back(dataset(name, *store::Array::open(path + "/" + name),
                               image ? fmt::format("{}, {}", kind, levels_in_words(*image)) : ""));
    };
    if (const auto image = store::image_at(path)) {
        for (std::size_t k = 0; k < image->levels.size(); ++k)
            list.push_back(dataset(image->levels[k].path, *store::Array::open(path, {static_cast<int>(k), false}),
                                   fmt::format("level {} of the image", k)));
        for (const std::string& label : store::list_labels(path)) add_image("labels/" + label, "label image");
        return list;
    }
    if (store::read_node(path).kind != store::Node::Kind::group)
        throw UsageError(fmt::format("{}: a Zarr array is one array; there is nothing to choose from", path));
    for (const std::string& member : store::list_members(path, 10000)) add_image(member, "image");
    return list;
}

}  // namespace levin::tool
