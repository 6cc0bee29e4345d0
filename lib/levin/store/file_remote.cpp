#include "levin/store/file_remote.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <map>
#include <mutex>

#include "levin/core/error.hpp"
#include "levin/remote/object.hpp"
#include "levin/remote/url.hpp"

namespace levin::store {
namespace {

/// Metadata that have been seen. Opening a store looks at them from several places, and they stay what they are once
/// they are visible; that they are not there is asked again each time, for others may be about to put them.
class SeenDocuments {
  public:
    std::optional<std::string> find(const std::string& url) {
        const std::lock_guard lock(guard_);
        const auto found = texts_.find(url);
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    }
    void keep(const std::string& url, const std::string& text) {
        const std::lock_guard lock(guard_);
        if (text.size() <= most_ - std::min(held_, most_) && texts_.emplace(url, text).second) held_ += text.size();
    }

  private:
    static constexpr std::size_t most_ = std::size_t{4} << 20;
    std::mutex guard_;
    std::map<std::string, std::string> texts_;
    std::size_t held_ = 0;
};

SeenDocuments& seen() {
    static SeenDocuments documents;
    return documents;
}

bool is_document(const std::string& url) {
    const std::string name = url.substr(url.rfind('/') + 1);
    return name == "zarr.json" || name == ".zarray" || name == ".zgroup" || name == ".zattrs" ||
           name == "attributes.json";
}

/// Those that wait in __levin go, and come again for another store.
bool stays(const std::string& url) { return is_document(url) && url.find("/__levin/") == url.npos; }

}  // namespace

std::optional<std::string> remote_text(const std::string& url, std::uint64_t limit) {
    const bool keeps = stays(url);
    if (keeps)
        if (auto text = seen().find(url)) return text;
    const auto object = remote::Object::open(url, {remote::Opening::What::whole, limit});
    if (!object) return std::nullopt;
    if (object->state().size > limit)
        throw Error(fmt::format("{} has {} bytes, more than the {} that make sense", url, object->state().size, limit));
    const Bytes bytes = object->whole();
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (keeps) seen().keep(url, text);
    return text;
}

bool remote_exists(const std::string& url) {
    constexpr std::uint64_t small = std::uint64_t{1} << 20;
    if (!stays(url)) {
        if (remote::look(url)) return true;
        // What keys begin with is there too.
        return !is_document(url) && remote::parse_url(url).is_store() && !remote::list(url, true, 1).empty();
    }
    if (seen().find(url)) return true;
    const auto object = remote::Object::open(url, {remote::Opening::What::whole, small});
    if (!object) return false;
    if (object->state().size <= small) {
        const Bytes bytes = object->whole();
        seen().keep(url, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    return true;
}

std::optional<FileState> remote_state(const std::string& url) {
    const auto state = remote::look(url);
    if (!state) return std::nullopt;
    return FileState{std::hash<std::string>()(state->tag), state->size, state->modified, 0};
}

std::vector<FolderEntry> remote_folder(const std::string& url) {
    std::vector<FolderEntry> entries;
    for (remote::Entry& each : remote::list(url, false, std::numeric_limits<std::size_t>::max()))
        entries.push_back({std::move(each.name), each.folder});
    return entries;
}

}  // namespace levin::store
