/// Files compressed as a whole by gzip, and deflated parts of others, through zlib: reading from any place of what they
/// unpack to, and writing.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "levin/formats/file.hpp"
#include "levin/formats/strided_file.hpp"

namespace levin::formats {

inline constexpr std::string_view gzip_magic{"\x1f\x8b", 2};

/// A stream of deflate without a frame, in the middle of a file: a member of a zip archive.
struct DeflatedPart {
    Index offset = 0, bytes = 0;
    std::uint32_t crc = 0;  ///< CRC-32 of what it unpacks to, compared where that is unpacked from begin to end
};

/// The most that a read of a GzipFile holds besides its output.
constexpr Index gzip_scratch = Index{256} << 10;

/// What a gzip file unpacks to. What has been unpacked once can be gone back to: every few MiB the state of the
/// decompressor (32 KiB) is kept, at most 8 MiB of them a file and 64 MiB of all files. Safe from several threads; what
/// nobody has unpacked yet is unpacked once, by one of them. Members that follow one another are one; what follows them
/// and is no member is left alone, as gzip does. The file is open only while it is read.
class GzipFile {
  public:
    explicit GzipFile(std::string path, std::optional<DeflatedPart> part = {});
    ~GzipFile();
    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;

    /// Fills `bytes` bytes from `offset` of what is unpacked; Error when it ends before, or is damaged so far.
    void read(Index offset, void* to, Index bytes) const;
    /// The first `bytes` bytes, or as many as there are.
    std::vector<std::byte> begin(Index bytes) const;
    /// Unpacks what is behind `offset` to the end of its member, so that the member's checksum is compared; a member
    /// with more than 1 MiB behind it is left at that.
    void check_end(Index offset) const;

  private:
    class Cursor;
    struct State;
    std::unique_ptr<State> state_;
};

/// `packed`, a gzip or zlib stream in memory, unpacked; Error when it is damaged or unpacks to more than `most` bytes.
std::vector<std::byte> gunzip(const std::vector<std::byte>& packed, std::size_t most);

/// The array in what a gzip file, or `part` of any file, unpacks to.
std::unique_ptr<ArraySource> open_strided_gzip(std::string name, ArrayInfo info, const std::string& path,
                                               StridedLayout layout, std::optional<DeflatedPart> part = {});

/// A stream of zlib's, level 1, that is packed into a file.
class DeflateStream {
  public:
    enum class Frame { gzip, zlib };
    /// `file` outlives the stream.
    DeflateStream(OutputFile& file, Frame frame);
    ~DeflateStream();
    void write(const void* from, Index bytes);
    void write(std::string_view text) { write(text.data(), static_cast<Index>(text.size())); }
    /// Must be called: the end of the stream. Returns how many bytes it has become.
    Index finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A new gzip file, compressed as nibabel does.
class GzipWriter {
  public:
    explicit GzipWriter(const std::string& path) : file_(path), stream_(file_, DeflateStream::Frame::gzip) {}
    void write(const void* from, Index bytes) { stream_.write(from, bytes); }
    /// Must be called, as that of OutputFile.
    void close() {
        stream_.finish();
        file_.close();
    }

  private:
    OutputFile file_;
    DeflateStream stream_;
};

}  // namespace levin::formats
