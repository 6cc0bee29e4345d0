#include "levin/store/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/remote/object.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/group.hpp"
#include "levin/store/json.hpp"

namespace levin::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* inputs_key = "__levin/inputs.json";

enum class State { missing, empty, pending, complete, foreign };

bool has_objects(const std::string& url) { return !remote::list(url, true, 1).empty(); }

bool has_pending_folder(const std::string& store) {
    const std::string folder = fmt::format("{}/{}", store, pending_folder);
    return remote::is_url(store) ? has_objects(folder) : exists(folder);
}

State state_of(const std::string& path) {
    if (remote::is_url(path)) {
        if (is_published(path)) return State::complete;
        return has_pending_folder(path) ? State::pending : has_objects(path) ? State::foreign : State::missing;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return State::missing;
        throw_system_error(fmt::format("cannot open {}", path), errno);
    }
    if (!S_ISDIR(status.st_mode)) return State::foreign;
    if (is_published(path)) return State::complete;
    if (has_pending_folder(path)) return State::pending;
    // Another part may move it away, or fill it, between two looks; and where names are cached, the listing is the one
    // that knows.
    std::error_code error;
    State state = State::empty;
    bool listed_document = false;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
        if (entry->path().filename() == pending_folder) return State::pending;
        listed_document = listed_document || is_last_document(entry->path().filename().string());
        state = State::foreign;
    }
    if (error == std::errc::no_such_file_or_directory) return State::missing;
    if (error) throw_system_error(fmt::format("cannot read {}", path), error.value());
    if (is_published(path)) return State::complete;
    if (listed_document)
        throw TransientError(
            fmt::format("{} is not seen whole yet: file systems show late what other nodes wrote", path));
    return state;
}

/// Complete, but not yet in its place: a replaced store, waiting for its removal, has no pending folder.
bool awaits_swap(const std::string& store) { return is_published(store) && has_pending_folder(store); }

/// Without slashes at its end; resolved when the last part is no proper name, so that a hidden neighbour can be named.
std::string normalised(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path.empty()) throw UsageError("the output's path is empty");
    if (remote::is_url(path)) {
        const remote::Url url = remote::parse_url(path);
        if (!url.is_store()) throw UsageError(fmt::format("{} is for input only; write to s3:// or swift://", path));
        if (url.path.empty())
            throw UsageError(fmt::format("{}: a store needs a name in the bucket, such as {}/a.zarr", path, path));
        return path;
    }
    const std::string last = fs::path(path).filename().string();
    std::error_code ignored;
    if (last == "." || last == ".." || fs::is_symlink(path, ignored)) return fs::weakly_canonical(path).string();
    return path;
}

}  // namespace

Neighbours::Neighbours(const std::string& path) {
    if (remote::is_url(path)) return;
    const std::string whole = normalised(path), name = whole.substr(whole.rfind('/') + 1);
    const std::string folder = whole.substr(0, whole.size() - name.size());
    fresh = fmt::format("{}.levin-new.{}", folder, name);
    old = fmt::format("{}.levin-old.{}", folder, name);
}

bool is_growing(const std::string& folder) {
    if (folder.empty()) return false;
    return has_pending_folder(folder) || (exists(folder) && !is_published(folder));
}

std::string place_of_work(const std::string& path) {
    const std::string fresh = Neighbours(path).fresh;
    return is_growing(fresh) ? fresh : path;
}

void remove_old_neighbours(const std::string& path) {
    if (remote::is_url(path) || !is_published(path)) return;
    if (has_pending_folder(path)) clean(path);
    const Neighbours beside(path);
    std::error_code error;
    if (exists(beside.fresh) && !is_growing(beside.fresh)) fs::remove_all(beside.fresh, error);
    if (!error) fs::remove_all(beside.old, error);
    if (error) throw_system_error(fmt::format("cannot clean up beside {}", path), error.value());
}

Output::Output(const std::string& path, Documents documents, const WriteOptions& options)
    : path_(normalised(path)),
      documents_(std::move(documents)),
      inputs_(options.inputs),
      fsync_(options.fsync),
      shared_(options.shared),
      member_(options.member) {
    const Neighbours beside(path_);
    fresh_ = beside.fresh;
    old_ = beside.old;
    const bool joins = options.resume || options.shared;
    if ((options.force || joins) && !fresh_.empty()) recover();
    const State state = state_of(path_);
    if (state == State::foreign)
        throw Error(fmt::format(
            "{} exists and is not a Zarr store, so it is not replaced; choose another output or remove it", path));
    if (joins) {
        resume();
    } else if (state == State::missing || state == State::empty) {
        create(path_, true);
    } else if (remote::is_url(path_)) {
        throw Error(
            fmt::format("{} {}remove it first, or choose another output: in a bucket nothing can exchange two "
                        "stores, so none is replaced",
                        path_, state == State::complete ? "exists; " : "is not finished; go on with --resume, "));
    } else if (options.force) {
        replace();
    } else if (state == State::complete) {
        throw Error(fmt::format("{} exists; use --force to replace it", path));
    } else {
        const PendingState pending = pending_state(path_).value_or(PendingState{});
        throw Error(
            fmt::format("{} is not finished: {} of {} chunks are done; use --resume to go on or --force to start again",
                        path, pending.done, pending.total));
    }
}

Output::~Output() {
    if (std::uncaught_exceptions() > exceptions_) abandon();
}

/// Takes away what this run created, unless units or journals are in it.
void Output::abandon() {
    if (!created_ || publishing_ || shared_ || !folder_->is_at(store_)) return;
    if (folder_->is_remote()) return abandon_objects();
    std::error_code error;
    const fs::path waiting = fs::path(store_) / pending_folder;
    for (fs::recursive_directory_iterator entry(store_, error), end; !error && entry != end; entry.increment(error)) {
        const bool document = entry->path().parent_path() == waiting && !is_journal(entry->path().filename().string());
        if (!document && !entry->is_directory(error)) return;
    }
    if (!error) fs::remove_all(store_, error);
}

/// Brings an interrupted replacement into one of the states that the rest knows.
void Output::recover() {
    if (state_of(path_) == State::missing) {
        if (awaits_swap(fresh_)) {
            if (renamed(fresh_, path_)) clean(path_);
        } else if (exists(old_) && is_published(old_)) {
            renamed(old_, path_);
        }
    }
    if (state_of(path_) == State::missing) return;
    if (exists(fresh_) && !is_growing(fresh_)) remove(fresh_);
    if (exists(old_)) remove(old_);
}

void Output::resume() {
    resumed_ = true;
    while (!resume_at(is_growing(fresh_) ? fresh_ : path_)) {
    }
}

/// False when another part has brought the store that grew at `store` to its place, between two looks.
bool Output::resume_at(const std::string& store) {
    store_ = store;
    const auto moved = [&] { return store == fresh_ && !is_growing(fresh_); };
    const State state = state_of(store);
    const Documents there = state == State::complete ? visible_documents(store) : pending_documents(store);
    if (moved()) return false;
    if (there.empty()) {
        // Was it replaced, or begun by a run that was killed before it came to anything?
        if (difference_from_visible() != "") return create(store, false), true;
        if (!shared_ && store == fresh_) remove(fresh_);
        store_ = path_;
        folder_.emplace(store_);
        was_complete_ = true;
        return true;
    }
    if (const std::string what = difference(there, documents_); !what.empty()) {
        if (moved()) return false;
        throw Error(fmt::format(
            "{} was begun by another request: {}; repeat that request, or use --force to start again", store, what));
    }
    try {
        folder_.emplace(store);
    } catch (const Error&) {
        if (moved()) return false;
        throw;
    }
    if (moved() || !folder_->is_at(store)) return false;  // what was opened may be the old store, on its way out
    was_complete_ = state == State::complete;
    if (!was_complete_ && folder_->is_remote()) put_mark();
    if (!was_complete_) check_inputs();
    else if (store_ == fresh_) swap();
    else if (has_pending_folder(path_)) clean(path_);
    return true;
}

std::string Output::difference_from_visible() const {
    const Documents there = visible_documents(path_);
    return there.empty() ? "nothing is there" : difference(there, documents_);
}

/// The folder of a group is not made again by what comes into it: it has been renamed, and a new one would be nobody's.
void Output::make_folder() const {
    if (!member_) return make_directories(store_, fsync_);
    if (mkdir(store_.c_str(), 0777) == 0) {
        if (fsync_) sync_directory(parent_of(store_));
    } else if (errno != EEXIST) {
        throw_system_error(fmt::format("cannot make the folder {}", store_), errno);
    }
}

void Output::create(const std::string& store, bool exclusive) {
    store_ = store;
    created_ = begin_folder(store, exclusive);
    try {
        // First, so that it is there when the store shows itself as begun.
        if (!inputs_.empty()) write_file(*folder_, inputs_key, inputs_, fsync_);
        write_pending(*folder_, documents_, fsync_);
    } catch (...) {
        check_place();
        abandon();  // no destructor runs for what is not constructed
        throw;
    }
    // Two different requests may have met here; both look at what came out.
    const Documents there = pending_documents(store);
    if (there.empty()) check_place();
    if (const std::string what = there.empty() ? "it is gone" : difference(there, documents_); !what.empty())
        throw Error(fmt::format("{} is being made by another request too: {}", store, what));
    check_inputs();
}

/// Opens the folder in which the store will grow. True when this run has begun it; where another has, it is refused as
/// `exclusive`, or joined.
bool Output::begin_folder(const std::string& store, bool exclusive) {
    const auto refuse = [this] {
        throw Error(fmt::format("{} is being made by another run; wait for it, or choose another output", path_));
    };
    if (remote::is_url(store)) {
        folder_.emplace(store);
        const bool begun = put_mark();
        if (begun || !exclusive) return begun;
        remove_file(*folder_, mark_);
        refuse();
    }
    make_folder();
    for (int tries = 0; !folder_; ++tries) {
        try {
            folder_.emplace(store);
        } catch (const Error&) {
            if (tries == 10) throw;
            make_folder();  // a run that begins anew has taken it away
        }
    }
    const bool begun = mkdirat(folder_->descriptor(), pending_folder, 0777) == 0;
    if (!begun && (errno == ENOENT || (exclusive && errno == EEXIST))) refuse();
    if (!begun && errno != EEXIST)
        throw_system_error(fmt::format("cannot make the folder {}/{}", store, pending_folder), errno);
    return begun;
}

/// Units of two states of an input would be a mixture.
void Output::check_inputs() const {
    const auto there = read_text(fmt::format("{}/{}", store_, inputs_key), max_metadata);
    if (!there || inputs_.empty()) return;
    const Json before = parse_json(*there), now = parse_json(inputs_);
    for (const auto& input : now.items())
        if (before.value(input.key(), Json()) != input.value())
            throw Error(
                fmt::format("{} was begun with another {}: that input has been replaced since; use --force to start "
                            "again",
                            store_, input.key()));
}

void Output::replace() {
    if (!is_published(path_)) {  // nobody's data yet
        remove(path_);
        return create(path_, true);
    }
    const bool is_array = metadata_of(documents_).has_value();
    const auto there = with_context([&] { return path_; }, [&] { return metadata_of(visible_documents(path_)); });
    if (there.has_value() != is_array)
        throw Error(fmt::format("{} is a Zarr {}, which an {} does not replace; choose another output or remove it",
                                path_, is_array ? "group" : "array",
                                is_array ? "array" : "output with several arrays"));
    if (has_pending_folder(path_)) clean(path_);
    if (exists(fresh_)) remove(fresh_);
    create(fresh_, true);
}

bool Output::finished_elsewhere() const {
    return is_published(path_) && (store_ == path_ || !is_growing(store_)) && difference_from_visible() == "";
}

void Output::check_place() const {
    if (folder_->is_remote()) return check_mark_at_times();
    for (int looks = 0; looks < 20; ++looks) {
        if (folder_->is_at(store_) || (store_ != path_ && folder_->is_at(path_))) return;
        if (store_ == path_) break;
        usleep(1000);  // looked at as it moved from one to the other?
    }
    throw Error(fmt::format(
        "{} lies in its place no more: another run has begun there anew, or somebody has removed it; this one stops",
        store_));
}

void Output::publish() {
    check_place();
    if (folder_->is_remote()) check_mark();
    publishing_ = true;
    publish_documents(*folder_, documents_, fsync_);
    if (store_ == fresh_) swap();
    else clean(path_);
}

}  // namespace levin::store
