#include "levin/formats/thunder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "levin/core/error.hpp"
#include "levin/formats/blocks.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/formats/strided_file.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr Index longest_conf = Index{1} << 20;
constexpr Index sampled_keys = 64;

struct Conf {
    bool images = false;
    Dims dims;  ///< (y, x) or (y, x, z)
    DType dtype = DType::int16;
    Index values = 0;  ///< samples of a series
    Index keys = 0;    ///< keys before each record; 0 for none
    DType key_type = DType::int16;

    Index key_bytes() const { return keys * static_cast<Index>(size_of(key_type)); }
    Index positions() const { return product(dims); }
};

DType dtype_at(const json& conf, const char* key) {
    const auto dtype = dtype_from_name(conf.at(key).get<std::string>());
    if (!dtype) throw Error(fmt::format("{} '{}' is not supported", key, conf.at(key).get<std::string>()));
    return *dtype;
}

Index size_at(const json& value, const std::string& what) {
    if (!value.is_number_integer() || value.get<Index>() <= 0)
        throw Error(fmt::format("{} is {}, expected a positive whole number", what, value.dump()));
    return value.get<Index>();
}

Conf parse_conf(const json& text, const std::string& folder) {
    Conf conf;
    const bool keyed = text.contains("nvalues");
    const char* sizes = text.contains("dims") ? "dims" : "shape";
    for (const auto& size : text.at(sizes)) conf.dims.push_back(size_at(size, sizes));
    if (keyed) {
        conf.dtype = dtype_at(text, "valuetype");
        conf.values = size_at(text.at("nvalues"), "nvalues");
        conf.keys = size_at(text.at("nkeys"), "nkeys");
        conf.key_type = text.contains("keytype") ? dtype_at(text, "keytype") : DType::int16;
        if (!is_integer(conf.key_type))
            throw Error(fmt::format("keys of type {} are not supported", name_of(conf.key_type)));
        if (conf.keys != static_cast<Index>(conf.dims.size()))
            throw Error(fmt::format("nkeys is {}, but dims has {} sizes", conf.keys, conf.dims.size()));
    } else {
        conf.dtype = dtype_at(text, "dtype");
        conf.images = text.contains("dims") || fs::exists(fs::path(folder) / "image-00000.bin");
        if (!conf.images) {
            conf.values = conf.dims.empty() ? 1 : conf.dims.back();
            if (!conf.dims.empty()) conf.dims.pop_back();
        }
    }
    if (conf.dims.size() != 2 && conf.dims.size() != 3)
        throw Error(
            fmt::format("{} must be (y, x) or (y, x, z) besides time, but are {}", sizes, to_string(conf.dims)));
    return conf;
}

std::string folder_of(const std::string& path) {
    const auto folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

Conf read_conf(const std::string& path) {
    const std::string text = InputFile(path).text(longest_conf);
    return with_context([&] { return path; },
                        [&] {
                            try {
                                return parse_conf(json::parse(text), folder_of(path));
                            } catch (const json::exception& error) {
                                throw Error(fmt::format("not a conf.json of Thunder: {}", error.what()));
                            }
                        });
}

std::vector<std::string> bin_files(const std::string& path) {
    const fs::path conf(path), folder = folder_of(path);
    const std::string name = conf.filename().string(), ending = "_conf.json";
    if (name.ends_with(ending))
        if (const auto beside = folder / (name.substr(0, name.size() - ending.size()) + ".bin");
            fs::is_regular_file(beside))
            return {beside.string()};
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".bin" &&
            !entry.path().filename().string().starts_with('.'))
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end(), natural_less);
    if (files.empty()) throw Error(fmt::format("{}: no data beside it: looked for *.bin in {}", path, folder.string()));
    return files;
}

Index file_size(const std::string& path) { return static_cast<Index>(fs::file_size(path)); }

/// The files that together hold `expected` bytes: all of them, or the only one that does so alone.
std::vector<std::string> files_of_size(const std::string& path, Index expected) {
    const auto files = bin_files(path);
    Index total = 0;
    std::string found, alone;
    for (const auto& file : files) {
        const Index size = file_size(file);
        total += size;
        if (found.size() < 400) found += fmt::format("{}{} ({} bytes)", found.empty() ? "" : ", ", file, size);
        if (size == expected) alone = file;
    }
    if (total == expected) return files;
    if (!alone.empty()) return {alone};
    throw Error(
        fmt::format("{}: its series need {} bytes, but the data beside it have {}: {}", path, expected, total, found));
}

std::vector<std::string> files_of_images(const std::string& path, Index expected) {
    const auto files = bin_files(path);
    for (const auto& file : files)
        if (file_size(file) != expected)
            throw Error(
                fmt::format("{}: {} bytes, but {} makes an image of {} bytes: every *.bin beside it must be one", file,
                            file_size(file), path, expected));
    return files;
}

/// Checks that records stand in the order of their keys.
class KeyCheck {
  public:
    explicit KeyCheck(const Conf& conf)
        : conf_(conf), record_(conf.key_bytes() + conf.values * static_cast<Index>(size_of(conf.dtype))) {}

    /// Sorts files by their first keys and checks keys of every file.
    void arrange(std::vector<std::string>& files) {
        std::vector<std::pair<Index, std::string>> keyed;
        base_ = 1;
        for (const auto& path : files) {
            const InputFile file(path);
            if (file.size() == 0 || file.size() % record_ != 0)
                throw Error(fmt::format("{}: {} bytes are no multiple of a record of {}", path, file.size(), record_));
            const Dims key = read_key(file, 0);
            if (std::find(key.begin(), key.end(), 0) != key.end()) base_ = 0;
            Index linear = 0;
            for (std::size_t k = key.size(); k-- > 0;) linear = linear * conf_.dims[k] + key[k];
            keyed.emplace_back(linear, path);
        }
        std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        const Index every = std::max<Index>(conf_.positions() / sampled_keys, 1);
        Index first = 0;
        for (std::size_t i = 0; i < keyed.size(); ++i) {
            files[i] = keyed[i].second;
            const InputFile file(files[i]);
            const Index records = file.size() / record_;
            for (Index r = 0; r < records; r = r + 1 == records ? records : std::min(r + every, records - 1))
                check(file, r, first + r);
            first += records;
        }
    }

  private:
    Dims read_key(const InputFile& file, Index record) const {
        std::array<std::byte, 3 * 8> bytes{};
        file.read(record * record_, bytes.data(), conf_.key_bytes());
        Dims key;
        visit_dtype(conf_.key_type, [&]<class T>() {
            if constexpr (std::is_integral_v<T>)
                for (Index k = 0; k < conf_.keys; ++k) {
                    T value;
                    std::memcpy(&value, bytes.data() + k * static_cast<Index>(sizeof(T)), sizeof(T));
                    key.push_back(static_cast<Index>(value));
                }
        });
        return key;
    }
    void check(const InputFile& file, Index record, Index position) const {
        Dims expected;
        for (const Index size : conf_.dims) {
            expected.push_back(position % size + base_);
            position /= size;
        }
        const Dims key = read_key(file, record);
        if (key != expected)
            throw Error(
                fmt::format("{}: record {} has key {}, expected {}: records must follow one another with the first key "
                            "varying fastest",
                            file.path(), record, to_string(key), to_string(expected)));
    }

    const Conf& conf_;
    Index record_, base_ = 0;
};

std::unique_ptr<ArraySource> open_conf(const std::string& given, const ReadOptions& options, bool images) {
    if (remote::is_url(given))
        throw Error(
            fmt::format("{}: Thunder's recordings are read from a folder of this machine; fetch it first", given));
    const std::string path = fs::is_directory(given) ? thunder_conf(given).value_or(given + "/conf.json") : given;
    const Conf conf = read_conf(path);
    if (conf.images != images)
        throw Error(fmt::format("{} describes {}, not {}: write thunder-{}:{}", path, conf.images ? "images" : "series",
                                images ? "images" : "series", conf.images ? "images" : "series", path));
    // Axes as the bytes follow one another, slowest first.
    Axes axes = axes_from_letters(conf.dims.size() == 3 ? "yxz" : "yx");
    Dims shape = conf.dims;
    if (conf.keys > 0 || (images && options.order == 'F')) {
        std::reverse(axes.begin(), axes.end());
        std::reverse(shape.begin(), shape.end());
    }
    ArrayInfo info;
    info.dtype = conf.dtype;
    std::vector<std::string> files;
    const Axis time{"t", 0, ""};
    if (images) {
        files = files_of_images(path, static_cast<Index>(byte_count(shape, info.element_size())));
        shape.insert(shape.begin(), static_cast<Index>(files.size()));
        axes.insert(axes.begin(), time);
    } else {
        const auto record = byte_count({conf.values}, info.element_size()) + static_cast<std::size_t>(conf.key_bytes());
        files = files_of_size(path, static_cast<Index>(byte_count(shape, record)));
        if (conf.keys > 0) KeyCheck(conf).arrange(files);
        shape.push_back(conf.values);
        axes.push_back(time);
    }
    info.shape = shape;
    info.axes = std::move(axes);
    StridedLayout layout{conf.key_bytes(), record_strides(shape, info.element_size(), conf.key_bytes()), false};
    return in_ome_order(open_strided(given, std::move(info), std::move(files), std::move(layout)));
}

bool is_conf(const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    return name == "conf.json" || name.ends_with("_conf.json");
}

bool is_images_conf(const std::string& path) {
    try {
        return is_conf(path) && read_conf(path).images;
    } catch (const Error&) {
        return false;  // opening it as series says what is wrong
    }
}

}  // namespace

bool thunder_reads(const Format& format) { return format.name.starts_with("thunder-"); }

std::optional<std::string> thunder_conf(const std::string& directory) {
    const fs::path conf = fs::path(directory) / "conf.json";
    if (fs::is_regular_file(conf)) return conf.string();
    return std::nullopt;
}

void write_thunder_series(const ArraySource& source, const std::string& path, const WriteOptions& options);
void write_thunder_images(const ArraySource& source, const std::string& path, const WriteOptions& options);
void check_thunder(const ArrayInfo& info);

Format thunder_series_format() {
    return {"thunder-series",
            {},
            "Thunder's binary series, a directory with conf.json",
            [](const std::string& path, const std::string&) { return is_conf(path) && !is_images_conf(path); },
            [](const std::string& path, const ReadOptions& options) { return open_conf(path, options, false); },
            write_thunder_series,
            check_thunder};
}

Format thunder_images_format() {
    return {"thunder-images",
            {},
            "Thunder's binary images, a directory with conf.json",
            [](const std::string& path, const std::string&) { return is_images_conf(path); },
            [](const std::string& path, const ReadOptions& options) { return open_conf(path, options, true); },
            write_thunder_images,
            check_thunder};
}

}  // namespace levin::formats
