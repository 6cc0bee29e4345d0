#include "levin/store/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "levin/core/error.hpp"

namespace levin::store {
namespace {

namespace fs = std::filesystem;

enum class State { missing, empty, pending, complete, foreign };

bool has_pending_folder(const std::string& store) { return exists(fmt::format("{}/{}", store, pending_folder)); }

State state_of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return State::missing;
        throw_system_error(fmt::format("cannot open {}", path), errno);
    }
    if (!S_ISDIR(status.st_mode)) return State::foreign;
    if (is_published(path)) return State::complete;
    if (has_pending_folder(path)) return State::pending;
    std::error_code error;
    const bool empty = fs::is_empty(path, error);
    if (error) throw_system_error(fmt::format("cannot read {}", path), error.value());
    return empty ? State::empty : State::foreign;
}

/// Complete, but not yet in its place: a replaced store, waiting for its removal, has no pending folder.
bool awaits_swap(const std::string& store) { return is_published(store) && has_pending_folder(store); }

void rename(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0)
        throw_system_error(fmt::format("cannot rename {} to {}", from, to), errno);
}

/// Without slashes at its end; resolved when the last part is no proper name, so that a hidden neighbour can be named.
std::string normalised(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path.empty()) throw UsageError("the output's path is empty");
    const std::string last = fs::path(path).filename().string();
    std::error_code ignored;
    if (last == "." || last == ".." || fs::is_symlink(path, ignored)) return fs::weakly_canonical(path).string();
    return path;
}

}  // namespace

Output::Output(const std::string& path, Documents documents, const WriteOptions& options)
    : path_(normalised(path)), documents_(std::move(documents)), fsync_(options.fsync), shared_(options.shared) {
    const std::string name = path_.substr(path_.rfind('/') + 1), folder = path_.substr(0, path_.size() - name.size());
    fresh_ = fmt::format("{}.levin-new.{}", folder, name);
    old_ = fmt::format("{}.levin-old.{}", folder, name);
    const bool joins = options.resume || options.shared;
    if (options.force || joins) recover();
    const State state = state_of(path_);
    if (state == State::foreign)
        throw Error(fmt::format(
            "{} exists and is not a Zarr store, so it is not replaced; choose another output or remove it", path));
    if (joins) {
        resume();
    } else if (state == State::missing || state == State::empty) {
        create(path_, true);
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
    if (!created_ || published_ || shared_) return;
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
            rename(fresh_, path_);
            clean(path_);
        } else if (exists(old_) && is_published(old_)) {
            rename(old_, path_);
        }
    }
    if (state_of(path_) == State::missing) return;
    if (is_published(fresh_) && !has_pending_folder(fresh_)) remove(fresh_);
    if (exists(old_)) remove(old_);
}

void Output::resume() {
    store_ = exists(fresh_) ? fresh_ : path_;
    resumed_ = true;
    const State state = state_of(store_);
    const Documents there = state == State::complete ? visible_documents(store_) : pending_documents(store_);
    if (there.empty()) {
        // Replaced by another part between two looks?
        if (!shared_ || difference_from_visible() != "") return create(store_, false);
        store_ = path_;
        was_complete_ = true;
        return;
    }
    if (const std::string what = difference(there, documents_); !what.empty())
        throw Error(fmt::format(
            "{} was begun by another request: {}; repeat that request, or use --force to start again", store_, what));
    if (state != State::complete) return;
    was_complete_ = true;
    if (store_ == fresh_) swap();
    else if (has_pending_folder(path_)) clean(path_);
}

std::string Output::difference_from_visible() const {
    const Documents there = visible_documents(path_);
    return there.empty() ? "nothing is there" : difference(there, documents_);
}

void Output::create(const std::string& store, bool exclusive) {
    store_ = store;
    make_directories(store, fsync_);
    const std::string folder = fmt::format("{}/{}", store, pending_folder);
    created_ = mkdir(folder.c_str(), 0777) == 0;
    if (!created_ && (exclusive || errno != EEXIST))
        throw_system_error(fmt::format("cannot make the folder {}", folder), errno);
    try {
        write_pending(store, documents_, fsync_);
    } catch (...) {
        abandon();  // no destructor runs for what is not constructed
        throw;
    }
    // Two different requests may have met here; both look at what came out.
    if (const std::string what = difference(pending_documents(store), documents_); !what.empty())
        throw Error(fmt::format("{} is being made by another request too: {}", store, what));
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
    return is_published(path_) && (store_ == path_ || !has_pending_folder(store_));
}

void Output::publish() {
    publish_documents(store_, documents_, fsync_);
    published_ = true;
    if (store_ != fresh_) return clean(path_);
    // Two parts that end together must not exchange the stores twice.
    if (!shared_ || awaits_swap(fresh_)) swap();
}

void Output::swap() {
    if (exists(old_)) remove(old_);
    bool done = false;
#ifdef RENAME_EXCHANGE
    done = renameat2(AT_FDCWD, fresh_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0;
    if (done) rename(fresh_, old_);
#endif
    // Some file systems cannot exchange. Between these two renames recover() finds both stores whole.
    if (!done) {
        if (exists(path_)) rename(path_, old_);
        rename(fresh_, path_);
    }
    if (fsync_) sync_directory(parent_of(path_));
    store_ = path_;
    clean(path_);
    if (exists(old_)) remove(old_);
}

/// Removes a store. It leaves its name first, so that nobody sees half of it.
void Output::remove(const std::string& folder) {
    std::error_code error;
    if (folder != old_) {
        if (exists(old_)) fs::remove_all(old_, error);
        if (std::rename(folder.c_str(), old_.c_str()) != 0) {
            if (shared_ && errno == ENOENT) return;  // another part has removed it
            throw_system_error(fmt::format("cannot rename {} to {}", folder, old_), errno);
        }
    }
    fs::remove_all(old_, error);
    if (error && !(shared_ && error == std::errc::no_such_file_or_directory))
        throw_system_error(fmt::format("cannot remove {}", old_), error.value());
}

}  // namespace levin::store
