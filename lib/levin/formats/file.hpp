/// Files by descriptor, or behind URLs: positioned reads that are whole or an Error, and writes whose failure is never
/// lost.
#pragma once
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "levin/core/dims.hpp"

namespace levin::formats {

class RemoteFile;

/// A regular file, or an object at a URL, open for reading. Reading is thread-safe.
class InputFile {
  public:
    /// Error naming the path when it does not exist, cannot be read or is no regular file.
    explicit InputFile(const std::string& path);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    const std::string& path() const { return path_; }
    Index size() const { return size_; }
    /// Fills `bytes` bytes from `offset`; Error when the file ends before.
    void read(Index offset, void* to, Index bytes) const;
    /// Reads what there is, up to `bytes`; -1 when that fails.
    Index read_some(Index offset, void* to, Index bytes) const noexcept;
    /// Why the last read_some of this thread, which was -1, has failed: as read() would throw it.
    std::exception_ptr failure() const;
    /// The whole file as text; Error when it is longer than `limit`.
    std::string text(Index limit) const;

  private:
    std::string path_;
    int descriptor_ = -1;
    Index size_ = 0;
    std::shared_ptr<const RemoteFile> remote_;
};

/// Whether a regular file, or an object, is there.
bool is_file(const std::string& path);

/// A new file, written from its first byte to its last, but for what is known only at the end. Refuses a path that
/// exists.
class OutputFile {
  public:
    explicit OutputFile(const std::string& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(const void* from, Index bytes);
    void write(std::string_view text) { write(text.data(), static_cast<Index>(text.size())); }
    /// Over bytes that are written already.
    void rewrite(Index offset, std::string_view text);
    /// Must be called: it is where a full disk may first show.
    void close();

  private:
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace levin::formats
