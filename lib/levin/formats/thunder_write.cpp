// Thunder's two folders, written: conf.json last but for the empty file SUCCESS, which says that all is there.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/thunder.hpp"

namespace levin::formats {
namespace {

/// Where t, y, x and z of the source are.
struct Arrangement {
    std::optional<std::size_t> t;
    std::vector<std::size_t> space;  ///< y, x and, where there is one, z
    Dims dims;
};

Arrangement arrange(const ArrayInfo& info) {
    Arrangement found;
    found.t = find_axis(info.axes, "t");
    for (const char* name : {"y", "x", "z"})
        if (const auto axis = find_axis(info.axes, name)) found.space.push_back(*axis);
    if (found.space.size() + found.t.has_value() != info.rank() || !find_axis(info.axes, "y") ||
        !find_axis(info.axes, "x"))
        throw UsageError(fmt::format("Thunder's folders hold the axes t, z, y and x, not {}: select or name axes",
                                     letters(info.axes)));
    if (product(info.shape) == 0)
        throw UsageError(fmt::format("an array of shape {} has nothing to write", to_string(info.shape)));
    for (const auto axis : found.space) found.dims.push_back(info.shape[axis]);
    return found;
}

void create_directory(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::create_directory(path, error))
        throw_system_error("cannot create " + path, error ? error.value() : EEXIST);
}

void write_text(const std::string& path, const std::string& text) {
    OutputFile file(path);
    file.write(text);
    file.close();
}

void finish(const std::string& folder, const nlohmann::ordered_json& conf) {
    write_text(folder + "/conf.json", conf.dump(2) + "\n");
    write_text(folder + "/SUCCESS", "");
}

/// The key of record `position`, the first varying fastest.
template <class Key>
void put_key(std::vector<std::byte>& bytes, const Dims& dims, Index position) {
    for (const Index size : dims) {
        const auto key = static_cast<Key>(position % size);
        const auto* data = reinterpret_cast<const std::byte*>(&key);
        bytes.insert(bytes.end(), data, data + sizeof key);
        position /= size;
    }
}

}  // namespace

void check_thunder(const ArrayInfo& info) { arrange(info); }

void write_thunder_series(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const Arrangement found = arrange(source.info());
    const ArrayInfo& info = source.info();
    std::vector<std::size_t> order(found.space.rbegin(), found.space.rend());
    if (found.t) order.push_back(*found.t);
    const Index values = found.t ? info.shape[*found.t] : 1;
    const Index series_bytes = values * static_cast<Index>(info.element_size());
    const bool wide =
        *std::max_element(found.dims.begin(), found.dims.end()) > std::numeric_limits<std::int16_t>::max();
    create_directory(path);
    OutputFile file(path + "/series-00000.bin");
    Index position = 0;
    std::vector<std::byte> records;
    for_each_block(PermutedSource(source, order), options.memory, options.stop,
                   [&](const Region&, const ConstView& block) {
                       records.clear();
                       const std::byte* series = block.data;
                       for (Index i = 0; i < block.count() / values; ++i, ++position, series += series_bytes) {
                           if (wide) put_key<std::int32_t>(records, found.dims, position);
                           else put_key<std::int16_t>(records, found.dims, position);
                           records.insert(records.end(), series, series + series_bytes);
                       }
                       file.write(records.data(), static_cast<Index>(records.size()));
                   });
    file.close();
    finish(path, {{"input", "."},
                  {"dims", found.dims},
                  {"nkeys", found.dims.size()},
                  {"keytype", wide ? "int32" : "int16"},
                  {"nvalues", values},
                  {"valuetype", name_of(info.dtype)}});
}

void write_thunder_images(const ArraySource& source, const std::string& path, const WriteOptions& options) {
    const Arrangement found = arrange(source.info());
    const ArrayInfo& info = source.info();
    std::vector<std::size_t> order = found.space;
    if (found.t) order.insert(order.begin(), *found.t);
    const auto image_bytes = static_cast<Index>(byte_count(found.dims, info.element_size()));
    create_directory(path);
    std::optional<OutputFile> file;
    Index image = 0, filled = 0;
    for_each_block(PermutedSource(source, order), options.memory, options.stop,
                   [&](const Region&, const ConstView& block) {
                       const std::byte* from = block.data;
                       for (Index left = block.count() * static_cast<Index>(info.element_size()); left > 0;) {
                           if (!file) file.emplace(fmt::format("{}/image-{:05}.bin", path, image++));
                           const Index part = std::min(left, image_bytes - filled);
                           file->write(from, part);
                           from += part, left -= part, filled += part;
                           if (filled < image_bytes) continue;
                           file->close();
                           file.reset();
                           filled = 0;
                       }
                   });
    finish(path, {{"dims", found.dims}, {"dtype", name_of(info.dtype)}});
}

}  // namespace levin::formats
