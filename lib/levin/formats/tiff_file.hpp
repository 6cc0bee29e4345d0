/// libtiff behind three habits: its messages become part of an Error and are never printed, one directory is opened at
/// a time straight from its offset, and its failed system calls keep their errno.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "levin/core/dtype.hpp"
#include "levin/core/view.hpp"
#include "levin/formats/file.hpp"

struct tiff;

namespace levin::formats {

/// The header of a TIFF or BigTIFF and the offset of every directory (page) in its chain.
struct TiffDirectories {
    bool big_endian = false, big_tiff = false;
    std::vector<Index> offsets;
};
/// Walks the chain; Error for a header that is none, a directory beyond the end of the file, and a chain that runs in a
/// circle.
TiffDirectories tiff_directories(const InputFile& file);

/// What levin must know of a page. Sizes are in pixels.
struct TiffPage {
    Index height = 0, width = 0, samples = 1;
    DType dtype = DType::uint8;
    bool separate = false;  ///< samples in planes of their own
    bool tiled = false;
    bool white_is_zero = false;
    bool palette = false;
    bool reduced = false;                     ///< a thumbnail or mask of another page
    Index block_height = 0, block_width = 0;  ///< of a tile or strip
    int compression = 1;
    /// Offset of the first sample where the page lies in the file as plain samples without gaps; else -1.
    Index plain_offset = -1;

    Dims shape() const;  ///< (y, x) or (c, y, x)
};

/// Keeps libtiff's messages on this thread while it lives; what went wrong last is in text().
class TiffMessages {
  public:
    TiffMessages();
    ~TiffMessages();
    TiffMessages(const TiffMessages&) = delete;
    TiffMessages& operator=(const TiffMessages&) = delete;
    /// ": message", or nothing.
    std::string text() const;

    std::string error, warning;

  private:
    TiffMessages* outer_;
};

/// One page, open for reading.
class TiffReader {
  public:
    TiffReader(const InputFile& file, const TiffDirectories& directories, std::size_t page);
    ~TiffReader();
    TiffReader(const TiffReader&) = delete;
    TiffReader& operator=(const TiffReader&) = delete;

    tiff* handle() const { return handle_; }
    /// Checks that levin can read the page and that the file holds its data. Nothing is allocated on the word of a tag.
    TiffPage describe() const;
    /// The ImageDescription, "" where there is none.
    std::string description() const;
    /// Decodes one strip or tile of `bytes` bytes.
    void read_block(Index block, bool tiled, void* to, Index bytes) const;
    /// Throws what libtiff said, or the system's error behind it.
    [[noreturn]] void fail(const std::string& doing) const;

  private:
    struct Client;
    TiffMessages messages_;
    std::unique_ptr<Client> client_;
    Index file_size_;
    tiff* handle_ = nullptr;
};

/// Byte strides of (c, y, x) in a page that lies plainly in its file.
Dims plain_strides(const TiffPage& page);
/// Fills `out` (c, y, x) with `region` of the page. `scratch` is kept from page to page.
void read_tiff_page(const InputFile& file, const TiffReader& reader, const TiffPage& page, bool big_endian,
                    const Region& region, const View& out, Buffer& scratch);

}  // namespace levin::formats
