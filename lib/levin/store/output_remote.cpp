// How runs keep out of each other's way in a bucket, where no folder can be held open, and where not every server can
// put an object only if there is none. Each puts a mark of its own beside what waits. Who means to begin a store looks
// after that: when there is anything but his mark, another has come at the same time, and he withdraws; that both do so
// is rare, and safe.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "levin/core/error.hpp"
#include "levin/remote/client.hpp"
#include "levin/remote/object.hpp"
#include "levin/store/output.hpp"

namespace levin::store {
namespace {

constexpr std::string_view mark_prefix = "run.";

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

/// True when nothing but the mark is there.
bool Output::put_mark() {
    const std::string name = fmt::format("{}{}", mark_prefix, unique_name());
    mark_ = fmt::format("{}/{}", pending_folder, name);
    write_file(*folder_, mark_, name, fsync_);
    looked_ = seconds_now();
    const auto waiting = list_folder(folder_->path_of(pending_folder));
    return std::all_of(waiting.begin(), waiting.end(), [&](const FolderEntry& entry) { return entry.name == name; });
}

void Output::check_mark() const {
    if (exists(*folder_, mark_) || finished_elsewhere()) return;
    throw Error(fmt::format(
        "{} is this run's no more: another has begun there anew, or somebody has removed it; this one stops", store_));
}

void Output::check_mark_at_times() const {
    const std::int64_t now = seconds_now();
    std::int64_t before = looked_;
    if (now - before >= Journal::flush_seconds && looked_.compare_exchange_strong(before, now)) check_mark();
}

/// Takes away what waits, unless units or journals are there.
void Output::abandon_objects() const {
    try {
        const remote::Unstoppable to_the_end;
        const auto waits = [this](const remote::Entry& entry) {
            const std::string folder = fmt::format("{}/", pending_folder);
            const std::string name = entry.name.starts_with(folder) ? entry.name.substr(folder.size()) : "";
            return !name.empty() && !is_journal(name) && name.find('/') == name.npos &&
                   (!name.starts_with(mark_prefix) || entry.name == mark_);
        };
        const auto entries = remote::list(store_, true, 100);
        if (std::all_of(entries.begin(), entries.end(), waits)) remove_folder(folder_->path_of(pending_folder));
    } catch (const Error&) {  // what made the run end is worth more to say
    }
}

}  // namespace levin::store
