#include "levin/formats/zip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/fields.hpp"

namespace levin::formats {
namespace {

constexpr std::uint32_t end_mark = 0x06054b50, end64_locator_mark = 0x07064b50, end64_mark = 0x06064b50,
                        entry_mark = 0x02014b50, local_mark = 0x04034b50;
constexpr Index end_bytes = 22, locator_bytes = 20, end64_bytes = 56, entry_bytes = 46, local_bytes = 30;
constexpr Index longest_comment = 0xffff;
constexpr Index most_directory = Index{64} << 20;
constexpr std::uint32_t in_zip64 = 0xffffffff;

[[noreturn]] void damaged(const std::string& what) {
    throw Error(fmt::format("the archive is cut off or damaged: {}", what));
}

/// A range that the archive speaks of, which must lie in the file.
void require_inside(const InputFile& file, std::uint64_t offset, std::uint64_t bytes, const char* what) {
    const auto size = static_cast<std::uint64_t>(file.size());
    if (offset > size || bytes > size - offset) damaged(fmt::format("{} lies beyond its end", what));
}

struct Directory {
    std::uint64_t offset = 0, bytes = 0;
};

/// From the record at the very end, before a comment of any length, or the larger one that stands before it.
Directory find_directory(const InputFile& file) {
    const Index tail_bytes = std::min(file.size(), end_bytes + longest_comment), tail = file.size() - tail_bytes;
    const Fields last(file, tail, static_cast<std::size_t>(tail_bytes));
    for (Index at = tail_bytes - end_bytes; at >= 0; --at) {
        const auto here = static_cast<std::size_t>(at);
        if (last.get<std::uint32_t>(here) != end_mark ||
            last.get<std::uint16_t>(here + 20) != tail_bytes - end_bytes - at)
            continue;
        const Directory directory{last.get<std::uint32_t>(here + 16), last.get<std::uint32_t>(here + 12)};
        const Index locator = tail + at - locator_bytes;
        if (locator < 0) return directory;
        const Fields near(file, locator, locator_bytes);
        if (near.get<std::uint32_t>(0) != end64_locator_mark) return directory;
        const auto larger = near.get<std::uint64_t>(8);
        require_inside(file, larger, end64_bytes, "the end of the list");
        const Fields end(file, static_cast<Index>(larger), end64_bytes);
        if (end.get<std::uint32_t>(0) != end64_mark) damaged("the end of the list is not where it should be");
        return {end.get<std::uint64_t>(48), end.get<std::uint64_t>(40)};
    }
    damaged("no list of members at its end");
}

/// The sizes and the place that do not fit in 32 bits stand in an extra field, those that do not, in this order.
void take_zip64(const Fields& extra, std::initializer_list<std::uint64_t*> values) {
    for (std::size_t at = 0; at + 4 <= extra.bytes().size();) {
        const auto id = extra.get<std::uint16_t>(at), bytes = extra.get<std::uint16_t>(at + 2);
        at += 4;
        if (bytes > extra.bytes().size() - at) damaged("a field of a member is too long");
        if (id == 1) {
            std::size_t next = at;
            for (std::uint64_t* value : values) {
                if (*value != in_zip64) continue;
                if (next + 8 > at + bytes) damaged("the size of a member is missing");
                *value = extra.get<std::uint64_t>(next);
                next += 8;
            }
        }
        at += bytes;
    }
}

ZipMember read_entry(const InputFile& file, const Fields& directory, std::size_t at, std::size_t after) {
    ZipMember member;
    const std::size_t name = directory.get<std::uint16_t>(at + 28), extra = directory.get<std::uint16_t>(at + 30);
    const std::byte* const text = directory.bytes().data() + at + entry_bytes;
    if (at + entry_bytes + name + extra > after) damaged("the list of members ends too early");
    member.name.assign(reinterpret_cast<const char*>(text), name);
    std::uint64_t packed = directory.get<std::uint32_t>(at + 20), size = directory.get<std::uint32_t>(at + 24),
                  offset = directory.get<std::uint32_t>(at + 42);
    take_zip64(Fields(std::vector<std::byte>(text + name, text + name + extra)), {&size, &packed, &offset});
    require_inside(file, offset, local_bytes, "a member");
    const Fields local(file, static_cast<Index>(offset), local_bytes);
    if (local.get<std::uint32_t>(0) != local_mark) damaged(fmt::format("{} is not where it should be", member.name));
    offset += local_bytes + local.get<std::uint16_t>(26) + std::uint64_t{local.get<std::uint16_t>(28)};
    require_inside(file, offset, packed, "a member");
    member.offset = static_cast<Index>(offset), member.packed = static_cast<Index>(packed);
    member.crc = directory.get<std::uint32_t>(at + 16);
    const auto flags = directory.get<std::uint16_t>(at + 8), method = directory.get<std::uint16_t>(at + 10);
    member.deflated = method == 8;
    if (size > INT64_MAX || (method == 0 && size != packed)) damaged(fmt::format("{} has no size", member.name));
    member.size = static_cast<Index>(size);
    if (flags & 1) member.refusal = "it is encrypted";
    else if (method != 0 && method != 8)
        member.refusal = fmt::format("it is compressed by method {}; stored (0) and deflate (8) are supported", method);
    return member;
}

}  // namespace

std::vector<ZipMember> zip_members(const InputFile& file) {
    if (file.size() < end_bytes) damaged(fmt::format("{} bytes are too few", file.size()));
    const Directory where = find_directory(file);
    require_inside(file, where.offset, where.bytes, "the list of members");
    if (where.bytes > most_directory) damaged(fmt::format("a list of members of {} bytes", where.bytes));
    const Fields directory(file, static_cast<Index>(where.offset), where.bytes);
    std::vector<ZipMember> members;
    for (std::size_t at = 0; at < where.bytes;) {
        if (where.bytes - at < entry_bytes || directory.get<std::uint32_t>(at) != entry_mark)
            damaged("the list of members");
        members.push_back(read_entry(file, directory, at, where.bytes));
        at += entry_bytes + std::size_t{directory.get<std::uint16_t>(at + 28)} + directory.get<std::uint16_t>(at + 30) +
              directory.get<std::uint16_t>(at + 32);
        if (members.back().name.ends_with('/')) members.pop_back();
    }
    return members;
}

}  // namespace levin::formats
