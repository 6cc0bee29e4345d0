/// The list of members at the end of a zip archive (PKWARE's APPNOTE 6.3, sections 4.3 and 4.5), with the fields of
/// zip64 for what is larger than 4 GiB.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "levin/formats/file.hpp"

namespace levin::formats {

struct ZipMember {
    std::string name;
    Index offset = 0;            ///< of its bytes in the file
    Index packed = 0, size = 0;  ///< as they lie there, and unpacked
    std::uint32_t crc = 0;       ///< CRC-32 of what is unpacked
    bool deflated = false;       ///< else stored as it is
    std::string refusal;         ///< why levin does not read it; "" when it does
};

/// In the archive's order, folders left out. Error for what is no archive, is cut off, or lists what does not lie in
/// it.
std::vector<ZipMember> zip_members(const InputFile& file);

}  // namespace levin::formats
