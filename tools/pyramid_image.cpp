// What the metadata of images say, before and after.
#include "pyramid_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/core/version.hpp"
#include "levin/engine/history.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/selection.hpp"
#include "levin/engine/stored.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/array.hpp"
#include "levin/store/group.hpp"

namespace levin::tool {
namespace {

namespace fs = std::filesystem;
using kernels::Downsample;
using store::Json;

constexpr std::pair<const char*, Downsample> methods[] = {
    {"mean", Downsample::mean}, {"mode", Downsample::mode}, {"nearest", Downsample::nearest}};

std::string name_of_method(Downsample method) {
    return std::find_if(std::begin(methods), std::end(methods), [&](const auto& m) { return m.second == method; })
        ->first;
}

/// Values by axis in the order of other axes; 0 for those that are not there.
std::vector<double> in_order(const std::vector<double>& values, const Axes& from, const Axes& to) {
    std::vector<double> result(to.size(), 0);
    for (std::size_t i = 0; i < to.size(); ++i)
        if (const auto at = find_axis(from, to[i].name)) result[i] = values[*at];
    return result;
}

/// The store that INPUT is; nothing for a file or a pipe.
std::optional<engine::StoreName> store_of_input(const Options& options) {
    const std::string path = engine::split_selection(options.input.path).first;
    return engine::is_pipe(path) ? std::nullopt : engine::store_named(path, options.input.level);
}

/// What INPUT says as an image; nothing for an array.
std::optional<store::Image> image_of_input(const Options& options) {
    const auto named = store_of_input(options);
    if (!named || named->is_n5) return std::nullopt;
    auto image = store::image_at(named->path);
    if (image) std::swap(image->levels.front(), image->levels[static_cast<std::size_t>(named->level)]);
    return image;
}

/// Whether INPUT lies in a folder `labels` of a group, or is it: an image's labels, or those of levin kmeans.
bool is_among_labels(const Options& options) {
    const auto named = store_of_input(options);
    if (!named) return false;
    for (fs::path path = named->path; path.has_relative_path() && path != path.parent_path(); path = path.parent_path())
        if (path.filename() == "labels" && store::is_store(path.parent_path().string())) return true;
    return false;
}

Downsample choose_method(const Options& options, const ArrayInfo& info, bool is_label) {
    const bool labels =
        is_label || info.dtype == DType::boolean || (is_integer(info.dtype) && is_among_labels(options));
    const Downsample method = options.method.value_or(labels ? Downsample::mode : Downsample::mean);
    if (!kernels::can_downsample(method, info.dtype))
        throw UsageError(fmt::format("{} is {}, which has no {}; --method nearest takes a sample of each block{}",
                                     options.input.path, name_of(info.dtype), name_of_method(method),
                                     is_complex(info.dtype) ? "" : ", mode the value that is most frequent"));
    return method;
}

/// A folder that is called labels by chance, and in no image, is a place like any other.
std::optional<LabelPlace> label_place(const Options& options) {
    fs::path path = options.output.path;
    if (!path.has_filename()) path = path.parent_path();
    if (path.parent_path().filename() != "labels") return std::nullopt;
    fs::path image = path.parent_path().parent_path();
    if (image.empty()) image = ".";
    if (!options.is_label && !store::is_store(image.string())) return std::nullopt;
    return LabelPlace{image.string(), path.filename().string()};
}

/// `what` is to be added to the image at `path`.
void require_version(const store::Image& image, const std::string& path, const char* what) {
    if (image.version == "0.4" || image.version == "0.5") return;
    throw Error(fmt::format("{} is OME-Zarr {}; {} are added to 0.4 and 0.5", path,
                            image.version.empty() ? "of no stated version" : image.version, what));
}

/// Fits a label image to the image that it belongs to, which knows version, spacing and place.
void join_image(Job& job, std::vector<double>& origin) {
    const std::string& path = job.label->image;
    const auto found = store::image_at(path);
    if (!found)
        throw Error(fmt::format("{}: {} is no OME-Zarr image that could have labels", job.options.output.path, path));
    const store::Image& image = *found;
    ArrayInfo info = job.input->info();
    if (!is_integer(info.dtype) && info.dtype != DType::boolean)
        throw UsageError(fmt::format("{} is {}: labels are integers; levin copy --dtype uint32 first",
                                     job.options.input.path, name_of(info.dtype)));
    require_version(image, path, "labels");
    if (!job.options.version.empty() && job.options.version != image.version)
        throw UsageError(
            fmt::format("--ome-version {}: {} is {}, and so are its labels", job.options.version, path, image.version));
    job.image.version = image.version;
    const auto array = store::Array::open(path);
    const ArrayInfo& other = array->info();
    for (std::size_t i = 0; i < info.rank(); ++i) {
        const auto at = find_axis(other.axes, info.axes[i].name);
        if (!at || other.shape[*at] != info.shape[i])
            throw Error(fmt::format("{} has {} samples along {}, {} has {}: labels lie on the samples of their image",
                                    job.options.input.path, info.shape[i], info.axes[i].name, path,
                                    at ? fmt::format("{}", other.shape[*at]) : "no such axis"));
        if (info.axes[i].spacing == 0) info.axes[i] = other.axes[*at];
    }
    origin = in_order(image.levels.front().origin, image.levels.front().axes, info.axes);
    job.input = engine::describe(std::move(job.input), info);
    if (job.image.label.is_null()) job.image.label = Json::object();
    job.image.label["source"] = {{"image", "../../"}};
}

/// Not by OUTPUT: the same request gives the same bytes wherever they go.
std::string name_of_image(const Job& job, const std::optional<store::Image>& image) {
    if (!job.options.name.empty()) return job.options.name;
    if (job.label) return job.label->name;
    if (image && !image->name.empty()) return image->name;
    const std::string path = engine::split_selection(job.options.input.path).first;
    fs::path name = engine::is_pipe(path) ? "image" : fs::path(path).filename();
    if (name.empty()) name = fs::path(path).parent_path().filename();
    for (const char* extension : {".zarr", ".ome"})
        if (name.extension() == extension) name = name.stem();
    return name.string();
}

void describe_program(const Job& job, store::NewImage& image) {
    image.method = name_of_method(job.method);
    image.program = "levin " + job.options.execution.tool;
    image.release = version();
}

}  // namespace

std::string output_path(const std::string& output) {
    const std::size_t mark = output.find("::");
    if (mark == output.npos || output.compare(mark + 2, 7, "labels/") != 0) return output;
    return output.substr(0, mark) + "/" + output.substr(mark + 2);
}

Job understand(const Options& options, engine::Execution& execution) {
    Job job(options, execution, engine::open_input(execution, options.input));
    store::check_image_axes(job.input->info().axes);
    const auto image = image_of_input(options);
    job.chunked = store_of_input(options) || engine::split_selection(options.input.path).first == "-";
    job.label = label_place(options);
    job.method = choose_method(options, job.input->info(), job.label || (image && !image->label.is_null()));
    job.image.version = options.version.empty() ? "0.5" : options.version;
    std::vector<double> origin(job.input->info().rank(), 0);
    const bool whole = options.input.select.empty() && engine::split_selection(options.input.path).second.empty();
    if (image) {
        if (whole) origin = in_order(image->levels.front().origin, image->levels.front().axes, job.input->info().axes);
        if (options.channels.empty()) job.image.omero = carried_channels(job, *image);
        job.image.label = image->label;
    }
    if (job.label) join_image(job, origin);
    if (!options.channels.empty()) job.image.omero = named_channels(job);
    job.factors = steps_of(options, job.input->info());
    job.image.name = name_of_image(job, image);
    describe_program(job, job.image);
    job.image.levels = levels_of(job, origin, [](std::size_t level) { return fmt::format("{}", level); });
    return job;
}

Job understand_in_place(const Options& options, engine::Execution& execution) {
    const std::string& path = options.input.path;
    if (remote::is_url(path))
        throw UsageError(fmt::format(
            "--in-place: {}: levels become visible by a rename, which a bucket has not; name an OUTPUT", path));
    std::error_code error;
    if (!fs::exists(path, error)) throw Error(fmt::format("{}: there is no such image", path));
    const auto found = store::image_at(path);
    if (!found)
        throw UsageError(fmt::format("--in-place: {} is no OME-Zarr image; name an OUTPUT to make one of it", path));
    const store::Image& image = *found;
    require_version(image, path, "levels");
    const engine::ExecutionOptions& run = options.execution;
    if (image.levels.size() > 1 && !run.force && !run.resume && run.part.empty())
        throw Error(
            fmt::format("{} has levels 0 to {} already; use --force to make them anew", path, image.levels.size() - 1));
    const store::ImageLevel& first = image.levels.front();
    engine::InputOptions input = options.input;
    input.path = path + "/" + first.path;
    input.axes = letters(first.axes);
    Job job(options, execution, engine::open_input(execution, input));
    ArrayInfo info = job.input->info();
    if (letters(info.axes) != letters(first.axes))
        throw Error(fmt::format("{} has the axes {}; levels are added to images with axes in the order tczyx", path,
                                letters(first.axes)));
    info.axes = first.axes;
    job.input = engine::describe(std::move(job.input), info);
    job.chunked = true;
    job.method = choose_method(options, info, !image.label.is_null());
    job.factors = steps_of(options, info);
    job.image.version = image.version;
    describe_program(job, job.image);
    const bool counted = first.path.size() > 1 && first.path.back() == '0' && first.path.find('/') == std::string::npos;
    job.image.levels = levels_of(job, first.origin, [&](std::size_t level) {
        if (level == 0) return first.path;
        return fmt::format("{}{}", counted ? first.path.substr(0, first.path.size() - 1) : "", level);
    });
    for (std::size_t k = 1; k < job.image.levels.size(); ++k)
        if (job.image.levels[k].path == first.path)
            throw Error(fmt::format("{}: level 0 lies at '{}', where level {} would come", path, first.path, k));
    return job;
}

void list_label(const Job& job) {
    if (job.label) store::add_label(job.label->image, job.image.version, job.label->name, job.options.execution.fsync);
}

namespace {

Json with_levels(const Job& job, const Json& attributes, std::size_t levels) {
    store::NewImage image = job.image;
    image.levels.resize(levels);
    return store::with_levels(attributes, image);
}

}  // namespace

bool has_levels(const Job& job) {
    const Json attributes = store::read_node(job.options.input.path).attributes;
    return with_levels(job, attributes, job.image.levels.size()) == attributes;
}

void hide_levels(const Job& job) {
    const std::string& path = job.options.input.path;
    const store::Node node = store::read_node(path);
    const std::vector<store::ImageLevel> before = store::read_image(node.attributes).levels;
    if (before.size() < 2) return;
    const bool fsync = job.options.execution.fsync;
    store::write_group_attributes(path, node.zarr_format, with_levels(job, node.attributes, 1), fsync);
    for (const store::ImageLevel& old : before) {
        const auto remains = [&](const store::ImageLevel& level) { return level.path == old.path; };
        if (std::any_of(job.image.levels.begin(), job.image.levels.end(), remains)) continue;
        // Only what is an array of the image itself, whatever its metadata name.
        const fs::path array = fs::path(path) / old.path;
        if (fs::path(old.path).has_parent_path() || fs::is_symlink(array)) continue;
        if (store::read_node(array.string()).kind == store::Node::Kind::array) fs::remove_all(array);
    }
}

void show_levels(const Job& job) {
    const store::Node node = store::read_node(job.options.input.path);
    const Json changed = with_levels(job, node.attributes, job.image.levels.size());
    Json own;
    for (const char* key : {"ome", "multiscales", "omero", "image-label"})
        if (changed.contains(key)) own[key] = changed[key];
    const engine::ExecutionOptions& run = job.options.execution;
    const Json attributes = Json::parse(engine::attributes_with_history(changed.dump(), run, own.dump()));
    store::write_group_attributes(job.options.input.path, node.zarr_format, attributes, run.fsync);
}

}  // namespace levin::tool
