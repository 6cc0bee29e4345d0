/// Files at URLs: read by range through a small cache, or fetched whole for libraries that open by path.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "levin/core/dims.hpp"
#include "levin/remote/object.hpp"

namespace levin::formats {

/// One for each URL in the life of the process, so that opening it again costs no request and finds the same object.
/// What is read in small pieces comes in blocks, ahead where it is read in order; the blocks of all files share 16 MiB.
class RemoteFile {
  public:
    /// Null when there is no such object.
    static std::shared_ptr<const RemoteFile> find(const std::string& url);
    ~RemoteFile();

    Index size() const { return static_cast<Index>(object_->state().size); }
    /// Fills `bytes` bytes from `offset`, all of which the object has. Safe from several threads.
    void read(Index offset, std::byte* to, Index bytes) const;

  private:
    explicit RemoteFile(std::shared_ptr<remote::Object> object) : object_(std::move(object)) {}
    void fetch(Index block, Index wanted) const;
    std::shared_ptr<remote::Object> object_;
};

/// What the cache, and a read by each of `threads` threads, may hold.
std::size_t remote_file_memory(int threads);

/// The path of a file in $TMPDIR that holds the whole object, as long as the process lives. Fetched once. Error when
/// there is no such object; TransientError when the disk is too small.
std::string fetched(const std::string& url);

/// Puts the file at `path` as the object `url`.
void put_file(const std::string& path, const std::string& url);

/// The files that `pattern`, a URL with *, ? or [ in its key, matches; the slash is matched by itself only.
std::vector<std::string> remote_glob(const std::string& pattern);
/// The files below the folder `url`, hidden ones left out.
std::vector<std::string> remote_files(const std::string& url, bool recursive);

}  // namespace levin::formats
