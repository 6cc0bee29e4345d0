// What the tags of a page say, believed only as far as the file's size bears it out.
#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/tiff_file.hpp"

namespace levin::formats {
namespace {

template <class T>
T tag(tiff* handle, std::uint32_t name, T missing = T{}) {
    T value = missing;
    return TIFFGetFieldDefaulted(handle, name, &value) ? value : missing;
}

struct SampleType {
    int format, bits;
    DType dtype;
};

constexpr SampleType sample_types[] = {
    {SAMPLEFORMAT_UINT, 8, DType::uint8},      {SAMPLEFORMAT_UINT, 16, DType::uint16},
    {SAMPLEFORMAT_UINT, 32, DType::uint32},    {SAMPLEFORMAT_UINT, 64, DType::uint64},
    {SAMPLEFORMAT_INT, 8, DType::int8},        {SAMPLEFORMAT_INT, 16, DType::int16},
    {SAMPLEFORMAT_INT, 32, DType::int32},      {SAMPLEFORMAT_INT, 64, DType::int64},
    {SAMPLEFORMAT_IEEEFP, 16, DType::float16}, {SAMPLEFORMAT_IEEEFP, 32, DType::float32},
    {SAMPLEFORMAT_IEEEFP, 64, DType::float64},
};

DType dtype_of_page(int bits, int format, Index samples) {
    if (bits == 1 && samples == 1) return DType::boolean;
    if (format == SAMPLEFORMAT_VOID) format = SAMPLEFORMAT_UINT;
    for (const auto& type : sample_types)
        if (type.format == format && type.bits == bits) return type.dtype;
    const char* kind = format == SAMPLEFORMAT_UINT     ? "unsigned integer"
                       : format == SAMPLEFORMAT_INT    ? "signed integer"
                       : format == SAMPLEFORMAT_IEEEFP ? "floating-point"
                                                       : "complex";
    throw Error(fmt::format("{} samples of {} bits{} are not supported", kind, bits,
                            samples > 1 ? fmt::format(", {} a pixel,", samples) : ""));
}

/// The most bytes that one stored byte can become. PackBits: 2 bytes give 128. Deflate: RFC 1951's 258 bytes in 2 bits.
/// LZW: a code of 12 bits stands for at most 3837 bytes. CCITT: a white row in one bit. Of the others zstd packs most:
/// a block of 128 KiB in 4 bytes.
std::uint64_t most_expansion(const TiffPage& page) {
    switch (page.compression) {
        case COMPRESSION_NONE:
            return 1;
        case COMPRESSION_PACKBITS:
            return 64;
        case COMPRESSION_ADOBE_DEFLATE:
        case COMPRESSION_DEFLATE:
            return 1032;
        case COMPRESSION_LZW:
            return 2560;
        case COMPRESSION_CCITTRLE:
        case COMPRESSION_CCITTFAX3:
        case COMPRESSION_CCITTFAX4:
            return static_cast<std::uint64_t>(std::max<Index>(page.width, 64));
        default:
            return 32768;
    }
}

void check_supported(tiff* handle, const TiffPage& page, int photometric) {
    const auto compression = static_cast<std::uint16_t>(page.compression);
    if (!TIFFIsCODECConfigured(compression)) {
        const TIFFCodec* codec = TIFFFindCODEC(compression);
        throw Error(fmt::format("compression {} ({}) is not supported by this libtiff", page.compression,
                                codec ? codec->name : "unknown"));
    }
    if (photometric == PHOTOMETRIC_LOGL || photometric == PHOTOMETRIC_LOGLUV)
        throw Error("LogLuv pixels are not supported");
#ifdef TIFFTAG_DEFLATE_SUBCODEC
    // libdeflate stops short of the end of its buffer when a strip holds more than its rows, as the last strip of some
    // files does, and libtiff takes that for success. zlib fills the buffer.
    if (page.compression == COMPRESSION_ADOBE_DEFLATE || page.compression == COMPRESSION_DEFLATE)
        TIFFSetField(handle, TIFFTAG_DEFLATE_SUBCODEC, DEFLATE_SUBCODEC_ZLIB);
#endif
    if (photometric != PHOTOMETRIC_YCBCR) return;
    if (page.compression != COMPRESSION_JPEG || page.separate)
        throw Error("YCbCr pixels are supported only with JPEG compression");
    TIFFSetField(handle, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
}

/// Checks every strip or tile against the file's size; returns the bytes they hold together.
std::uint64_t stored_bytes(tiff* handle, const TiffPage& page, std::uint64_t file_size, std::uint32_t blocks) {
    std::uint64_t total = 0;
    for (std::uint32_t i = 0; i < blocks; ++i) {
        int failed = 0;
        const std::uint64_t at = TIFFGetStrileOffsetWithErr(handle, i, &failed);
        const std::uint64_t bytes = failed ? 0 : TIFFGetStrileByteCountWithErr(handle, i, &failed);
        if (failed)
            throw Error(fmt::format("no place in the file is given for {} {}", page.tiled ? "tile" : "strip", i));
        if (at > file_size || bytes > file_size - at)
            throw Error(fmt::format("{} {} should be at bytes {} to {}, but the file has {}: it is cut off or damaged",
                                    page.tiled ? "tile" : "strip", i, at, at + bytes, file_size));
        total += bytes;
    }
    return total;
}

/// Where the samples begin when they follow one another in the file as they are; else -1.
Index find_plain_offset(tiff* handle, const TiffPage& page, std::uint32_t blocks) {
    if (page.compression != COMPRESSION_NONE || page.tiled || page.dtype == DType::boolean) return -1;
    if (tag<std::uint16_t>(handle, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB) != FILLORDER_MSB2LSB) return -1;
    const Index row = page.width * static_cast<Index>(size_of(page.dtype)) * (page.separate ? 1 : page.samples);
    const Index strips = ceil_div(page.height, page.block_height);
    const auto first = static_cast<Index>(TIFFGetStrileOffset(handle, 0));
    Index expected = first;
    for (std::uint32_t i = 0; i < blocks; ++i) {
        if (static_cast<Index>(TIFFGetStrileOffset(handle, i)) != expected) return -1;
        const Index y = i % strips * page.block_height;
        expected += row * std::min(page.block_height, page.height - y);
    }
    return first;
}

}  // namespace

TiffPage TiffReader::describe() const {
    TiffPage page;
    page.width = tag<std::uint32_t>(handle_, TIFFTAG_IMAGEWIDTH);
    page.height = tag<std::uint32_t>(handle_, TIFFTAG_IMAGELENGTH);
    page.samples = tag<std::uint16_t>(handle_, TIFFTAG_SAMPLESPERPIXEL, 1);
    page.separate = page.samples > 1 &&
                    tag<std::uint16_t>(handle_, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
    page.compression = tag<std::uint16_t>(handle_, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    page.reduced = tag<std::uint32_t>(handle_, TIFFTAG_SUBFILETYPE) & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK);
    const int photometric = tag<std::uint16_t>(handle_, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    page.white_is_zero = photometric == PHOTOMETRIC_MINISWHITE;
    page.palette = photometric == PHOTOMETRIC_PALETTE;
    page.tiled = TIFFIsTiled(handle_);
    if (page.width == 0 || page.height == 0 || page.samples == 0)
        throw Error(fmt::format("a page of {} rows, {} columns and {} samples", page.height, page.width, page.samples));
    page.dtype = dtype_of_page(tag<std::uint16_t>(handle_, TIFFTAG_BITSPERSAMPLE, 1),
                               tag<std::uint16_t>(handle_, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT), page.samples);
    check_supported(handle_, page, photometric);
    page.block_width = page.tiled ? tag<std::uint32_t>(handle_, TIFFTAG_TILEWIDTH) : page.width;
    page.block_height = page.tiled ? tag<std::uint32_t>(handle_, TIFFTAG_TILELENGTH)
                                   : tag<std::uint32_t>(handle_, TIFFTAG_ROWSPERSTRIP);
    if (page.block_width == 0 || page.block_height == 0) throw Error("strips or tiles of no size");
    if (!page.tiled) page.block_height = std::min(page.block_height, page.height);

    // Before any list as long as the number of strips is read, and before any buffer: can the file hold this at all?
    const std::uint64_t file_size = static_cast<std::uint64_t>(file_size_);
    const Index planes = page.separate ? page.samples : 1, samples = page.separate ? 1 : page.samples;
    const Index bits = page.dtype == DType::boolean ? 1 : 8 * static_cast<Index>(size_of(page.dtype));
    const Index blocks = planes * ceil_div(page.height, page.block_height) * ceil_div(page.width, page.block_width);
    const auto claimed = byte_count({ceil_div(page.width * samples * bits, 8), page.height, planes}, 1);
    const std::uint64_t block_bytes = page.tiled ? TIFFTileSize64(handle_) : TIFFStripSize64(handle_);
    if (block_bytes == 0) fail("strips or tiles of no size, or of one beyond all bounds");
    const auto check = [&](std::uint64_t stored) {
        const std::uint64_t most = stored * most_expansion(page);
        if (most >= claimed && most >= block_bytes) return;
        throw Error(
            fmt::format("the tags claim {} rows of {} columns, {} bytes, but only {} bytes are stored for them: the "
                        "file is cut off or damaged",
                        page.height, page.width, std::max(claimed, block_bytes), stored));
    };
    check(file_size);
    if (static_cast<std::uint64_t>(blocks) > file_size ||
        blocks != (page.tiled ? TIFFNumberOfTiles(handle_) : TIFFNumberOfStrips(handle_)))
        throw Error(fmt::format("the tags claim {} strips or tiles, more than the file can hold", blocks));
    check(stored_bytes(handle_, page, file_size, static_cast<std::uint32_t>(blocks)));
    page.plain_offset = find_plain_offset(handle_, page, static_cast<std::uint32_t>(blocks));
    return page;
}

}  // namespace levin::formats
