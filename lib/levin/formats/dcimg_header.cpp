#include "levin/formats/dcimg_header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/fields.hpp"

namespace levin::formats {
namespace {

constexpr Index displaced_bytes = 8;

/// Whether `bytes` bytes from `offset` on are in a file of `size` bytes.
bool inside(std::uint64_t offset, std::uint64_t bytes, Index size) {
    const auto end = static_cast<std::uint64_t>(size);
    return offset <= end && bytes <= end - offset;
}

/// Places of fields in the session's header, and what is written down once a file.
struct Layout {
    Index session_bytes;  ///< of the session's header as far as it is read
    std::size_t frames, pixel_bytes, width, height, row_bytes, image_bytes;
};
constexpr Layout layout_v7{80, 32, 36, 44, 52, 48, 56}, layout_new{720, 60, 64, 72, 76, 80, 84};

Index frames_inside(const DcimgHeader& header, Index size) {
    return std::clamp<Index>((size - header.pixels.first) / header.pixels.step, 0, header.frames_claimed);
}

/// Version 7 keeps what belongs to frames in one footer behind the last of them, which a file that was cut off has
/// lost.
void read_footer(DcimgHeader& header, const InputFile& file, std::uint64_t footer) {
    const auto frames = static_cast<std::uint64_t>(header.frames_claimed);
    const auto lost = [&] {
        header.notes.push_back(
            "the footer behind the frames is cut off: there are no time stamps, and where the camera displaces four "
            "pixels they stay wrong");
    };
    if (header.frames < header.frames_claimed || !inside(footer, 44, file.size())) return lost();
    const Fields begin(file, static_cast<Index>(footer), 44);
    const std::uint64_t tables = begin.get<std::uint64_t>(8), left = static_cast<std::uint64_t>(file.size()) - footer;
    if (!inside(tables, 112, static_cast<Index>(left))) return lost();
    const Fields table(file, static_cast<Index>(footer + tables), 112);
    const auto stamps = table.get<std::uint64_t>(64), displaced = table.get<std::uint64_t>(88);
    if (!inside(stamps, 8 * frames, static_cast<Index>(left))) return lost();
    const bool has_displaced = begin.get<std::uint32_t>(40) == displaced + displaced_bytes * frames &&
                               table.get<std::uint64_t>(104) == displaced_bytes;
    if (has_displaced && !inside(displaced, displaced_bytes * frames, static_cast<Index>(left))) return lost();
    header.stamps = {static_cast<Index>(footer + stamps), 8};
    header.displaced_row = table.get<std::uint32_t>(100) / header.row_bytes;
    if (has_displaced && header.displaced_row < header.height)
        header.displaced = {static_cast<Index>(footer + displaced), displaced_bytes};
}

/// The newer versions put a footer behind each frame: its number, its time stamp, and with Camera Link the displaced
/// pixels, which belong to a row of the sensor.
void place_frame_footers(DcimgHeader& header, const Fields& session, Index image_bytes, Index footer_bytes) {
    const auto crop = [&](std::size_t i) { return static_cast<Index>(session.get<std::uint16_t>(712 + 2 * i)); };
    header.crop = {crop(0), crop(1), crop(2), crop(3)};
    header.binning = std::max<Index>(header.crop[1] / header.width, 1);
    const Index footer = header.pixels.first + image_bytes;
    if (footer_bytes >= 12) header.stamps = {footer + 4, header.pixels.step};
    constexpr Index sensor_row = 1023;
    const Index row_on_sensor = header.version == 0x1000000 ? sensor_row - header.crop[2] : 0;
    if (row_on_sensor < 0 || (footer_bytes != 32 && footer_bytes < 512)) return;
    header.displaced_row = row_on_sensor / header.binning;
    if (header.displaced_row < header.height) header.displaced = {footer + 12, header.pixels.step};
}

void check_image(const DcimgHeader& header, Index pixel_bytes, Index image_bytes) {
    if (pixel_bytes != 1 && pixel_bytes != 2)
        throw Error(fmt::format("{} bytes a pixel; DCIMG has 1 or 2: the header is damaged", pixel_bytes));
    if (header.height == 0 || header.width == 0)
        throw Error(fmt::format("an image of {} by {} pixels: the header is damaged", header.height, header.width));
    if (header.row_bytes < header.width * pixel_bytes || header.row_bytes % pixel_bytes != 0)
        throw Error(fmt::format("{} bytes a row do not hold {} pixels of {} bytes: the header is damaged",
                                header.row_bytes, header.width, pixel_bytes));
    if (image_bytes % header.height != 0 || image_bytes / header.height != header.row_bytes)
        throw Error(fmt::format("{} bytes an image are not {} rows of {}: the header is damaged", image_bytes,
                                header.height, header.row_bytes));
}

void check_frames(DcimgHeader& header, Index size) {
    header.frames = frames_inside(header, size);
    if (header.frames == 0)
        throw Error(fmt::format("no whole frame: the header says {}, and {} bytes follow it where one takes {}",
                                header.frames_claimed, std::max<Index>(size - header.pixels.first, 0),
                                header.pixels.step));
    if (header.frames < header.frames_claimed)
        header.notes.push_back(
            fmt::format("{} whole frames of {} that the header says: the file is cut off, or still "
                        "being recorded; these are read",
                        header.frames, header.frames_claimed));
}

}  // namespace

DcimgHeader read_dcimg_header(const InputFile& file) {
    const Fields begin(file, 0, 88);
    if (begin.text(0, 8) != "DCIMG") throw Error("not a DCIMG file: it does not begin with DCIMG");
    DcimgHeader header;
    header.version = begin.get<std::uint32_t>(8);
    const bool is_v7 = header.version == 7;
    if (!is_v7 && header.version != 0x1000000 && header.version != 0x2000000)
        throw Error(
            fmt::format("DCIMG version {:#x} is not supported: expected 0x7, 0x1000000 or 0x2000000", header.version));
    if (const auto sessions = begin.get<std::uint32_t>(32); sessions != 1)
        throw Error(fmt::format("{} sessions in one file are not supported: export each with HCImage", sessions));
    if (begin.get<std::uint64_t>(48) != begin.get<std::uint64_t>(64))
        throw Error(fmt::format("the header says two sizes of the file, {} and {}: it is damaged",
                                begin.get<std::uint64_t>(48), begin.get<std::uint64_t>(64)));

    const Index at = begin.get<std::uint32_t>(40);
    const Layout& layout = is_v7 ? layout_v7 : layout_new;
    const Fields session(file, at, static_cast<std::size_t>(layout.session_bytes));
    const auto word = [&](std::size_t offset) { return static_cast<Index>(session.get<std::uint32_t>(offset)); };
    const Index pixel_bytes = word(layout.pixel_bytes), image_bytes = word(layout.image_bytes);
    header.dtype = pixel_bytes == 1 ? DType::uint8 : DType::uint16;
    header.frames_claimed = word(layout.frames);
    header.width = word(layout.width);
    header.height = word(layout.height);
    header.row_bytes = word(layout.row_bytes);
    check_image(header, pixel_bytes, image_bytes);

    const std::uint64_t data = is_v7 ? session.get<std::uint32_t>(68) : session.get<std::uint64_t>(96);
    if (!inside(data, 0, file.size() - at))
        throw Error(
            fmt::format("frames should begin {} bytes behind byte {}, but the file has {}: it is cut off or "
                        "damaged",
                        data, at, file.size()));
    const Index footer_bytes = is_v7 ? 0 : word(124);
    header.pixels = {at + static_cast<Index>(data), image_bytes + footer_bytes};
    if (const Index frame_bytes = is_v7 ? 0 : word(116); frame_bytes != 0 && frame_bytes != header.pixels.step)
        throw Error(fmt::format("{} bytes a frame are not the image's {} and the footer's {}: the header is damaged",
                                frame_bytes, image_bytes, footer_bytes));
    check_frames(header, file.size());
    if (is_v7)
        read_footer(header, file,
                    static_cast<std::uint64_t>(at) +
                        std::min(session.get<std::uint64_t>(72), static_cast<std::uint64_t>(file.size())));
    else place_frame_footers(header, session, image_bytes, footer_bytes);
    return header;
}

}  // namespace levin::formats
