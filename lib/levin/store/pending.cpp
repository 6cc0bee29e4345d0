#include "levin/store/pending.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/remote/client.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"
#include "levin/store/parts.hpp"
#include "levin/store/rounds.hpp"

namespace levin::store {
namespace {

namespace fs = std::filesystem;

using Clock = std::chrono::steady_clock;

constexpr std::string_view journal_prefix = "journal.";

/// The sets of files that make a store visible; the last of each is the one that counts.
constexpr std::initializer_list<std::initializer_list<const char*>> layouts = {
    {"zarr.json"}, {".zattrs", ".zarray"}, {".zattrs", ".zgroup"}};

Documents documents_in(const std::string& folder) {
    for (const auto& layout : layouts) {
        const char* last = *(layout.end() - 1);
        const std::string file = fmt::format("{}/{}", folder, last);
        // A file may be in the place of the folder. At a URL reading says as much as looking does, and both are
        // requests.
        if (!remote::is_url(folder) && !exists(file)) continue;
        const auto text = read_text(file, max_metadata);
        if (!text) continue;
        Documents documents;
        for (const char* name : layout)
            documents.push_back({name, name == last
                                           ? *text
                                           : read_text(fmt::format("{}/{}", folder, name), max_metadata).value_or("")});
        return documents;
    }
    return {};
}

Json parsed(const Documents& documents) {
    Json json = Json::object();
    for (const Document& document : documents)
        if (!document.text.empty()) json[document.name] = parse_json(document.text);
    return json;
}

void compare(const std::string& where, const Json& there, const Json& requested, std::string& text) {
    if (there == requested) return;
    // Numbers are easiest to compare in whole lists; of codecs and the steps of a history only what differs is told.
    const bool steps = there.is_array() && requested.is_array() && there.size() == requested.size() && !there.empty() &&
                       there[0].is_object();
    if (steps) {
        for (std::size_t i = 0; i < there.size(); ++i)
            compare(fmt::format("{}[{}]", where, i), there[i], requested[i], text);
        return;
    }
    if (!there.is_object() || !requested.is_object()) {
        if (!text.empty()) text += "; ";
        text += fmt::format("{} is {} there and {} in this request", where, shown(there), shown(requested));
        return;
    }
    const auto below = [&](const std::string& key) { return where.empty() ? key : where + "." + key; };
    for (const auto& item : there.items())
        compare(below(item.key()), item.value(), requested.value(item.key(), Json()), text);
    for (const auto& item : requested.items())
        if (!there.contains(item.key())) compare(below(item.key()), Json(), item.value(), text);
}

std::vector<fs::path> partial_files(const std::string& store, bool deep) {
    std::vector<fs::path> partial;
    if (remote::is_url(store)) return partial;
    std::error_code ignored;
    for (fs::recursive_directory_iterator entry(store, ignored), end; entry != end; entry.increment(ignored)) {
        if (entry->path().filename().string().rfind(partial_prefix, 0) == 0) partial.push_back(entry->path());
        if (!deep) entry.disable_recursion_pending();
    }
    return partial;
}

Index units_of(const Metadata& metadata) { return Grid(metadata.shape, metadata.chunks).size(); }

/// Calls visit(unit) for every whole line "done UNIT" of a journal.
template <class Visit>
void for_each_done(const std::string& text, Visit visit) {
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
        const std::string_view line(text.data() + begin, end - begin);
        if (line.substr(0, 5) != "done ") continue;
        Index unit = -1;
        const char* stop = line.data() + line.size();
        if (std::from_chars(line.data() + 5, stop, unit).ptr == stop) visit(unit);
    }
}

}  // namespace

Documents pending_documents(const std::string& store) {
    return documents_in(fmt::format("{}/{}", store, pending_folder));
}
Documents visible_documents(const std::string& store) { return documents_in(store); }

bool is_published(const std::string& store) {
    return std::any_of(layouts.begin(), layouts.end(),
                       [&](const auto& layout) { return exists(fmt::format("{}/{}", store, *(layout.end() - 1))); });
}

bool is_last_document(const std::string& file_name) {
    return std::any_of(layouts.begin(), layouts.end(),
                       [&](const auto& layout) { return *(layout.end() - 1) == file_name; });
}

bool is_journal(const std::string& file_name) { return file_name.rfind(journal_prefix, 0) == 0; }

std::optional<Metadata> metadata_of(const Documents& documents) {
    if (documents.empty() || documents.back().name == ".zgroup") return std::nullopt;
    if (documents.back().name == ".zarray") return parse_metadata_v2(documents.back().text, documents.front().text);
    const Json document = parse_json(documents.back().text);
    if (document.is_object() && document.value("node_type", Json()) == "group") return std::nullopt;
    return parse_metadata_v3(documents.back().text);
}

std::string difference(const Documents& there, const Documents& requested) {
    std::string text;
    if (there.back().name == requested.back().name) compare("", parsed(there), parsed(requested), text);
    else
        text =
            fmt::format("the metadata are {} there and {} in this request", there.back().name, requested.back().name);
    return text;
}

std::vector<bool> read_journals(const std::string& store, Index units) {
    if (units > max_units)
        throw Error(fmt::format("{} has {} chunks, more than the {} a journal keeps", store, units, max_units));
    std::vector<bool> done(static_cast<std::size_t>(units));
    const std::string folder = fmt::format("{}/{}", store, pending_folder);
    for (const auto& [name, is_folder] : list_folder(folder)) {
        if (!is_journal(name)) continue;
        const auto text = read_text(folder + "/" + name, std::numeric_limits<std::uint64_t>::max());
        for_each_done(text.value_or(""), [&](Index unit) {
            if (unit >= 0 && unit < units) done[static_cast<std::size_t>(unit)] = true;
        });
    }
    return done;
}

void Journal::close() {
    try {
        const remote::Unstoppable to_the_end;
        flush();
    } catch (const Error&) {  // what it would have said is done again
        unflushed_ = false;
    }
    if (descriptor_ < 0) return;
    ::close(std::exchange(descriptor_, -1));
    // The process ends in order, without a unit: it leaves no partial file either.
    if (empty_) unlinkat(store_.descriptor(), key_.c_str(), 0);
}

void Journal::open() {
    if (descriptor_ >= 0 || !key_.empty()) return;
    key_ = fmt::format("{}/{}{}", pending_folder, journal_prefix, unique_name());
    if (store_.is_remote()) {
        flushed_ = Clock::now();
        return;
    }
    constexpr int how = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC;
    descriptor_ = openat(store_.descriptor(), key_.c_str(), how, 0666);
    if (descriptor_ < 0) fail("create", errno);
    if (fsync_) sync_directory(store_, pending_folder);
}

void Journal::fail(const char* doing, int errno_value) const {
    throw_system_error(fmt::format("cannot {} {}/{}", doing, store_.path(), key_), errno_value);
}

void Journal::append(Index unit) {
    open();
    const std::string line = fmt::format("done {}\n", unit);
    if (store_.is_remote()) {
        text_ += line;
        unflushed_ = true;
        if (Clock::now() - flushed_ >= std::chrono::seconds(flush_seconds)) flush();
        return;
    }
    ssize_t count;
    do count = ::write(descriptor_, line.data(), line.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) fail("write", errno);
    if (static_cast<std::size_t>(count) != line.size()) fail("write", ENOSPC);
    empty_ = false;
    if (fsync_ && ::fsync(descriptor_) != 0) fail("sync", errno);
}

void Journal::flush() {
    if (!unflushed_) return;
    write_file(store_, key_, text_, fsync_);
    unflushed_ = false;
    flushed_ = Clock::now();
}

void write_pending(const Folder& store, const Documents& documents, bool fsync) {
    for (const Document& document : documents)
        write_file(store, fmt::format("{}/{}", pending_folder, document.name), document.text, fsync);
}

void publish_documents(const Folder& store, const Documents& documents, bool fsync) {
    for (const Document& document : documents) {
        // A part that ends a moment after the one that published must not write again: who reads by now would take that
        // for another store.
        if (exists(store, document.name)) continue;
        write_file(store, document.name, document.text, fsync);
    }
}

void clean(const std::string& store) {
    std::error_code ignored;
    const std::string folder = fmt::format("{}/{}", store, pending_folder);
    if (remote::is_url(store)) return remove_folder(folder);
    std::size_t journals = 0;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        journals += is_journal(entry.path().filename().string());
    // More than one journal: the work was interrupted or shared, and whoever was killed may have left a partial file
    // anywhere. One: at most that of the metadata, when it was killed as it published.
    for (const fs::path& path : partial_files(store, journals != 1)) fs::remove(path, ignored);
    // Parts that end together disturb one another here, by what one removes first or still adds.
    for (int tries = 0; tries < 100 && fs::exists(folder, ignored); ++tries) {
        fs::remove_all(folder, ignored);
        if (tries > 0) usleep(1000);
    }
}

Index remove_partial_files(const std::string& path) {
    std::error_code error;
    Index removed = 0;
    for (const fs::path& file : partial_files(path, true)) removed += fs::remove(file, error);
    if (error) throw_system_error(fmt::format("cannot clean {}", path), error.value());
    return removed;
}

namespace {

/// The tool that began the store, by the last step of its history.
std::string tool_of(const Json& attributes) {
    const Json::json_pointer place("/levin/history");
    const Json history = attributes.contains(place) ? attributes.at(place) : Json();
    if (!history.is_array() || history.empty() || !history.back().is_object()) return "";
    const Json tool = history.back().value("tool", Json());
    return tool.is_string() ? tool.get<std::string>() : "";
}

PendingState array_state(const std::string& path, const Metadata& metadata) {
    PendingState state;
    state.total = units_of(metadata);
    const std::vector<bool> done = read_journals(path, state.total);
    state.done = std::count(done.begin(), done.end(), true);
    const std::vector<Region> parts = read_parts(path);
    state.parts = static_cast<Index>(parts.size());
    state.missing = missing_parts(parts, Grid(metadata.shape, metadata.chunks), done);
    state.tool = tool_of(parse_json(metadata.attributes));
    return state;
}

PendingState group_state(const std::string& path, const Json& documents) {
    PendingState state;
    for (const auto& [name, is_folder] : list_folder(path)) {
        const std::string child = path + "/" + name;
        if (!is_folder || name == pending_folder) continue;
        if (const auto below = pending_state(child)) {
            state.done += below->done;
            state.total += below->total;
            state.parts = std::max(state.parts, below->parts);
            std::vector<Index> both;
            std::set_union(state.missing.begin(), state.missing.end(), below->missing.begin(), below->missing.end(),
                           std::back_inserter(both));
            state.missing = both;
        } else if (const auto finished = metadata_of(visible_documents(child))) {
            state.done += units_of(*finished);
            state.total += units_of(*finished);
        }
    }
    const Rounds rounds(path, false);
    if ((state.round = rounds.newest())) {
        state.parts = rounds.parts(*state.round);
        state.missing = rounds.missing(*state.round);
    }
    state.tool = tool_of(documents.contains("zarr.json") ? documents["zarr.json"].value("attributes", Json::object())
                                                         : documents.value(".zattrs", Json::object()));
    return state;
}

}  // namespace

std::string partial_results_of(const std::string& path) { return fmt::format("{}/{}/partial", path, pending_folder); }

std::optional<PendingState> pending_state(const std::string& path) {
    if (is_published(path)) return std::nullopt;
    const Documents documents = pending_documents(path);
    if (documents.empty()) return std::nullopt;
    return with_context([&] { return fmt::format("{}/{}", path, pending_folder); },
                        [&] {
                            const auto metadata = metadata_of(documents);
                            PendingState state =
                                metadata ? array_state(path, *metadata) : group_state(path, parsed(documents));
                            const std::string partial = partial_results_of(path);
                            if (const auto results = pending_state(partial)) {
                                state.done = results->done, state.total = results->total;
                                state.parts = results->parts, state.missing = results->missing;
                                state.foldable = state.done == state.total;
                            } else {
                                state.foldable = is_published(partial) && state.done < state.total;
                            }
                            return state;
                        });
}

}  // namespace levin::store
