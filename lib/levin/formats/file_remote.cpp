#include "levin/formats/file_remote.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>

#include "levin/core/error.hpp"
#include "levin/core/parallel.hpp"
#include "levin/core/resources.hpp"
#include "levin/core/scratch_folder.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/format.hpp"
#include "levin/remote/client.hpp"
#include "levin/remote/upload.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {
namespace {

constexpr Index block_bytes = Index{256} << 10, most_ahead = 8;
constexpr std::size_t most_blocks = 64;
/// Longer reads are not worth a copy in the cache.
constexpr Index longest_cached = most_ahead * block_bytes;

class BlockCache {
  public:
    using Block = std::shared_ptr<const Buffer>;
    Block find(const RemoteFile* file, Index number) {
        const std::lock_guard lock(guard_);
        const auto found = blocks_.find({file, number});
        if (found == blocks_.end()) return nullptr;
        found->second.used = ++now_;
        return found->second.block;
    }
    void keep(const RemoteFile* file, Index number, Block block) {
        const std::lock_guard lock(guard_);
        if (blocks_.size() >= most_blocks)
            blocks_.erase(std::min_element(blocks_.begin(), blocks_.end(),
                                           [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
        blocks_[{file, number}] = {std::move(block), ++now_};
    }
    /// How many blocks to fetch from `number` on: more each time, while a file is read in order.
    Index ahead(const RemoteFile* file, Index number) {
        const std::lock_guard lock(guard_);
        const auto last = blocks_.find({file, number - 1});
        const bool in_order = last != blocks_.end() && number > 0;
        Index& run = runs_[file];
        run = in_order ? std::min(2 * std::max<Index>(run, 1), most_ahead) : 1;
        return run;
    }
    void forget(const RemoteFile* file) {
        const std::lock_guard lock(guard_);
        std::erase_if(blocks_, [&](const auto& each) { return each.first.first == file; });
        runs_.erase(file);
    }

  private:
    struct Kept {
        Block block;
        std::uint64_t used = 0;
    };
    std::mutex guard_;
    std::map<std::pair<const RemoteFile*, Index>, Kept> blocks_;
    std::map<const RemoteFile*, Index> runs_;
    std::uint64_t now_ = 0;
};

BlockCache& cache() {
    static BlockCache blocks;
    return blocks;
}

}  // namespace

RemoteFile::~RemoteFile() { cache().forget(this); }

std::shared_ptr<const RemoteFile> RemoteFile::find(const std::string& url) {
    cache();  // outlives the files
    static std::mutex guard;
    static std::map<std::string, std::shared_ptr<const RemoteFile>> files;
    {
        const std::lock_guard lock(guard);
        if (const auto found = files.find(url); found != files.end()) return found->second;
    }
    auto object = remote::Object::open(url, {remote::Opening::What::begin, static_cast<std::uint64_t>(block_bytes)});
    if (!object) return nullptr;
    std::shared_ptr<RemoteFile> file(new RemoteFile(object));
    cache().keep(file.get(), 0, std::make_shared<Buffer>(object->give_up()));
    const std::lock_guard lock(guard);
    return files.emplace(url, std::move(file)).first->second;
}

void RemoteFile::fetch(Index block, Index wanted) const {
    const Index begin = block * block_bytes;
    const Index bytes = std::min(std::max(wanted, cache().ahead(this, block)) * block_bytes, size() - begin);
    Buffer run(static_cast<std::size_t>(bytes));
    object_->read(static_cast<std::uint64_t>(begin), {run.data(), static_cast<std::size_t>(bytes)});
    for (Index at = 0; at < bytes; at += block_bytes) {
        auto part = std::make_shared<Buffer>(static_cast<std::size_t>(std::min(block_bytes, bytes - at)));
        std::memcpy(part->data(), run.data() + at, part->size());
        cache().keep(this, block + at / block_bytes, std::move(part));
    }
}

void RemoteFile::read(Index offset, std::byte* to, Index bytes) const {
    if (bytes > longest_cached)
        return object_->read(static_cast<std::uint64_t>(offset), {to, static_cast<std::size_t>(bytes)});
    while (bytes > 0) {
        const Index block = offset / block_bytes, inside = offset % block_bytes;
        const auto kept = cache().find(this, block);
        if (!kept) {
            fetch(block, (offset + bytes - 1) / block_bytes - block + 1);
            continue;
        }
        const Index part = std::min(bytes, static_cast<Index>(kept->size()) - inside);
        std::memcpy(to, kept->data() + inside, static_cast<std::size_t>(part));
        offset += part, to += part, bytes -= part;
    }
}

std::size_t remote_file_memory(int threads) {
    return most_blocks * static_cast<std::size_t>(block_bytes) +
           static_cast<std::size_t>(threads) * (static_cast<std::size_t>(longest_cached) + remote::longest_range);
}

namespace {

/// A new file of a known size.
class Spooled {
  public:
    Spooled(const std::string& path, std::uint64_t size)
        : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) throw_system_error("cannot create " + path, errno);
        // A disk that is too small shows now.
        if (size > 0 && ::fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) != 0 && errno != EOPNOTSUPP) {
            const int reason = errno;
            ::close(descriptor_);
            throw_system_error(
                fmt::format("cannot reserve {} for {}", format_size(static_cast<std::size_t>(size)), path), reason);
        }
    }
    ~Spooled() { ::close(descriptor_); }
    Spooled(const Spooled&) = delete;
    Spooled& operator=(const Spooled&) = delete;

    void write(std::uint64_t offset, remote::Bytes bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_system_error("cannot write " + path_, errno);
            offset += static_cast<std::uint64_t>(count);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

  private:
    std::string path_;
    int descriptor_;
};

/// The files that were fetched. Libraries open them by name again and again, so they have one until the process ends;
/// where it is killed, the next that fetches removes what it left.
class FetchedFiles {
  public:
    ~FetchedFiles() {
        for (const auto& [url, path] : paths_) ::unlink(path.c_str());
    }
    std::string get(const std::string& url) {
        const std::lock_guard lock(guard_);
        if (const auto found = paths_.find(url); found != paths_.end()) return found->second;
        const auto object = remote::Object::open(url, {remote::Opening::What::begin, remote::longest_range});
        if (!object) throw Error(fmt::format("{}: no such object", url));
        const std::string path = partial_beside(scratch_folder() + "/fetched");
        paths_.emplace(url, path);
        try {
            copy(*object, path);
        } catch (...) {
            ::unlink(path.c_str());
            paths_.erase(url);
            throw;
        }
        return path;
    }

  private:
    static void copy(const remote::Object& object, const std::string& path) {
        constexpr int at_once = 4;
        const std::uint64_t size = object.state().size;
        const Spooled file(path, size);
        parallel_for(static_cast<Index>((size + remote::longest_range - 1) / remote::longest_range), at_once,
                     remote::stop(), [&](Index i) {
                         const std::uint64_t begin = static_cast<std::uint64_t>(i) * remote::longest_range;
                         Buffer part(static_cast<std::size_t>(std::min(remote::longest_range, size - begin)));
                         object.read(begin, {part.data(), part.size()});
                         file.write(begin, {part.data(), part.size()});
                     });
    }
    std::mutex guard_;
    std::map<std::string, std::string> paths_;
};

}  // namespace

std::string fetched(const std::string& url) {
    static FetchedFiles files;
    return files.get(url);
}

void put_file(const std::string& path, const std::string& url) {
    const InputFile file(path);
    remote::Upload upload(url);
    Buffer piece(static_cast<std::size_t>(longest_cached));
    for (Index at = 0; at < file.size(); at += longest_cached) {
        const Index bytes = std::min(longest_cached, file.size() - at);
        file.read(at, piece.data(), bytes);
        upload.write({piece.data(), static_cast<std::size_t>(bytes)});
    }
    upload.finish();
}

std::vector<std::string> remote_glob(const std::string& pattern) {
    const std::size_t first = pattern.find_first_of("*?["), slash = pattern.rfind('/', first);
    const std::string folder = pattern.substr(0, slash), rest = pattern.substr(slash + 1);
    std::vector<std::string> files;
    for (const remote::Entry& entry :
         remote::list(folder, rest.find('/') != rest.npos, std::numeric_limits<std::size_t>::max()))
        if (!entry.folder && ::fnmatch(rest.c_str(), entry.name.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0)
            files.push_back(folder + "/" + entry.name);
    return files;
}

std::vector<std::string> remote_files(const std::string& url, bool recursive) {
    std::vector<std::string> files;
    for (const remote::Entry& entry : remote::list(url, recursive, std::numeric_limits<std::size_t>::max()))
        if (!entry.folder && !entry.name.starts_with('.') && entry.name.find("/.") == entry.name.npos)
            files.push_back(remote::join(url, entry.name));
    return files;
}

}  // namespace levin::formats
