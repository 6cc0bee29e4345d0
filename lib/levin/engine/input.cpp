#include "levin/engine/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "levin/engine/mask.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/selection.hpp"
#include "levin/engine/stored.hpp"
#include "levin/formats/file_remote.hpp"
#include "levin/formats/inputs.hpp"
#include "levin/remote/url.hpp"
#include "levin/store/array.hpp"

namespace levin::engine {
namespace {

/// The names that the array has, completed by the default for its rank where that agrees with them.
std::optional<Axes> known_axes(const ArrayInfo& info) {
    const auto nameless = [](const Axis& axis) { return axis.name.empty(); };
    if (std::none_of(info.axes.begin(), info.axes.end(), nameless)) return info.axes;
    const auto letters = default_letters(info.rank());
    if (!letters) return std::nullopt;
    Axes axes = axes_from_letters(*letters);
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (!nameless(info.axes[i]) && info.axes[i].name != axes[i].name) return std::nullopt;
    return axes;
}

/// What a user could answer: --axes for an array of this rank.
std::string axes_example(std::size_t rank) {
    switch (rank) {
        case 1:
            return "e.g. --axes t";
        case 3:
            return "e.g. --axes tyx or --axes zyx";
        default:
            return rank <= 5 ? "e.g. --axes " + default_letters(rank).value_or("tczyx")
                             : "of which levin knows five, t, c, z, y and x";
    }
}

Axes named_axes(const ArrayInfo& info, const std::string& requested, const std::string& name) {
    const auto known = known_axes(info);
    if (requested.empty() && !known)
        throw UsageError(fmt::format("{} has {} dimension{} {} and does not name its axes; say them with --axes, {}",
                                     name, info.rank(), info.rank() == 1 ? "" : "s", to_string(info.shape),
                                     axes_example(info.rank())));
    Axes axes = requested.empty() ? *known : axes_from_letters(requested);
    if (axes.size() != info.rank())
        throw UsageError(fmt::format("--axes {} names {} axes, but {} has {} dimensions {}", requested, axes.size(),
                                     name, info.rank(), to_string(info.shape)));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        axes[i].spacing = info.axes[i].spacing;
        axes[i].unit = info.axes[i].unit;
    }
    return axes;
}

void set_spacing(Axes& axes, const std::string& text) {
    for (const auto& [name, value] : parse_assignments(text, "--spacing")) {
        Axis& axis = axes[require_axis(axes, name)];
        const Quantity quantity = parse_quantity(value);
        if (!(quantity.value > 0))
            throw UsageError(fmt::format("--spacing {}={}: must be greater than 0", name, value));
        axis.spacing = quantity.value;
        axis.unit = quantity.unit;
    }
}

}  // namespace

bool axes_are_known(const ArrayInfo& info) { return known_axes(info).has_value(); }

Source prepare(Source source, const InputOptions& options, const std::string& selection) {
    ArrayInfo info = source->info();
    info.axes = named_axes(info, options.axes, source->name());
    if (!options.spacing.empty()) set_spacing(info.axes, options.spacing);
    source = describe(std::move(source), info);

    std::vector<std::size_t> order(info.rank());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return ome_rank(info.axes[a].name) < ome_rank(info.axes[b].name);
    });
    if (!std::is_sorted(order.begin(), order.end())) source = permute(std::move(source), order);

    for (const std::string& text : {selection, options.select})
        if (!text.empty()) {
            auto ranges = parse_selection(text, source->info());
            source = select(std::move(source), std::move(ranges));
        }
    return source;
}

Source open_inputs(Execution& execution, const std::vector<std::string>& paths, const InputOptions& options) {
    const auto [path, selection] =
        paths.size() == 1 ? split_selection(paths[0]) : std::pair<std::string, std::string>();
    for (const std::string& each : paths)
        if (paths.size() > 1 && is_pipe(each))
            throw UsageError(fmt::format("INPUT {}: a pipe is read alone, not among files", each));
    Source source;
    const auto stored =
        paths.size() == 1 && !is_pipe(path) ? store_named(path, options.level) : std::optional<StoreName>();
    if (is_pipe(path) || stored) formats::refuse_options(path, nullptr, options.read);
    if (is_pipe(path)) {
        source = open_pipe(execution, path, options, "INPUT");
    } else if (options.no_trailer) {
        throw UsageError(fmt::format("--no-trailer: {} is no pipe; it is for INPUT -", paths[0]));
    } else if (stored) {
        execution.watch({stored->path, metadata_files(*stored)});
        source = open_store(*stored, options.missing_is_error);
        if (const auto* array = dynamic_cast<const store::Array*>(source.get());
            array && array->folder() != stored->path)
            execution.watch({array->folder(), metadata_files(StoreName{array->folder()})});
    } else {
        formats::ReadOptions read = options.read;
        read.axes = options.axes;
        std::vector<std::string> files, notes;
        source = formats::open(paths.size() == 1 ? std::vector{path} : paths, read, &notes, &files);
        execution.watch({source->name(), files});
        if (std::any_of(files.begin(), files.end(), remote::is_url))
            execution.set_aside(formats::remote_file_memory(execution.threads()));
        for (const std::string& note : notes) execution.progress().note(note);
    }
    source = prepare(std::move(source), options, selection);
    if (options.mask.empty()) return source;
    InputOptions of_mask;
    of_mask.path = options.mask;
    if (is_pipe(split_selection(options.mask).first) && is_pipe(path))
        throw UsageError("INPUT and --mask: both are standard input, which can be read once");
    return apply_mask(std::move(source), *open_input(execution, of_mask));
}

Source open_input(Execution& execution, const InputOptions& options) {
    return open_inputs(execution, {options.path}, options);
}

}  // namespace levin::engine
