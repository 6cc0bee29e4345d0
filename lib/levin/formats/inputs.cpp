#include "levin/formats/inputs.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/error.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/file_remote.hpp"
#include "levin/formats/thunder.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

/// Those that are not hidden, nor in a hidden folder.
std::vector<std::string> files_below(const std::string& directory, bool recursive) {
    if (remote::is_url(directory)) return remote_files(directory, recursive);
    std::vector<std::string> files;
    const auto add = [&](const fs::directory_entry& entry) {
        if (!entry.is_directory() && !hidden(entry.path())) files.push_back(entry.path().native());
    };
    if (recursive) {
        for (auto it = fs::recursive_directory_iterator(directory); it != fs::recursive_directory_iterator(); ++it) {
            if (it->is_directory() && hidden(it->path())) it.disable_recursion_pending();
            add(*it);
        }
    } else {
        for (const auto& entry : fs::directory_iterator(directory)) add(entry);
    }
    return files;
}

/// `forced`: the only format whose files count, or nullptr.
std::vector<std::string> directory_files(const std::string& directory, bool recursive, const Format* forced) {
    std::vector<std::string> files = files_below(directory, recursive);
    std::erase_if(files, [&](const std::string& file) {
        const Format* format = by_extension(file);
        return !format || (forced ? format != forced : format->beside_data);
    });
    if (!files.empty()) return files;
    throw Error(fmt::format("{}: no file of a known format in this directory{}", directory,
                            recursive ? "" : " (subdirectories count only with --recursive)"));
}

std::vector<std::string> glob_files(const std::string& pattern) {
    glob_t found{};
    const int status = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> files;
    if (status == 0)
        for (std::size_t i = 0; i < found.gl_pathc; ++i)
            if (!fs::is_directory(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (files.empty()) throw Error(fmt::format("{}: no file matches", pattern));
    return files;
}

/// The same at a URL: an object, a glob, or what keys begin with.
std::vector<std::string> expand_url(const InputPath& given, const ReadOptions& options) {
    const remote::Url url = remote::parse_url(given.path);
    if (!given.path.ends_with('/') && RemoteFile::find(given.path)) return {given.path};
    if (!url.is_store()) throw Error(fmt::format("{}: no such file", given.path));
    if (url.path.find_first_of("*?[") == std::string::npos && remote::list(given.path, true, 1).empty())
        throw Error(fmt::format("{}: no such object, and nothing lies below it", given.path));
    if (url.path.find_first_of("*?[") == std::string::npos)
        return directory_files(given.path, options.recursive, given.format);
    const std::vector<std::string> files = remote_glob(given.path);
    if (files.empty()) throw Error(fmt::format("{}: no file matches", given.path));
    return files;
}

/// The files behind one input.
std::vector<InputPath> expand(const std::string& input, const ReadOptions& options) {
    const InputPath given = split_prefix(input);
    std::vector<std::string> files;
    if (remote::is_url(given.path)) {
        files = expand_url(given, options);
    } else if (fs::is_directory(given.path)) {
        if (!given.format || thunder_reads(*given.format))
            if (const auto conf = thunder_conf(given.path)) return {{given.format, *conf, given.dataset}};
        files = directory_files(given.path, options.recursive, given.format);
    } else if (fs::exists(given.path)) {
        return {given};
    } else if (given.path.find_first_of("*?[") != std::string::npos) {
        files = glob_files(given.path);
    } else {
        throw Error(fmt::format("{}: no such file or directory", given.path));
    }
    if (!options.natural_sort) std::sort(files.begin(), files.end());
    std::vector<InputPath> result;
    for (auto& file : files) result.push_back({given.format, std::move(file), given.dataset});
    return result;
}

/// UsageError for "path::dataset" where the files of the format hold one array.
void refuse_dataset(const InputPath& input) {
    if (input.dataset.empty() || input.format->list) return;
    throw UsageError(fmt::format("{}::{}: a file of format {} holds one array; leave '::{}' out", input.path,
                                 input.dataset, input.format->name, input.dataset));
}

/// The files that --start, --stop and --step leave.
void select(std::vector<InputPath>& files, const ReadOptions& options) {
    if (options.start < 0 || options.step < 1 || options.stop < -1)
        throw UsageError("--start and --stop must not be negative and --step must be positive");
    const auto count = static_cast<Index>(files.size());
    const Index stop = options.stop < 0 ? count : std::min(options.stop, count);
    std::vector<InputPath> kept;
    for (Index i = options.start; i < stop; i += options.step)
        kept.push_back(std::move(files[static_cast<std::size_t>(i)]));
    if (kept.empty())
        throw Error(fmt::format("--start {} --stop {} leaves none of {} files", options.start, stop, count));
    files = std::move(kept);
}

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!is_digit(a[i]) || !is_digit(b[j])) {
            if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
            ++i, ++j;
            continue;
        }
        const auto run = [](const std::string& text, std::size_t& at) {
            while (at < text.size() && text[at] == '0') ++at;
            const std::size_t first = at;
            while (at < text.size() && is_digit(text[at])) ++at;
            return std::string_view(text).substr(first, at - first);
        };
        const auto x = run(a, i), y = run(b, j);
        if (x.size() != y.size()) return x.size() < y.size();
        if (x != y) return x < y;
    }
    if ((i < a.size()) != (j < b.size())) return j < b.size();
    return a.size() != b.size() ? a.size() < b.size() : a < b;  // only leading zeros differ
}

InputPath split_prefix(const std::string& input) {
    if (fs::exists(input)) return {nullptr, input, ""};
    const auto mark = remote::find_member(input);
    const std::string file = input.substr(0, mark), dataset = mark == input.npos ? "" : input.substr(mark + 2);
    if (mark != input.npos && dataset.empty())
        throw UsageError(fmt::format("{}: nothing follows '::'; name the array meant, or leave '::' out", input));
    const auto colon = file.find(':');
    if (colon == file.npos || fs::exists(file)) return {nullptr, file, dataset};
    const std::string prefix = file.substr(0, colon), path = file.substr(colon + 1);
    for (const auto& format : all())
        if (format.name == prefix) return {&format, path, dataset};
    if (fs::exists(path)) by_name(prefix);  // names the formats there are
    return {nullptr, file, dataset};
}

void refuse_options(const std::string& path, const Format* format, const ReadOptions& options) {
    const auto refuse = [&](const std::string& option) {
        if (format && std::find(format->options.begin(), format->options.end(), option) != format->options.end())
            return;
        std::string formats;
        for (const auto& other : all())
            if (std::find(other.options.begin(), other.options.end(), option) != other.options.end())
                formats += (formats.empty() ? "" : ", ") + other.name;
        throw UsageError(fmt::format("{}: {} is {}; the option is for {}", option, path,
                                     format ? "of format " + format->name : "a Zarr array", formats));
    };
    if (options.raw) refuse("--raw");
    if (options.row_offset != 0) refuse("--row-offset");
}

const Format& sniff(const std::string& path, const ReadOptions& options) {
    const InputFile file(path);
    if (file.size() == 0) throw Error(fmt::format("{}: the file is empty", path));
    std::string head(64, '\0');
    head.resize(static_cast<std::size_t>(std::max<Index>(file.read_some(0, head.data(), 64), 0)));
    for (const auto& format : all())
        if (format.matches(path, head)) return format;
    if (const Format* format = by_extension(path)) return *format;
    if (!options.shape.empty()) return by_name("raw");
    throw Error(
        fmt::format("{}: not a file of a known format; for raw binary give --shape and --input-dtype, to force a "
                    "format write FORMAT:{}",
                    path, path));
}

std::vector<InputPath> list_inputs(const std::vector<std::string>& inputs, const ReadOptions& options) {
    std::vector<InputPath> files;
    for (const auto& input : inputs)
        for (auto& file : expand(input, options)) files.push_back(std::move(file));
    if (files.empty()) throw UsageError("no input given");
    if (options.natural_sort)
        std::stable_sort(files.begin(), files.end(),
                         [](const auto& a, const auto& b) { return natural_less(a.path, b.path); });
    select(files, options);
    for (auto& file : files) {
        if (!file.format) file.format = &sniff(file.path, options);
        if (file.format != files[0].format)
            throw Error(fmt::format(
                "{} is {}, but {} is {}: files of one array must be of one format; select them by a glob such as '*{}'",
                file.path, file.format->name, files[0].path, files[0].format->name,
                fs::path(files[0].path).extension().string()));
        refuse_dataset(file);
        refuse_options(file.path, file.format, options);
    }
    return files;
}

}  // namespace levin::formats
