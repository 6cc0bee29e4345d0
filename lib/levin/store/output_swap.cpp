// How a new store comes into the place of an old one.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/store/output.hpp"

namespace levin::store {

namespace fs = std::filesystem;

/// False when nothing has that name any more, or something the other: other runs may do the same at the same time.
bool Output::renamed(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0) return true;
    if (errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)
        throw_system_error(fmt::format("cannot rename {} to {}", from, to), errno);
    return false;
}

/// Brings the new store, which is complete, to its name. Parts that end together all come here, and who comes twice
/// would undo what another has done. So one does it, the others wait; when he does not come to it, for he was killed,
/// they do it, and begin again until the folder that they hold open is in its place and the old one out of the way.
void Output::swap() {
    constexpr int patience = 2000;  // milliseconds for three system calls
    const std::string mark = fmt::format("{}/swap", pending_folder);
    const bool first = mkdirat(folder_->descriptor(), mark.c_str(), 0777) == 0 || errno != EEXIST;
    const auto in_place = [this] { return folder_->is_at(path_); };
    for (int looks = 0; !in_place() || !retire_old(); ++looks) {
        if (in_place()) continue;
        if ((first || looks > patience) && folder_->is_at(fresh_)) {
            exchange();
        } else {
            if (looks > 2 * patience) check_place();
            usleep(1000);
        }
    }
    if (fsync_) sync_directory(parent_of(path_));
    store_ = path_;
    clean(path_);
    if (exists(old_) && !folder_->is_at(old_)) remove(old_);
}

void Output::exchange() {
#ifdef RENAME_EXCHANGE
    if (renameat2(AT_FDCWD, fresh_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) return;
#endif
    // Some file systems cannot exchange. Between these two renames recover() finds both stores whole.
    if (exists(old_) && !folder_->is_at(old_)) remove(old_);
    renamed(path_, old_);
    renamed(fresh_, path_);
}

/// Gives the old store the name of what is to be removed. False when that was the new one, which another part had put
/// back.
bool Output::retire_old() {
    if (!exists(fresh_)) return true;
    if (exists(old_) && !folder_->is_at(old_)) remove(old_);
    if (!renamed(fresh_, old_) || !folder_->is_at(old_)) return true;
    renamed(old_, fresh_);
    return false;
}

/// Removes a store. It leaves its name first, so that nobody sees half of it.
void Output::remove(const std::string& folder) {
    std::error_code error;
    bool there = folder != old_;  // under its own name still
    // Again and again: whoever still works in it makes files until he sees that it has gone, or removes it too.
    for (int tries = 0; tries < 1000; ++tries) {
        fs::remove_all(old_, error);
        if (there && (renamed(folder, old_) || !exists(folder))) there = false;
        else if (!there && !exists(old_)) return;
        else if (error && error != std::errc::directory_not_empty && error != std::errc::no_such_file_or_directory)
            break;
        else usleep(1000);
    }
    throw_system_error(fmt::format("cannot remove {}", old_), error.value());
}

}  // namespace levin::store
