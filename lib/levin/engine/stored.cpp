#include "levin/engine/stored.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/formats/format.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/array.hpp"
#include "levin/store/file.hpp"
#include "levin/store/group.hpp"
#include "levin/store/n5.hpp"
#include "levin/store/ome.hpp"

namespace levin::engine {
namespace {

std::optional<StoreName> whole(const std::string& path, int level) {
    if (store::is_store(path)) return StoreName{path, level, false};
    if (store::is_n5(path)) return StoreName{path, level, true};
    return std::nullopt;
}

std::optional<int> number_of(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional(number)
                                                                                   : std::nullopt;
}

/// An array that is a level of the image in whose group it lies, as that: the image knows axes, units and spacing,
/// which the arrays of other programs do not.
StoreName as_level(const StoreName& name) {
    const std::filesystem::path array = name.path;
    const std::string group = array.parent_path().string();
    if (name.is_n5 || name.level != 0 || store::read_node(name.path).kind != store::Node::Kind::array) return name;
    const auto image = store::image_at(group);
    for (std::size_t k = 0; image && k < image->levels.size(); ++k)
        if (image->levels[k].path == array.filename()) return {group, static_cast<int>(k), false};
    return name;
}

}  // namespace

std::optional<StoreName> store_named(const std::string& input, int level) {
    const bool url = remote::is_url(input);
    const std::size_t mark = remote::find_member(input);
    // Every look at a server costs time: a file's extension says that it is one, and no key is named like "a::b".
    if (url && formats::by_extension(input.substr(0, mark))) return std::nullopt;
    if (!url || mark == input.npos)
        if (const auto found = whole(input, level)) return found;
    if (mark == input.npos) return std::nullopt;
    const std::string path = input.substr(0, mark), member = input.substr(mark + 2);
    const auto outer = whole(path, level);
    if (!outer) return std::nullopt;
    const std::size_t begin = member.find_first_not_of('/');
    if (begin == member.npos)
        throw UsageError(fmt::format("{}: nothing follows '::'; name the array meant, or leave '::' out", input));
    if (const auto inner = whole(path + "/" + member.substr(begin), level)) return as_level(*inner);
    if (const auto number = number_of(member); number && !outer->is_n5) {
        if (level != 0) throw UsageError(fmt::format("--level {}: {} says the level already", level, input));
        return StoreName{path, *number, false};
    }
    throw Error(fmt::format("{}: no array or group '{}' in {}", input, member, path));
}

Source open_store(const StoreName& name, bool missing_is_error) {
    if (!name.is_n5) return store::Array::open(name.path, {name.level, missing_is_error});
    if (name.level != 0) throw UsageError(fmt::format("--level {}: {} is N5, which has none", name.level, name.path));
    return store::open_n5(name.path, missing_is_error);
}

std::vector<std::string> metadata_files(const StoreName& name) {
    std::vector<std::string> files;
    if (name.is_n5) return {name.path + "/attributes.json"};
    if (remote::is_url(name.path)) {
        // What has been read of it. A file that is not there costs a request too, before and after.
        if (store::exists(name.path + "/zarr.json")) return {name.path + "/zarr.json"};
        files.push_back(name.path + (store::exists(name.path + "/.zarray") ? "/.zarray" : "/.zgroup"));
        files.push_back(name.path + "/.zattrs");
        return files;
    }
    for (const char* file : {"zarr.json", ".zarray", ".zgroup", ".zattrs"}) files.push_back(name.path + "/" + file);
    return files;
}

}  // namespace levin::engine
