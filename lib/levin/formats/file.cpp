#include "levin/formats/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "levin/core/error.hpp"
#include "levin/formats/file_remote.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {

namespace {

/// Of this thread: libraries in C read through callbacks, which no exception may leave.
thread_local std::exception_ptr last_failure;

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
    if (remote::is_url(path)) {
        remote_ = RemoteFile::find(path);
        if (!remote_) throw Error(path + ": no such object");
        size_ = remote_->size();
        return;
    }
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw_system_error("cannot open " + path, errno);
    struct stat status {};
    const bool known = ::fstat(descriptor_, &status) == 0;
    const int error = errno;
    if (known && S_ISREG(status.st_mode)) {
        size_ = status.st_size;
        return;
    }
    ::close(descriptor_);
    if (!known) throw_system_error("cannot open " + path, error);
    throw Error(path + ": not a regular file");
}

InputFile::~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Index InputFile::read_some(Index offset, void* to, Index bytes) const noexcept {
    if (remote_) {
        try {
            const Index there = std::clamp<Index>(size_ - offset, 0, bytes);
            if (there > 0) remote_->read(offset, static_cast<std::byte*>(to), there);
            return there;
        } catch (...) {
            last_failure = std::current_exception();
            return -1;
        }
    }
    Index done = 0;
    while (done < bytes) {
        const auto got =
            ::pread(descriptor_, static_cast<char*>(to) + done, static_cast<std::size_t>(bytes - done), offset + done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            last_failure = nullptr;
            return -1;
        }
        if (got == 0) break;
        done += got;
    }
    return done;
}

std::exception_ptr InputFile::failure() const {
    if (last_failure) return std::exchange(last_failure, nullptr);
    try {
        throw_system_error("cannot read " + path_, errno);
    } catch (...) {
        return std::current_exception();
    }
}

bool is_file(const std::string& path) {
    if (remote::is_url(path)) return RemoteFile::find(path) != nullptr;
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

void InputFile::read(Index offset, void* to, Index bytes) const {
    const Index got = read_some(offset, to, bytes);
    if (got < 0) std::rethrow_exception(failure());
    if (got < bytes)
        throw Error(fmt::format("{}: ends after {} bytes, but bytes {} to {} are needed: the file is cut off", path_,
                                offset + got, offset, offset + bytes));
}

std::string InputFile::text(Index limit) const {
    if (size_ > limit) throw Error(fmt::format("{}: {} bytes, expected at most {}", path_, size_, limit));
    std::string text(static_cast<std::size_t>(size_), '\0');
    read(0, text.data(), size_);
    return text;
}

OutputFile::OutputFile(const std::string& path) : path_(path) {
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw_system_error("cannot create " + path, errno);
}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(const void* from, Index bytes) {
    const auto* next = static_cast<const char*>(from);
    while (bytes > 0) {
        const auto written = ::write(descriptor_, next, static_cast<std::size_t>(bytes));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_system_error("cannot write " + path_, errno);
        next += written;
        bytes -= written;
    }
}

void OutputFile::rewrite(Index offset, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::pwrite(descriptor_, text.data(), text.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_system_error("cannot write " + path_, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
}

void OutputFile::close() {
    if (::close(std::exchange(descriptor_, -1)) != 0) throw_system_error("cannot write " + path_, errno);
}

}  // namespace levin::formats
