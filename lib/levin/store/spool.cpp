#include "levin/store/spool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"

namespace levin::store {

Spool::~Spool() {
    if (descriptor_ >= 0) close(descriptor_);
}

void Spool::fail(const char* doing, int errno_value) const {
    throw_system_error(fmt::format("cannot {} a scratch file in {}", doing, folder_), errno_value);
}

void Spool::open() {
    if (descriptor_ >= 0) return;
    std::string path = folder_ + "/levin-scratch.XXXXXX";
    descriptor_ = mkostemp(path.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail("create", errno);
    unlink(path.c_str());
}

std::uint64_t Spool::append(Bytes bytes) {
    open();
    const std::uint64_t begin = size_;
    write(begin, bytes);
    size_ += bytes.size();
    return begin;
}

void Spool::reserve(std::uint64_t size) {
    open();
    if (fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) != 0 && errno != EOPNOTSUPP)
        fail(fmt::format("reserve {} in", format_size(size)).c_str(), errno);
    size_ = size;
}

void Spool::write(std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t count = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail("write", count == 0 ? EIO : errno);
        offset += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void Spool::read(std::uint64_t offset, MutableBytes out) const {
    while (!out.empty()) {
        const ssize_t count = pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail("read", count == 0 ? EIO : errno);
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

void Spool::release([[maybe_unused]] std::uint64_t offset, [[maybe_unused]] std::uint64_t size) {
#ifdef FALLOC_FL_PUNCH_HOLE
    // Not every file system can; there the space comes back at the end.
    if (size > 0) [[maybe_unused]]
        const int ignored = fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                      static_cast<off_t>(offset), static_cast<off_t>(size));
#endif
}

}  // namespace levin::store
