// Statistics over axes: projections of images, maps over time, traces over pixels. Several statistics come out of one
// pass.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/axis_values.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/reduce.hpp"
#include "levin/engine/table.hpp"
#include "levin/store/array.hpp"
#include "project_reducer.hpp"

namespace {

using namespace levin;
using kernels::Statistic;

const cli::Manual manual{
    .name = "project",
    .group = "Images",
    .summary = "statistics over one or more axes",
    .description =
        {"Reduces the axes named by --axis: a maximum projection (--axis z), a standard deviation image "
         "(--axis t), a mean trace (--axis y,x). NaN is no data "
         "and is skipped; where nothing is left the result is NaN, a count of 0, an argmax of -1.",
         "std and var are those of the population (divided by n) unless --ddof 1 asks for the sample's; snr "
         "is mean / std; range is max - min. median and "
         "percentile:Q interpolate linearly as numpy.percentile does and are exact. argmax and argmin count "
         "in C order over the reduced axes.",
         "Integers up to 16 bits and float32 give float32 for mean, std and the like, accumulated in "
         "float64; wider types give float64. max, min and range keep "
         "the data type, sum is float64, argmax, argmin and count are int32.",
         "Several statistics are separated by commas, computed in one pass over the data, and written as "
         "OUTPUT/mean, OUTPUT/std, ... --table writes them "
         "as a table instead or besides: one row per index of the axes kept, one column per statistic.",
         "With --part the parts share out the samples as well as the output: each leaves partial results of "
         "blocks of samples, and the last one, or levin check --publish, puts them together. Percentiles "
         "need all samples of a pixel at once: parts share out pixels, or, of images that are whole in their chunks, "
         "leave the samples, as large as the data, for the last one to select from. For many gigabytes levin toseries "
         "comes first: then every part reads its share and does all of it."},
    .examples = {{"levin project max fish.zarr maxz.zarr --axis z", "maximum projection"},
                 {"levin project mean,std,percentile:95 fish.zarr maps.zarr --axis t", "three maps in one pass"},
                 {"levin project mean fish.zarr --axis z,y,x -o trace.csv", "the mean trace as a table"}},
    .see_also = {"filter", "detrend", "numpy.percentile"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    std::vector<Statistic> statistics;
    std::string axis, table;
    Index ddof = 0;
};

void declare(cli::Parser& parser, Options& options) {
    parser
        .custom("STATISTIC", "", "what to compute; several separated by commas",
                [&options](const std::string& text) { options.statistics = kernels::parse_statistics(text); })
        .required()
        .shows({{"max"},
                {"min"},
                {"sum"},
                {"mean"},
                {"std"},
                {"var"},
                {"median"},
                {"percentile:Q"},
                {"range"},
                {"argmax"},
                {"argmin"},
                {"count"},
                {"snr"}});
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output);
    parser.at("OUTPUT").optional();
    parser.group("");
    parser.option(options.axis, "--axis", "AXES", "axes to reduce, e.g. z, t or y,x").required();
    parser.option(options.ddof, "--ddof", "N", "std and var divide by n - N");
    parser.option(options.table, "--table,-o", "FILE", "write the results as a table (CSV)").path().outside_history();
    parser.check([&options] {
        if (options.output.path.empty() && options.table.empty())
            throw UsageError("name an OUTPUT store, or a table with --table trace.csv");
        if (engine::is_pipe(options.table))
            throw UsageError(fmt::format("--table {}: a table is a file, not a pipe; name one", options.table));
        if (options.table.empty()) return;
        for (const auto& [given, name] :
             {std::pair(options.execution.resume, "--resume"), std::pair(!options.execution.part.empty(), "--part"),
              std::pair(options.execution.create_only, "--create-only")})
            if (given) throw UsageError(fmt::format("--table is written in one go; leave out {}", name));
    });
    parser.check([&options] {
        if (options.ddof < 0) throw UsageError(fmt::format("--ddof {}: must be at least 0", options.ddof));
    });
    cli::add_execution(parser, options.execution);
}

/// Percentiles go through the data in the way that decodes less.
void reduce(engine::Execution& execution, const ArraySource& input, const Options& options,
            const engine::Outputs& outputs) {
    const auto axes = engine::axis_list(options.axis, "--axis", input.info().axes);
    const project::Request request = project::request_of(options.statistics, options.ddof, input.info(), axes);
    bool at_once = true;
    engine::ReduceOptions how = project::reduce_options(request, axes, at_once);
    if (project::selects(request)) {
        const auto whole = engine::reduction_cost(execution, input, how, outputs);
        const engine::ReduceOptions in_passes = project::reduce_options(request, axes, false);
        const auto passes = engine::reduction_cost(execution, input, in_passes, outputs);
        at_once = whole && !(passes && *passes < *whole);
        if (!at_once) how = in_passes;
    }
    engine::reduce(execution, input, how, outputs, project::make_reducer(request, at_once));
}

/// The arrays of the group at `path`, side by side.
void write_table(const Options& options, const std::string& path) {
    std::vector<OwnedArray> values;
    std::vector<engine::Column> columns;
    std::optional<engine::IndexColumns> index;
    for (const Statistic& statistic : options.statistics) {
        const auto array = store::Array::open(path + "/" + to_string(statistic));
        const ArrayInfo& info = array->info();
        if (!index) index.emplace(info.shape, info.axes), columns = index->columns();
        values.emplace_back(info.dtype, info.shape);
        array->read(Region::whole(info.shape), values.back().view);
        columns.push_back({to_string(statistic), values.back().view});
    }
    engine::write_csv(options.table, columns, options.execution.force);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const ArrayInfo& info = input->info();
    const std::vector<std::size_t> axes = engine::axis_list(options.axis, "--axis", info.axes);
    const auto result_of = [&](const Statistic& statistic) {
        const ArrayInfo rest = engine::without_axes(info, axes);
        return engine::result_like(rest, kernels::output_dtype(statistic, info.dtype));
    };
    if (options.table.empty() && options.statistics.size() == 1) {
        engine::Output output(execution, options.output, result_of(options.statistics.front()));
        reduce(execution, *input, options, {&output});
        output.publish();
    } else {
        const bool table_only = options.output.path.empty(), dry_run = options.execution.dry_run;
        engine::OutputOptions where = options.output;
        if (table_only) where.path = engine::scratch_beside(options.table);
        if (!options.table.empty()) engine::check_table_path(options.table, options.execution.force);
        std::error_code ignored;
        if (table_only && !dry_run) std::filesystem::remove_all(where.path, ignored);  // a killed run may have left it
        engine::OutputGroup group(execution, where, info.attributes);
        engine::Outputs outputs;
        for (const Statistic& statistic : options.statistics)
            outputs.push_back(&group.add(to_string(statistic), result_of(statistic)));
        reduce(execution, *input, options, outputs);
        group.publish();
        if (!options.table.empty() && !dry_run) write_table(options, where.path);
        if (table_only && !dry_run) std::filesystem::remove_all(where.path);
    }
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
