/// Files as the store needs them: read whole or by range, written to a partial name and published by rename. A path may
/// be a URL (remote/url.hpp); then an object is meant, and a folder is what keys begin with.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "levin/core/view.hpp"
#include "levin/remote/object.hpp"

namespace levin::remote {
class Upload;
}

namespace levin::store {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

/// A regular file, open for reading. Reading is safe from several threads.
class File {
  public:
    /// Empty when there is no such file; Error for anything else that cannot be read. `opening`: what an object brings
    /// when it is opened; the file is the same in any case.
    static std::optional<File> open(const std::string& path, const remote::Opening& opening = {});
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&&) = delete;

    std::uint64_t size() const { return size_; }
    bool is_remote() const { return object_ != nullptr; }
    /// Fills `out` from `offset`; Error when the file ends before.
    void read(std::uint64_t offset, MutableBytes out) const;
    /// All bytes, where they are in memory already; else empty.
    Bytes whole() const { return object_ ? object_->whole() : Bytes{}; }

  private:
    File(std::string path, int descriptor, std::uint64_t size);
    std::string path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::shared_ptr<const remote::Object> object_;
};

/// Whether there is something at `path`; Error when that cannot be told.
bool exists(const std::string& path);
/// What tells a file from another that came into its place. Times are compared with one another, never with a clock.
struct FileState {
    std::uint64_t number = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const FileState&) const = default;
};
/// Empty when there is no such file, or nobody may look.
std::optional<FileState> file_state(const std::string& path);
/// The whole file, empty when there is none; Error when it is longer than `limit` bytes. The metadata of a store at a
/// URL are fetched once in the life of the process.
std::optional<std::string> read_text(const std::string& path, std::uint64_t limit);

struct FolderEntry {
    std::string name;
    bool is_folder = false;
};
/// What lies in the folder, in no order; nothing where there is no folder, or nobody may look. UsageError for a URL at
/// which nothing can be listed.
std::vector<FolderEntry> list_folder(const std::string& path);
/// Removes a folder and what lies in it; one that is not there is fine.
void remove_folder(const std::string& path);

/// A folder held open. What is done in it by key is done in this folder, whatever becomes of its name: another run may
/// replace the store that lies there. At a URL there is nothing to hold open; the keys below it are meant.
class Folder {
  public:
    /// Error when there is no such folder.
    explicit Folder(const std::string& path);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// -1 at a URL.
    int descriptor() const { return descriptor_; }
    bool is_remote() const { return descriptor_ < 0; }
    /// The name of what has this key.
    std::string path_of(const std::string& key) const { return path_ + "/" + key; }
    /// The name by which it was opened.
    const std::string& path() const { return path_; }
    /// Whether this is the folder that lies at `path` now.
    bool is_at(const std::string& path) const;

  private:
    std::string path_;
    int descriptor_ = -1;
    std::uint64_t device_ = 0, number_ = 0;
};

/// A file in the making, under a name beside its own that no other process on any node has and that is no chunk key. It
/// goes away with this object unless it was published. An object at a URL has no such name: it is put when it is
/// published.
class PartialFile {
  public:
    /// Begins the file that will be `target`; its folder is made when missing.
    PartialFile(const std::string& target, bool fsync);
    /// The same for `key` in a folder. Neither that nor a `__levin` in it is made again when somebody has removed it.
    PartialFile(const Folder& folder, const std::string& key, bool fsync);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    void write(Bytes bytes);
    std::uint64_t size() const { return size_; }
    /// What has been written, in `buffer`; not of an object.
    Bytes read(Buffer& buffer) const;
    /// Closes, checks, and renames it to `target`.
    void publish();

  private:
    PartialFile(int at, const std::string& name, std::string shown, bool fsync);
    [[noreturn]] void fail(int errno_value) const;
    int at_;  // the open folder in which the names are looked up
    std::string name_, path_, shown_;
    int descriptor_ = -1;
    bool fsync_ = false;
    std::uint64_t size_ = 0;
    std::unique_ptr<remote::Upload> upload_;
};

/// What the names of partial files begin with.
inline constexpr std::string_view partial_prefix = "__levin-partial.";

/// "HOST.PID.RANDOM": a file name part that is unique across nodes and calls.
std::string unique_name();
/// Publishes a whole small file at `path`.
void write_file(const std::string& path, std::string_view text, bool fsync);
void write_file(const Folder& folder, const std::string& key, std::string_view text, bool fsync);
bool exists(const Folder& folder, const std::string& key);
/// A file that is not there is fine.
void remove_file(const Folder& folder, const std::string& key);
/// Makes `path` and the folders above it; those that exist are fine, and at URLs there are none. With `fsync` every
/// folder that gains an entry is synced.
void make_directories(const std::string& path, bool fsync);
/// The folder that holds `path`: everything before the last slash, "." when there is none.
std::string parent_of(const std::string& path);
void sync_directory(const std::string& path);
void sync_directory(const Folder& folder, const std::string& key);

}  // namespace levin::store
