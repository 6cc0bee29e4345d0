#include "levin/store/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <random>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/remote/upload.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/file_remote.hpp"

namespace levin::store {
namespace {

/// Repeats a system call that a signal interrupted.
template <class Call>
auto retry(Call call) {
    decltype(call()) result;
    do result = call();
    while (result == -1 && errno == EINTR);
    return result;
}

/// Fills `out` from `offset`; `path` is for messages.
void read_from(int descriptor, const std::string& path, std::uint64_t offset, MutableBytes out) {
    while (!out.empty()) {
        const ssize_t count =
            retry([&] { return pread(descriptor, out.data(), out.size(), static_cast<off_t>(offset)); });
        if (count < 0) throw_system_error(fmt::format("cannot read {}", path), errno);
        if (count == 0) throw Error(fmt::format("{} ends at byte {}, {} more were expected", path, offset, out.size()));
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

}  // namespace

std::optional<File> File::open(const std::string& path, const remote::Opening& opening) {
    if (remote::is_url(path)) {
        auto object = remote::Object::open(path, opening);
        if (!object) return std::nullopt;
        File file(path, -1, object->state().size);
        file.object_ = std::move(object);
        return file;
    }
    // Not blocking, so that a named pipe in the place of a chunk cannot stop us for ever.
    const int descriptor = retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); });
    if (descriptor < 0) {
        if (errno == ENOENT) return std::nullopt;
        throw_system_error(fmt::format("cannot open {}", path), errno);
    }
    File file(path, descriptor, 0);
    struct stat status {};
    if (fstat(descriptor, &status) != 0) throw_system_error(fmt::format("cannot read {}", path), errno);
    if (!S_ISREG(status.st_mode)) throw Error(fmt::format("{} is not a regular file", path));
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    return file;
}

File::File(std::string path, int descriptor, std::uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      object_(std::move(other.object_)) {}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void File::read(std::uint64_t offset, MutableBytes out) const {
    if (object_) return object_->read(offset, out);
    read_from(descriptor_, path_, offset, out);
}

bool exists(const std::string& path) {
    if (remote::is_url(path)) return remote_exists(path);
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw_system_error(fmt::format("cannot open {}", path), errno);
}

std::optional<FileState> file_state(const std::string& path) {
    if (remote::is_url(path)) return remote_state(path);
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return std::nullopt;
    return FileState{status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec};
}

std::optional<std::string> read_text(const std::string& path, std::uint64_t limit) {
    if (remote::is_url(path)) return remote_text(path, limit);
    const std::optional<File> file = File::open(path);
    if (!file) return std::nullopt;
    if (file->size() > limit)
        throw Error(fmt::format("{} has {} bytes, more than the {} that make sense", path, file->size(), limit));
    std::string text(file->size(), '\0');
    file->read(0, std::as_writable_bytes(std::span(text)));
    return text;
}

std::vector<FolderEntry> list_folder(const std::string& path) {
    if (remote::is_url(path)) return remote_folder(path);
    std::vector<FolderEntry> entries;
    std::error_code ignored;
    for (std::filesystem::directory_iterator entry(path, ignored), end; entry != end; entry.increment(ignored))
        entries.push_back({entry->path().filename().string(), entry->is_directory(ignored)});
    return entries;
}

void remove_folder(const std::string& path) {
    if (remote::is_url(path)) return remote::remove_all(path);
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) throw_system_error(fmt::format("cannot remove {}", path), error.value());
}

std::string unique_name() {
    static std::atomic<unsigned> counter{0};
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    for (char& c : host)
        if (c == '/') c = '_';
    std::random_device random;
    return fmt::format("{}.{}.{:08x}{:08x}", host, getpid(), random(), random() ^ counter++);
}

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

namespace {

void sync_at(int at, const std::string& path) {
    const int descriptor = retry([&] { return openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) throw_system_error(fmt::format("cannot open {}", path), errno);
    const int failure = retry([&] { return ::fsync(descriptor); }) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some file systems cannot sync a folder and say EINVAL; their renames are as durable as they get.
    if (failure && failure != EINVAL) throw_system_error(fmt::format("cannot sync {}", path), failure);
}

void make_at(int at, const std::string& path, bool fsync) {
    const auto make = [&] { return mkdirat(at, path.c_str(), 0777) == 0 ? 0 : errno; };
    int failure = make();
    if (failure == ENOENT && parent_of(path) != path) {
        make_at(at, parent_of(path), fsync);
        failure = make();  // once: in /proc, ENOENT is all one gets
    }
    if (failure == 0) {
        if (fsync) sync_at(at, parent_of(path));
        return;
    }
    struct stat status {};
    // On a read-only file system mkdir may say EROFS for a folder that exists.
    if (fstatat(at, path.c_str(), &status, 0) == 0 && S_ISDIR(status.st_mode)) return;
    throw_system_error(fmt::format("cannot make the folder {}", path), failure);
}

}  // namespace

// What a server has confirmed, it holds.
void sync_directory(const std::string& path) {
    if (!remote::is_url(path)) sync_at(AT_FDCWD, path);
}

void sync_directory(const Folder& folder, const std::string& key) {
    if (folder.is_remote()) return;
    with_context([&] { return folder.path(); }, [&] { sync_at(folder.descriptor(), key); });
}

void make_directories(const std::string& path, bool fsync) {
    if (!remote::is_url(path)) make_at(AT_FDCWD, path, fsync);
}

Folder::Folder(const std::string& path) : path_(path) {
    if (remote::is_url(path)) return;
    descriptor_ = retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    struct stat status {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0)
        throw_system_error(fmt::format("cannot open the folder {}", path), errno);
    device_ = status.st_dev;
    number_ = status.st_ino;
}

Folder::~Folder() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool Folder::is_at(const std::string& path) const {
    if (is_remote()) return path == path_;
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == number_;
}

PartialFile::PartialFile(const std::string& target, bool fsync) : PartialFile(AT_FDCWD, target, target, fsync) {}

PartialFile::PartialFile(const Folder& folder, const std::string& key, bool fsync)
    : PartialFile(folder.descriptor(), key, folder.path_of(key), fsync) {}

PartialFile::PartialFile(int at, const std::string& name, std::string shown, bool fsync)
    : at_(at),
      name_(name),
      path_(fmt::format("{}/{}{}", parent_of(name), partial_prefix, unique_name())),
      shown_(std::move(shown)),
      fsync_(fsync) {
    if (remote::is_url(shown_)) {
        path_.clear();
        upload_ = std::make_unique<remote::Upload>(shown_);
        return;
    }
    const auto open = [this] { return openat(at_, path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666); };
    descriptor_ = retry(open);
    // Names with "__" are the protocol's own: when their folder is gone, another run has ended the work.
    if (descriptor_ < 0 && errno == ENOENT && !name_.starts_with("__")) {
        with_context([this] { return fmt::format("cannot write {}", shown_); },
                     [&] { make_at(at_, parent_of(name_), fsync); });
        descriptor_ = retry(open);
    }
    if (descriptor_ < 0) fail(errno);
}

PartialFile::~PartialFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) unlinkat(at_, path_.c_str(), 0);
}

void PartialFile::fail(int errno_value) const {
    throw_system_error(fmt::format("cannot write {}", shown_), errno_value);
}

void PartialFile::write(Bytes bytes) {
    if (upload_) {
        upload_->write(bytes);
        size_ = upload_->size();
        return;
    }
    while (!bytes.empty()) {
        const ssize_t count = retry([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
        if (count < 0) fail(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        size_ += static_cast<std::uint64_t>(count);
    }
}

Bytes PartialFile::read(Buffer& buffer) const {
    buffer.reserve(size_);
    const MutableBytes out(buffer.data(), size_);
    read_from(descriptor_, shown_, 0, out);
    return out;
}

void PartialFile::publish() {
    if (upload_) return upload_->finish();
    if (fsync_ && retry([&] { return ::fsync(descriptor_); }) != 0) fail(errno);
    // NFS and quotas may report a failed write only here. close is not repeated: the descriptor is gone either way.
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) fail(errno);
    if (renameat(at_, path_.c_str(), at_, name_.c_str()) != 0) fail(errno);
    path_.clear();
    if (fsync_) with_context([this] { return shown_; }, [this] { sync_at(at_, parent_of(name_)); });
}

void write_file(const std::string& path, std::string_view text, bool fsync) {
    PartialFile file(path, fsync);
    file.write(bytes_of(text));
    file.publish();
}

void write_file(const Folder& folder, const std::string& key, std::string_view text, bool fsync) {
    PartialFile file(folder, key, fsync);
    file.write(bytes_of(text));
    file.publish();
}

bool exists(const Folder& folder, const std::string& key) {
    if (folder.is_remote()) return exists(folder.path_of(key));
    return faccessat(folder.descriptor(), key.c_str(), F_OK, 0) == 0;
}

void remove_file(const Folder& folder, const std::string& key) {
    if (folder.is_remote()) return remote::remove(folder.path_of(key));
    if (unlinkat(folder.descriptor(), key.c_str(), 0) != 0 && errno != ENOENT)
        throw_system_error(fmt::format("cannot remove {}", folder.path_of(key)), errno);
}

}  // namespace levin::store
