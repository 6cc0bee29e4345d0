#include "levin/store/group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/store/json.hpp"
#include "levin/store/ome.hpp"

namespace levin::store {

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

void write_group_attributes(const std::string& path, int zarr_format, const Json& attributes, bool fsync) {
    const auto write = [&](const std::string& name, const Json& document) {
        write_file(fmt::format("{}/{}", path, name),
                   document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", fsync);
    };
    if (zarr_format == 3) {
        const auto text = read_text(path + "/zarr.json", max_metadata);
        Json document = text ? parse_json(*text) : Json{{"zarr_format", 3}, {"node_type", "group"}};
        document["attributes"] = attributes;
        document.erase("consolidated_metadata");
        return write("zarr.json", document);
    }
    std::error_code ignored;
    std::filesystem::remove(path + "/.zmetadata", ignored);
    write(".zattrs", attributes);
    if (!exists(path + "/.zgroup")) write(".zgroup", {{"zarr_format", 2}});
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
