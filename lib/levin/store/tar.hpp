/// Tar streams, through libarchive. Only regular files count; what leads out of the folder that they would be unpacked
/// in is refused.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "levin/store/file.hpp"

namespace levin::store {

/// A regular file in a tar stream.
struct TarMember {
    std::string name;  ///< relative, without "./"
    std::uint64_t size = 0;
};

class TarReader {
  public:
    /// Takes up to out.size() bytes; 0 at the end.
    using Source = std::function<std::size_t(MutableBytes out)>;
    explicit TarReader(Source source);
    ~TarReader();

    /// The next file, past folders; empty at the end. Error for links, devices, absolute names and "..", and for what
    /// is no tar, or ends in the middle of a member.
    std::optional<TarMember> next();
    /// The bytes of the file, piece by piece, in order: `size` in all, or an Error.
    void read(const std::function<void(Bytes)>& piece);
    /// The same into one block, of exactly the file's size.
    void read(MutableBytes out);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class TarWriter {
  public:
    /// Gets the stream in pieces: perhaps a few small bytes first, then perhaps many.
    using Sink = std::function<void(Bytes small, Bytes large)>;
    explicit TarWriter(Sink sink);
    ~TarWriter();
    /// A file without owner and time, so that the same content gives the same stream.
    void add(const std::string& name, Bytes content);
    /// The end of the archive.
    void finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace levin::store
