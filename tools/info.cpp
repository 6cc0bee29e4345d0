// What an array is, how it is stored and what was done to it.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "info_image.hpp"
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/resources.hpp"
#include "levin/engine/execution.hpp"
#include "levin/engine/history.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/layout.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/selection.hpp"
#include "levin/engine/stored.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/kernels/statistics.hpp"
#include "levin/store/listing.hpp"
#include "levin/store/writer.hpp"

namespace {

using namespace levin;
using Json = nlohmann::ordered_json;

const cli::Manual manual{
    .name = "info",
    .group = "Input and output",
    .summary = "show shape, axes, storage and history",
    .description =
        {"Shows the shape, axes with spacing, data type, layout (images or series), chunks, codecs, stored "
         "and raw size with their ratio, chunks that are not stored, and the "
         "history of a store; for a group, those of its arrays. A store in progress says how far it has "
         "come. Any file that levin reads can be asked about.",
         "Images layout means chunks of whole frames, or large tiles of them, series layout chunks of whole "
         "series of a part of the frame. Small frames fit in one chunk with all of their time points; this "
         "is shown as images layout, each chunk with whole series, and is as good as series layout.",
         "--stats reads all values for minimum, maximum, mean and standard deviation, NaN left out.",
         "Of an OME-Zarr image the levels, channels (name, colour, the values shown as black and as full colour) and "
         "label images are shown too.",
         "--list shows the datasets of a file that may hold several (HDF5, MATLAB) and the arrays of a store (levels, "
         "labels): name, shape, data type, and "
         "what levin makes of them. FILE::NAME is one of them, for every program."},
    .examples = {{"levin info fish.zarr", "a store at a glance"},
                 {"levin info fish.zarr --json | jq .shape", "for scripts"},
                 {"levin info frames.tif --stats", "a TIFF file, with statistics"},
                 {"levin info --list recording.nwb", "what there is to choose from"},
                 {"levin info recording.nwb::/acquisition/TwoPhotonSeries/data", "one dataset of several"}},
    .see_also = {"check", "levin-array(5)", "levin-formats(7)"},
};

struct Options {
    engine::InputOptions input;
    engine::ExecutionOptions execution;
    bool json = false, stats = false, chunks = false, list = false;
};

void declare(cli::Parser& parser, Options& options) {
    cli::add_input(parser, options.input, "array to look at; - is a pipe");
    parser.flag(options.json, "--json", "one JSON object instead of lines");
    parser.flag(options.stats, "--stats", "minimum, maximum, mean and standard deviation of all values");
    parser.flag(options.chunks, "--chunks", "list the chunks that are stored, with their sizes");
    parser.flag(options.list, "--list", "show the datasets in a file that may hold several, the arrays in a store");
    cli::add_execution(parser, options.execution, cli::ExecutionKind::reading);
}

Json statistics_of(const ArraySource& source, const StopToken& stop) {
    const ArrayInfo& info = source.info();
    if (is_complex(info.dtype))
        throw UsageError(
            fmt::format("--stats: {} is {}; statistics need real numbers", source.name(), name_of(info.dtype)));
    using kernels::StatisticKind;
    const std::vector<kernels::Statistic> wanted{
        {StatisticKind::min}, {StatisticKind::max}, {StatisticKind::mean}, {StatisticKind::std}};
    kernels::Accumulator accumulator(wanted, DType::float64, 1);
    const Grid grid(info.shape, info.chunks);
    for (Index cell = 0; source.comes_once() && cell < grid.size(); ++cell) source.expect(grid.region(cell), 1);
    for (Index cell = 0; cell < grid.size(); ++cell) {
        stop.check();
        const Region region = grid.region(cell);
        OwnedArray stored(info.dtype, region.shape), values(DType::float64, region.shape);
        source.read(region, stored.view);
        convert(stored.view, values.view);
        accumulator.add(contiguous(values.view.data, DType::float64, {region.count(), 1}));
    }
    Json result;
    for (const auto& statistic : wanted) {
        OwnedArray value(kernels::output_dtype(statistic, DType::float64), {1});
        accumulator.finish(statistic, value.view);
        result[to_string(statistic)] = *value.view.as<double>();
    }
    return result;
}

Json axes_of(const ArrayInfo& info) {
    Json axes = Json::array();
    for (std::size_t i = 0; i < info.rank(); ++i) {
        Json axis{{"name", info.axes[i].name}, {"size", info.shape[i]}};
        if (info.axes[i].spacing > 0) axis["spacing"] = info.axes[i].spacing;
        if (!info.axes[i].unit.empty()) axis["unit"] = info.axes[i].unit;
        axes.push_back(axis);
    }
    return axes;
}

Json history_json(const std::string& attributes) {
    Json history = Json::array();
    for (const engine::Step& step : engine::history_of(attributes))
        history.push_back({{"tool", step.tool}, {"version", step.version}, {"arguments", step.arguments}});
    return history;
}

void add_storage(Json& report, const store::Array& array, bool list_chunks) {
    const store::Description description = store::describe(array);
    report["zarr_format"] = description.zarr_format;
    report["codecs"] = description.codecs;
    report["files"] = array.units().size();
    if (array.units().cell() != array.info().chunks) report["shards"] = array.units().cell();
    if (const auto storage = store::measure(array)) {
        report["stored_bytes"] = storage->bytes;
        report["missing"] = array.units().size() - storage->stored;
    }
    if (!list_chunks) return;
    report["stored_chunks"] = Json::array();
    const auto units = store::stored_units(array, array.units().size());
    if (!units) throw Error(fmt::format("--chunks: {}: a web server does not tell what it holds", array.name()));
    for (const auto& [unit, size] : *units)
        report["stored_chunks"].push_back({{"key", array.key(unit)}, {"bytes", size}});
}

Json describe(const Options& options, const std::string& path, engine::Execution& execution) {
    engine::InputOptions input = options.input;
    input.path = path;
    const auto [file, selection] = engine::split_selection(path);
    const store::Array* stored = nullptr;
    engine::Source source;
    const auto named =
        engine::is_pipe(file) ? std::optional<engine::StoreName>() : engine::store_named(file, input.level);
    if (engine::is_pipe(file) || named) formats::refuse_options(file, nullptr, input.read);
    if (engine::is_pipe(file)) {
        if (options.chunks) throw UsageError("--chunks: INPUT is a pipe; levin check - goes through its chunks");
        source = engine::open_pipe(execution, file, input, "INPUT");
    } else if (named) {
        source = engine::open_store(*named, input.missing_is_error);
        stored = dynamic_cast<const store::Array*>(source.get());  // as long as `source` lives
    } else {
        input.read.axes = input.axes;
        std::vector<std::string> notes;
        source = formats::open({file}, input.read, &notes);
        for (const std::string& note : notes) execution.progress().note(note);
    }
    // Without names there is nothing to put in order or to select by; a look must work all the same.
    if (!input.axes.empty() || engine::axes_are_known(source->info()))
        source = engine::prepare(std::move(source), input, selection);
    const ArrayInfo& info = source->info();
    const bool selected = !selection.empty() || !input.select.empty();
    Json report{{"path", path},
                {"shape", info.shape},
                {"axes", axes_of(info)},
                {"dtype", name_of(info.dtype)},
                {"layout", engine::name_of(engine::layout_of(info))},
                {"whole_series", engine::holds_whole_series(info)},
                {"chunks", info.chunks},
                {"raw_bytes", info.bytes()}};
    if (stored) add_storage(report, *stored, options.chunks);
    if (named && !named->is_n5)
        if (Json image = tool::describe_image(*named); !image.is_null()) report["image"] = std::move(image);
    if (stored && selected) report["selected"] = true;  // what is stored is the whole array
    if (options.stats) report["statistics"] = statistics_of(*source, execution.stop());
    execution.check_inputs();  // a pipe is read to its end, which tells whether it is whole
    Json attributes = Json::parse(info.attributes);
    attributes.erase("levin");
    if (!attributes.empty()) report["attributes"] = std::move(attributes);
    report["history"] = history_json(info.attributes);
    return report;
}

std::string axes_text(const Json& axes) {
    std::string text;
    for (const Json& axis : axes)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            axis["name"].get<std::string>().empty() ? "?" : axis["name"].get<std::string>(),
                            axis["size"].get<Index>());
    return "(" + text + ")";
}

std::string spacing_text(const Json& axes) {
    std::string text;
    for (const Json& axis : axes)
        if (axis.contains("spacing"))
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", axis["name"].get<std::string>(),
                                to_string(Quantity{axis["spacing"].get<double>(), axis.value("unit", "")}));
    return text;
}

std::string as_lines(const Json& report) {
    std::string text =
        fmt::format("{}: {} {}, {} layout{}\n", report["path"].get<std::string>(), axes_text(report["axes"]),
                    report["dtype"].get<std::string>(), report["layout"].get<std::string>(),
                    report["layout"] == "images" && report["whole_series"] ? ", each chunk with whole series" : "");
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format("  {:<9}{}\n", name, value);
    };
    line("spacing", spacing_text(report["axes"]));
    line("chunks", to_string(report["chunks"].get<Dims>()) +
                       (report.contains("shards") ? " in shards " + to_string(report["shards"].get<Dims>()) : ""));
    const auto raw = report["raw_bytes"].get<std::size_t>();
    if (!report.contains("codecs")) {
        line("size", format_size(raw));
    } else {
        line("codecs",
             fmt::format("{} (Zarr v{})", report["codecs"].get<std::string>(), report["zarr_format"].get<int>()));
        if (report.contains("stored_bytes")) {
            const auto stored = report["stored_bytes"].get<std::size_t>();
            const bool part = report.contains("selected");
            line("size", fmt::format("{} raw, {} stored{}", format_size(raw), format_size(stored),
                                     part     ? " for the whole array"
                                     : stored ? fmt::format(", ratio {:.2f}",
                                                            static_cast<double>(raw) / static_cast<double>(stored))
                                              : ""));
            line("files", fmt::format("{} of {} stored", report["files"].get<Index>() - report["missing"].get<Index>(),
                                      report["files"].get<Index>()));
        } else {
            line("size",
                 fmt::format("{} raw; the {} files are not counted", format_size(raw), report["files"].get<Index>()));
        }
    }
    if (report.contains("image"))
        for (const auto& [name, value] : tool::lines_of_image(report["image"])) line(name.c_str(), value);
    if (report.contains("statistics"))
        for (const auto& [name, value] : report["statistics"].items())
            line(name.c_str(), value.is_null() ? "nan" : fmt::format("{}", value.get<double>()));
    for (const Json& step : report["history"]) {
        std::string arguments;
        for (const Json& argument : step["arguments"]) arguments += " " + argument.get<std::string>();
        line("history",
             fmt::format("{}{} ({})", step["tool"].get<std::string>(), arguments, step["version"].get<std::string>()));
    }
    if (report.contains("stored_chunks"))
        for (const Json& chunk : report["stored_chunks"])
            text += fmt::format("  {} {}\n", chunk["key"].get<std::string>(), chunk["bytes"].get<std::size_t>());
    return text;
}

/// The datasets in a file that may hold several, the arrays in a store.
std::string list_datasets(const Options& options) {
    if (options.stats || options.chunks) throw UsageError("--list: leave out --stats and --chunks");
    const std::string& path = options.input.path;
    const std::vector<formats::Dataset> datasets = store::is_store(path) ? tool::list_store(path) : formats::list(path);
    Json entries = Json::array();
    std::size_t names = 0, shapes = 0, types = 0;
    for (const auto& dataset : datasets) {
        entries.push_back({{"name", dataset.name}, {"shape", dataset.shape}, {"dtype", dataset.dtype}});
        if (!dataset.note.empty()) entries.back()["note"] = dataset.note;
        names = std::max(names, std::min<std::size_t>(dataset.name.size(), 60));
        shapes = std::max(shapes, to_string(dataset.shape).size());
        types = std::max(types, dataset.dtype.size());
    }
    if (options.json)
        return Json{{"path", path}, {"datasets", entries}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    std::string text = fmt::format("{}: {} dataset{}\n", path, datasets.size(), datasets.size() == 1 ? "" : "s");
    for (const auto& dataset : datasets) {
        std::string line = fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}", dataset.name, names, to_string(dataset.shape),
                                       shapes, dataset.dtype, types, dataset.note);
        line.resize(line.find_last_not_of(' ') + 1);
        text += tool::printable(std::move(line)) + "\n";
    }
    return text;
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    if (options.list) return execution.print_result(list_datasets(options));
    const std::string path = engine::split_selection(options.input.path).first;
    const bool pipe = engine::is_pipe(path);
    if (!pipe && options.input.no_trailer)
        throw UsageError(fmt::format("--no-trailer: {} is no pipe; it is for INPUT -", path));
    if (const auto pending = pipe ? std::nullopt : store::pending_state(path)) {
        const std::string missing = pending->missing.empty() ? ""
                                                             : fmt::format(" in {} parts, {} not done", pending->parts,
                                                                           store::ranges(pending->missing));
        const std::string how = pending->round ? fmt::format("round {}; go on with --part and --merge", *pending->round)
                                               : "go on with the same command and --resume";
        const Json report{{"path", path},
                          {"in_progress", true},
                          {"done", pending->done},
                          {"total", pending->total},
                          {"parts", pending->parts},
                          {"missing_parts", pending->missing},
                          {"round", pending->round ? Json(*pending->round) : Json()},
                          {"tool", pending->tool}};
        return execution.print_result(options.json ? report.dump(2) + "\n"
                                                   : fmt::format("{}: in progress, {} of {} chunks written by levin "
                                                                 "{}{}; {}\n",
                                                                 path, pending->done, pending->total, pending->tool,
                                                                 missing, how));
    }
    std::vector<std::string> members{""};
    if (!pipe && store::is_store(path)) members = store::list_arrays(path);
    if (members == std::vector<std::string>{""}) {
        const Json report = describe(options, options.input.path, execution);
        return execution.print_result(options.json ? report.dump(2) + "\n" : as_lines(report));
    }
    Json reports = Json::array();
    std::string text = fmt::format("{}: group of {} arrays\n", path, members.size());
    for (const std::string& member : members) {
        reports.push_back(describe(options, path + "/" + member, execution));
        text += as_lines(reports.back());
    }
    execution.print_result(options.json ? Json{{"path", path}, {"arrays", reports}}.dump(2) + "\n" : text);
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
