#include "levin/formats/npz.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "levin/core/error.hpp"
#include "levin/formats/gzip_file.hpp"
#include "levin/formats/npy_header.hpp"
#include "levin/formats/zip.hpp"

namespace levin::formats {
namespace {

/// As numpy.load calls it: without the extension of the member.
std::string name_of_array(const ZipMember& member) {
    return member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4) : member.name;
}

std::optional<DeflatedPart> deflated(const ZipMember& member) {
    if (!member.deflated) return std::nullopt;
    return DeflatedPart{member.offset, member.packed, member.crc};
}

NpyArray read_head(const InputFile& file, const ZipMember& member) {
    if (!member.refusal.empty()) throw Error(member.refusal);
    std::optional<GzipFile> unpacked;
    if (member.deflated) unpacked.emplace(file.path(), deflated(member));
    Index at = 0;
    const NpyHeader header = read_npy_header([&](void* to, Index bytes) {
        if (bytes > member.size - at) throw Error("it is too short for a .npy");
        if (unpacked) unpacked->read(at, to, bytes);
        else file.read(member.offset + at, to, bytes);
        at += bytes;
    });
    return npy_array(header, member.size - header.bytes);
}

std::string names_of(const std::vector<ZipMember>& members) {
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(members.size(), 20); ++i)
        names += (i ? ", " : "") + name_of_array(members[i]);
    return members.size() > 20 ? fmt::format("{} and {} more", names, members.size() - 20) : names;
}

ZipMember choose(const InputFile& file, const std::string& wanted) {
    const std::vector<ZipMember> members = zip_members(file);
    if (members.empty()) throw Error("there is no array in this archive");
    if (wanted.empty() && members.size() == 1) return members[0];
    for (const ZipMember& member : members)
        if (!wanted.empty() && (name_of_array(member) == wanted || member.name == wanted)) return member;
    if (!wanted.empty()) throw Error(fmt::format("no array {}; there are: {}", wanted, names_of(members)));
    throw Error(fmt::format("several arrays; choose one as {}::{}: {}", file.path(), name_of_array(members[0]),
                            names_of(members)));
}

std::unique_ptr<ArraySource> open_npz(const std::string& path, const ReadOptions& options) {
    const InputFile file(path);
    return with_context(
        [&] { return path; },
        [&] {
            const ZipMember member = choose(file, options.dataset);
            const std::string name = path + "::" + name_of_array(member);
            NpyArray array = with_context([&] { return member.name; }, [&] { return read_head(file, member); });
            if (member.deflated)
                return open_strided_gzip(name, std::move(array.info), path, std::move(array.layout), deflated(member));
            array.layout.offset += member.offset;
            return open_strided(name, std::move(array.info), {path}, std::move(array.layout));
        });
}

std::vector<Dataset> list_npz(const std::string& path) {
    const InputFile file(path);
    std::vector<Dataset> datasets;
    for (const ZipMember& member : zip_members(file)) {
        Dataset dataset{name_of_array(member), {}, "", member.deflated ? "compressed" : ""};
        try {
            const NpyArray array = read_head(file, member);
            dataset.shape = array.info.shape;
            dataset.dtype = name_of(array.info.dtype);
        } catch (const Error& error) {
            dataset.note = error.what();
        }
        datasets.push_back(std::move(dataset));
    }
    return datasets;
}

}  // namespace

Format npz_format() {
    const auto matches = [](const std::string& path, const std::string& head) {
        return head.starts_with("PK\3\4") && lower_extension(path) == ".npz";
    };
    return {"npz", {".npz"}, "NumPy arrays in a zip archive", matches, open_npz, nullptr, nullptr, list_npz};
}

}  // namespace levin::formats
