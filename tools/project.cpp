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
#include "levin/kernels/select.hpp"
#include "levin/kernels/statistics.hpp"
#include "levin/store/array.hpp"

namespace {

using namespace levin;
using kernels::Statistic;

const cli::Manual manual{
    .name = "project",
    .group = "Images",
    .summary = "statistics over one or more axes",
    .description = {"Reduces the axes named by --axis: a maximum projection (--axis z), a standard deviation image "
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
                    "as a table instead or besides: one row per index of the axes kept, one column per statistic."},
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
        if (options.table.empty() || !options.execution.resume) return;
        throw UsageError("--table is written in one go; leave out --resume");
    });
    parser.check([&options] {
        if (options.ddof < 0) throw UsageError(fmt::format("--ddof {}: must be at least 0", options.ddof));
    });
    cli::add_execution(parser, options.execution);
}

/// Streaming statistics of one strip.
class Streaming final : public engine::Reducer {
  public:
    Streaming(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof)
        : statistics_(statistics), accumulator_(statistics, in, pixels, ddof) {}
    void add(const ConstView& block) override { accumulator_.add(block); }
    void finish(std::span<const View> out) override {
        for (std::size_t i = 0; i < out.size(); ++i) accumulator_.finish(statistics_[i], out[i]);
    }

  private:
    std::span<const Statistic> statistics_;
    kernels::Accumulator accumulator_;
};

/// Percentiles of one strip, and whatever else is asked beside them: all samples come at once, or in passes.
class Selecting final : public engine::Reducer {
  public:
    Selecting(std::span<const Statistic> statistics, DType in, Index pixels, Index ddof, bool at_once)
        : statistics_(statistics), in_(in), pixels_(pixels) {
        for (const Statistic& statistic : statistics)
            if (is_selection(statistic))
                q_.push_back(statistic.kind == kernels::StatisticKind::median ? 50 : statistic.q);
            else streaming_.push_back(statistic);
        accumulator_ = std::make_unique<kernels::Accumulator>(streaming_, in, pixels, ddof);
        percentiles_ = OwnedArray(compute_dtype(in), {static_cast<Index>(q_.size()), pixels});
        if (!at_once) passes_.emplace(in, pixels, q_);
    }
    void add(const ConstView& block) override {
        if (passes_) passes_->add(block);
        else kernels::percentiles(block, q_, percentiles_.view, scratch_);
        if (pass_ == 0 && !streaming_.empty()) accumulator_->add(block);
        seen_ = true;
    }
    void end_pass() override {
        if (!seen_) add(ConstView(nullptr, in_, {0, pixels_}, {0, 0}));  // an axis of length 0
        if (passes_) passes_->end_pass();
        ++pass_;
    }
    void finish(std::span<const View> out) override {
        if (passes_) passes_->finish(percentiles_.view);
        Index next = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (is_selection(statistics_[i])) {
                const Region row{{next++, 0}, {1, pixels_}};
                View flat = out[i];
                flat.shape = {1, pixels_}, flat.strides = {0, flat.strides[0]};
                copy(percentiles_.view.sub(row), flat);
            } else {
                accumulator_->finish(statistics_[i], out[i]);
            }
        }
    }

  private:
    std::span<const Statistic> statistics_;
    DType in_;
    Index pixels_;
    std::vector<double> q_;
    std::vector<Statistic> streaming_;
    std::unique_ptr<kernels::Accumulator> accumulator_;
    OwnedArray percentiles_;
    std::optional<kernels::PassPercentiles> passes_;
    Buffer scratch_;
    bool seen_ = false;
    Index pass_ = 0;
};

/// The reduction of each slab as it comes; the samples of a percentile all at once, or in passes with --memory in mind.
engine::ReduceOptions reduce_options(const Options& options, const ArrayInfo& info, bool at_once) {
    engine::ReduceOptions how;
    how.axes = engine::axis_list(options.axis, "--axis", info.axes);
    std::vector<Statistic> streaming;
    std::copy_if(options.statistics.begin(), options.statistics.end(), std::back_inserter(streaming),
                 [](const Statistic& s) { return !is_selection(s); });
    const std::size_t selections = options.statistics.size() - streaming.size();
    const bool selecting = selections > 0;
    how.whole = selecting && at_once;
    if (selecting && !at_once) how.passes = kernels::PassPercentiles::passes(info.dtype);
    how.state_bytes = [=, dtype = info.dtype](Index pixels) {
        return kernels::Accumulator::state_bytes(streaming, dtype, pixels) +
               selections * static_cast<std::size_t>(pixels) * sizeof(double) +
               (selecting && !at_once ? kernels::PassPercentiles::state_bytes(dtype, pixels, selections) : 0);
    };
    if (!how.whole) return how;
    Index samples = 1;
    for (const std::size_t axis : how.axes) samples *= info.shape[axis];
    how.scratch_bytes = [=, dtype = info.dtype](Index pixels) {
        return kernels::percentiles_scratch_bytes(dtype, samples, pixels);
    };
    return how;
}

/// Percentiles go through the data in the way that decodes less.
void reduce(engine::Execution& execution, const ArraySource& input, const Options& options,
            const engine::Outputs& outputs) {
    const ArrayInfo& info = input.info();
    const bool selecting = std::any_of(options.statistics.begin(), options.statistics.end(), kernels::is_selection);
    engine::ReduceOptions how = reduce_options(options, info, true);
    if (selecting) {
        const auto at_once = engine::reduction_cost(execution, input, how, outputs);
        const engine::ReduceOptions in_passes = reduce_options(options, info, false);
        const auto passes = engine::reduction_cost(execution, input, in_passes, outputs);
        if (!at_once || (passes && *passes < *at_once)) how = in_passes;
    }
    engine::reduce(execution, input, how, outputs, [&](Index pixels) -> std::unique_ptr<engine::Reducer> {
        if (!selecting) return std::make_unique<Streaming>(options.statistics, info.dtype, pixels, options.ddof);
        return std::make_unique<Selecting>(options.statistics, info.dtype, pixels, options.ddof, how.whole);
    });
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
        if (table_only) where.path = options.table + ".levin-scratch";
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
