/// Where a DCIMG file keeps what. The format is undocumented; its versions 7, 0x1000000 and 0x2000000 are known from
/// the files. All words are little-endian.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "levin/core/dtype.hpp"
#include "levin/formats/file.hpp"

namespace levin::formats {

inline constexpr std::string_view dcimg_magic{"DCIMG\0\0\0", 8};

/// Records of one a frame, at a constant distance. No record lies beyond the file's end.
struct DcimgRecords {
    Index first = -1, step = 0;  ///< byte of that of frame 0; -1: the file has none
    Index of(Index frame) const { return first + frame * step; }
    explicit operator bool() const { return first >= 0; }
};

struct DcimgHeader {
    std::uint32_t version = 0;
    DType dtype = DType::uint16;
    Index frames_claimed = 0, frames = 0;  ///< what the header says, and how many are whole in the file
    Index height = 0, width = 0;
    Index row_bytes = 0;     ///< from a row to the next; may be more than width needs
    DcimgRecords pixels;     ///< row by row
    DcimgRecords stamps;     ///< u32 seconds since 1970 UTC, u32 microseconds
    DcimgRecords displaced;  ///< 8 bytes that belong at the begin of row `displaced_row` of the frame
    Index displaced_row = 0;
    Index binning = 1;
    std::vector<Index> crop;         ///< x0, width, y0, height in pixels of the sensor; empty in version 7
    std::vector<std::string> notes;  ///< what is not as it should be, one sentence each
};

/// Error for a file that is damaged, of an unknown version, or holds more than one session.
DcimgHeader read_dcimg_header(const InputFile& file);

}  // namespace levin::formats
