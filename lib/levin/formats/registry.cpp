// The table of formats, opening by content or extension, and publishing what is written.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <random>
#include <set>

#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"
#include "levin/core/scratch_folder.hpp"
#include "levin/formats/dcimg.hpp"
#include "levin/formats/file.hpp"
#include "levin/formats/file_remote.hpp"
#include "levin/formats/fits.hpp"
#include "levin/formats/format.hpp"
#include "levin/formats/hdf5.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/formats/mat.hpp"
#include "levin/formats/nifti.hpp"
#include "levin/formats/npy.hpp"
#include "levin/formats/npz.hpp"
#include "levin/formats/png.hpp"
#include "levin/formats/raw.hpp"
#include "levin/formats/stack.hpp"
#include "levin/formats/text.hpp"
#include "levin/formats/thunder.hpp"
#include "levin/formats/tiff.hpp"
#include "levin/remote/url.hpp"

namespace levin::formats {
namespace {

namespace fs = std::filesystem;

std::string names(bool writable) {
    std::string list;
    for (const auto& format : all())
        if (!writable || format.write) list += (list.empty() ? "" : ", ") + format.name;
    return list;
}

/// What the names of this machine's partial files begin with, before the process's number. Containers may share a name
/// but not the numbers of processes.
std::string partial_prefix() {
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    struct stat numbers {};
    if (::stat("/proc/self/ns/pid", &numbers) != 0) numbers.st_ino = 0;
    return fmt::format(".levin-{}-{}-", host, numbers.st_ino);
}

/// Removes what processes of this machine left in the folder when they were killed. Once a run: there may be very many
/// files in it.
void remove_stale_partials(const fs::path& folder) {
    static std::set<fs::path> done;
    if (!done.insert(folder).second) return;
    const std::string prefix = partial_prefix();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
        const std::string name = entry.path().filename().string();
        pid_t process = 0;
        if (!name.starts_with(prefix) || !name.ends_with(".partial")) continue;
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), process);
        if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
    }
}

/// Puts `partial` where `path` is, in one step where the file system can do that. Else a directory that is in the way
/// is moved aside first, under a name that nobody takes for a leftover.
void publish(const fs::path& partial, const fs::path& path) {
    std::error_code error;
    if (remote::is_url(path.native())) return publish_file(partial, path);
    fs::path old;
    if (fs::exists(path) && fs::is_directory(path) != fs::is_directory(partial))
        throw Error(fmt::format("{} is {}a directory; move it away first", path.string(),
                                fs::is_directory(path) ? "" : "not "));
    if (fs::is_directory(path)) {
#ifdef RENAME_EXCHANGE
        if (::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
            fs::remove_all(partial, error);
            return;
        }
#endif
        old = path.parent_path() / (".levin-old." + path.filename().string());
        fs::remove_all(old, error);
        fs::rename(path, old, error);
        if (error) throw_system_error("cannot replace " + path.string(), error.value());
    }
    fs::rename(partial, path, error);
    if (error) {
        const int reason = error.value();
        if (!old.empty()) fs::rename(old, path, error);
        throw_system_error("cannot create " + path.string(), reason);
    }
    if (!old.empty()) fs::remove_all(old, error);
}

/// std::filesystem's exceptions as levin's.
template <class Work>
decltype(auto) translated(Work&& work) {
    try {
        return work();
    } catch (const fs::filesystem_error& error) {
        throw_system_error(fmt::format("cannot access {}", error.path1().string()), error.code().value());
    }
}

/// The path of an output, checked: nothing is there, or something that --force replaces.
fs::path checked_output(const std::string& output, bool force) {
    if (remote::is_url(output)) {
        if (!remote::parse_url(output).is_store())
            throw UsageError(fmt::format("{} is for input only; write to s3:// or swift://", output));
        // An object is replaced by one put, whole.
        if (!force && remote::look(output)) throw Error(fmt::format("{} exists; --force replaces it", output));
        return output;
    }
    const fs::path path = fs::path(output).has_filename() ? fs::path(output) : fs::path(output).parent_path();
    const auto status = fs::symlink_status(path);
    if (!fs::exists(status)) return path;
    if (!force) throw Error(fmt::format("{} exists; --force replaces it", path.string()));
    if (!fs::is_regular_file(path) && !fs::is_directory(path) && !fs::is_symlink(status))
        throw Error(fmt::format("{} is not a regular file; refused", path.string()));
    return path;
}

/// A source that goes by another name than that of the file it reads.
class Named final : public ArraySource {
  public:
    Named(std::unique_ptr<ArraySource> source, std::string name) : source_(std::move(source)), name_(std::move(name)) {}
    const ArrayInfo& info() const override { return source_->info(); }
    void read(const Region& region, const View& out) const override { source_->read(region, out); }
    std::size_t scratch_bytes() const override { return source_->scratch_bytes(); }
    Dims granule() const override { return source_->granule(); }
    std::string name() const override { return name_; }

  private:
    std::unique_ptr<ArraySource> source_;
    std::string name_;
};

std::unique_ptr<ArraySource> open_one(const InputPath& input, const ReadOptions& options) {
    if (!input.format->by_path || !remote::is_url(input.path)) return input.format->open(input.path, options);
    const std::string path = fetched(input.path);
    options.note(input.path, fmt::format("fetched whole, {}, into {}: files of format {} are opened by path",
                                         format_size(static_cast<std::size_t>(InputFile(input.path).size())),
                                         scratch_folder(), input.format->name));
    return with_context([&] { return input.path; },
                        [&] { return std::make_unique<Named>(input.format->open(path, options), input.path); });
}

}  // namespace

std::string partial_beside(const std::string& path) {
    const fs::path folder = remote::is_url(path) ? fs::path(scratch_folder()) : fs::path(path).parent_path();
    remove_stale_partials(folder);
    std::random_device random;
    return (folder / fmt::format("{}{}-{:08x}.partial", partial_prefix(), ::getpid(), random())).string();
}

void publish_file(const std::string& partial, const std::string& path) {
    if (!remote::is_url(path)) return publish(partial, path);
    if (fs::is_directory(partial))
        throw Error(fmt::format(
            "{}: the format makes a folder of files, which is not written to a bucket; write it here, and copy it",
            path));
    put_file(partial, path);
    std::error_code ignored;
    fs::remove(partial, ignored);
}

std::size_t written_bytes(const std::string& output) {
    const std::string path = split_prefix(output).path;
    if (remote::is_url(path)) return static_cast<std::size_t>(remote::look(path).value_or(remote::ObjectState{}).size);
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return static_cast<std::size_t>(fs::file_size(path));
    std::size_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file(ignored)) bytes += static_cast<std::size_t>(entry.file_size());
    return bytes;
}

const std::vector<Format>& all() {
    static const std::vector<Format> formats{tiff_format(),
                                             png_format(),
                                             npy_format(),
                                             npz_format(),
                                             hdf5_format(),
                                             mat_format(),
                                             dcimg_format(),
                                             nifti_format(),
                                             fits_format(),
                                             thunder_series_format(),
                                             thunder_images_format(),
                                             text_format(),
                                             raw_format()};
    return formats;
}

const Format& by_name(const std::string& name) {
    for (const auto& format : all())
        if (format.name == name) return format;
    throw UsageError(fmt::format("unknown format '{}': expected one of {}", name, names(false)));
}

const Format* by_extension(const std::string& path) {
    const std::string extension = lower_extension(path);
    for (const auto& format : all())
        if (std::find(format.extensions.begin(), format.extensions.end(), extension) != format.extensions.end())
            return &format;
    return nullptr;
}

std::string extension_of(const std::string& path) {
    const fs::path name(path);
    const std::string last = name.extension().string();
    return last == ".gz" ? name.stem().extension().string() + last : last;
}

std::string lower_extension(const std::string& path) {
    std::string extension = extension_of(path);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return extension;
}

std::unique_ptr<ArraySource> open(const std::vector<std::string>& inputs, const ReadOptions& options,
                                  std::vector<std::string>* notes, std::vector<std::string>* files) {
    return translated([&] {
        std::vector<std::unique_ptr<ArraySource>> sources;
        ReadOptions read = options;
        read.notes = notes;
        for (const auto& input : list_inputs(inputs, options)) {
            read.dataset = input.dataset;
            sources.push_back(open_one(input, read));
            if (files) files->push_back(input.path);
        }
        return stack(std::move(sources), options, notes);
    });
}

std::vector<Dataset> list(const std::string& input) {
    const InputPath file = list_inputs({input}, {}).at(0);
    const bool fetches = file.format->by_path && remote::is_url(file.path);
    if (file.format->list)
        return with_context([&] { return file.path; },
                            [&] { return file.format->list(fetches ? fetched(file.path) : file.path); });
    throw UsageError(fmt::format("{}: a file of format {} holds one array; there is nothing to choose from", file.path,
                                 file.format->name));
}

const Format& output_format(const std::string& output) {
    const InputPath given = split_prefix(output);
    if (given.path == "-") {
        if (given.format && given.format->name == "npy") return *given.format;
        throw UsageError(fmt::format("{}: only NumPy's format goes into a pipe, as npy:-", output));
    }
    const Format* format = given.format ? given.format : by_extension(given.path);
    if (format && format->write) {
        if (!given.dataset.empty() && !format->writes_names)
            throw UsageError(
                fmt::format("{}: a file of format {} is written with one image, without a name; leave "
                            "'::{}' out",
                            output, format->name, given.dataset));
        return *format;
    }
    throw UsageError(fmt::format("{}: no format that levin writes has this extension; write FORMAT:PATH with one of {}",
                                 output, names(true)));
}

void check_output(const std::string& output, bool force) {
    if (split_prefix(output).path == "-") return;
    translated([&] { checked_output(split_prefix(output).path, force); });
}

void check_holds(const std::string& output, const ArrayInfo& info) {
    const Format& format = output_format(output);
    if (format.check) with_context([&] { return "writing " + split_prefix(output).path; }, [&] { format.check(info); });
}

void write(const ArraySource& source, const std::string& output, const WriteOptions& options) {
    translated([&] {
        const Format& format = output_format(output);
        const InputPath given = split_prefix(output);
        if (given.path == "-") {
            write_npy_stream(source, options);
            if (options.before_publishing) options.before_publishing();
            return;
        }
        WriteOptions how = options;
        how.dataset = given.dataset;
        how.path = given.path;
        const fs::path path = checked_output(given.path, options.force), partial = partial_beside(path.string());
        try {
            with_context([&] { return "writing " + path.string(); },
                         [&] { format.write(source, partial.string(), how); });
            if (options.before_publishing) options.before_publishing();
            checked_output(path, options.force);
            publish(partial, path);
        } catch (...) {
            std::error_code ignored;
            fs::remove_all(partial, ignored);
            throw;
        }
    });
}

}  // namespace levin::formats
