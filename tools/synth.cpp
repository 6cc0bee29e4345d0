// Realistic data with known truth: the movie is a pure function of position and seed, so it is an array like any other.
#include "levin/kernels/synth.hpp"

#include <fmt/format.h>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/map.hpp"
#include "levin/engine/place.hpp"
#include "levin/engine/table.hpp"
#include "levin/kernels/random.hpp"
#include "levin/store/file.hpp"

namespace {

using namespace levin;

enum class Kind { fish, random };

const cli::Manual manual{
    .name = "synth",
    .group = "Input and output",
    .summary = "make realistic data with known truth",
    .description = {"fish is a light-sheet movie (t, z, y, x) of a zebrafish brain under periodic stimuli: smooth "
                    "background, cells that respond with the frequency and phase of their stimulus group, "
                    "bleaching, and Poisson shot noise; photon counts in uint16. --truth DIR receives cells.csv "
                    "(place, radius, frequency bin, phase, amplitude, group of each cell) and labels.zarr "
                    "(the cell at each pixel, 0 for background).",
                    "random is standard normal float32 in any shape.",
                    "The same seed and shape give the same values, whatever the chunks and threads."},
    .examples = {{"levin synth fish movie.zarr --truth truth", "the demo's movie"},
                 {"levin synth random noise.zarr --shape t=1000,y=512,x=512 --seed 7", "noise to test with"}},
    .see_also = {"ingest", "fft", "kmeans"},
};

struct Options {
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    Kind kind = Kind::fish;
    std::string shape = "t=240,z=2,y=76,x=87", truth;
    std::uint64_t seed = 1;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional(options.kind, "KIND",
                      {{"fish", Kind::fish, "zebrafish light-sheet movie"}, {"random", Kind::random, "normal noise"}},
                      "what to make");
    cli::add_output(parser, options.output);
    parser.group("");
    parser.option(options.shape, "--shape", "AXIS=N,...", "axes and sizes");
    parser.option(options.seed, "--seed", "N", "of the random numbers");
    parser.option(options.truth, "--truth", "DIR", "write the truth of fish to this folder").path().outside_history();
    parser.check([&options] {
        if (options.kind != Kind::fish && !options.truth.empty())
            throw UsageError("--truth is for fish; noise has none");
    });
    cli::add_execution(parser, options.execution);
}

/// An array whose elements are computed where they are read.
class Generated final : public ArraySource {
  public:
    using Fill = std::function<void(const Region&, const View&)>;
    Generated(ArrayInfo info, Fill fill) : info_(std::move(info)), fill_(std::move(fill)) {}
    const ArrayInfo& info() const override { return info_; }
    std::size_t scratch_bytes() const override { return byte_count(info_.chunks, info_.element_size()); }
    std::string name() const override { return "synth"; }
    void read(const Region& region, const View& out) const override {
        if (out.is_contiguous()) return fill_(region, out);
        OwnedArray block(info_.dtype, region.shape);
        fill_(region, block.view);
        copy(block.view, out);
    }

  private:
    ArrayInfo info_;
    Fill fill_;
};

ArrayInfo describe(const Dims& shape, const Axes& axes, DType dtype) {
    return {shape, dtype, axes, engine::default_chunks(shape, axes, dtype, engine::Layout::images), "{}"};
}

/// --shape
void parse_shape(const std::string& text, Axes& axes, Dims& shape) {
    Index bytes = 8;  // no element needs more
    for (const auto& [name, n] : parse_integers(text, "--shape", 0)) {
        if (__builtin_mul_overflow(bytes, std::max<Index>(1, n), &bytes))
            throw UsageError(fmt::format("--shape {} asks for more bytes than 64 bits can count", text));
        axes.push_back({name, 0, ""}), shape.push_back(n);
    }
}

/// Whole rows of the last axis: consecutive numbers of the sequence.
void fill_random(std::uint64_t seed, const Dims& shape, const Region& region, const View& out) {
    const Grid elements(shape, Dims(shape.size(), 1));
    Region rows = region;
    if (!rows.shape.empty()) rows.shape.back() = 1;
    const Index length = region.shape.empty() ? 1 : region.shape.back();
    float* to = out.as<float>();
    for_each_index(rows, [&](const Dims& at) {
        kernels::fill_normal(seed, elements.number(at), length, to);
        to += length;
    });
}

void write_cells(const Options& options, const kernels::FishMovie& movie) {
    const auto& cells = movie.cells();
    const auto count = static_cast<Index>(cells.size());
    std::vector<engine::Column> columns;
    std::vector<OwnedArray> values;
    const auto column = [&](const std::string& name, auto value) {
        using T = decltype(value(cells.front()));
        values.emplace_back(dtype_of<T>(), Dims{count});
        for (std::size_t i = 0; i < cells.size(); ++i) values.back().view.template as<T>()[i] = value(cells[i]);
        columns.push_back({name, values.back().view});
    };
    using Cell = kernels::FishCell;
    column("label", [](const Cell& cell) { return cell.label; });
    column("z", [](const Cell& cell) { return cell.z; });
    column("y", [](const Cell& cell) { return cell.y; });
    column("x", [](const Cell& cell) { return cell.x; });
    column("radius", [](const Cell& cell) { return cell.radius; });
    column("baseline", [](const Cell& cell) { return cell.baseline; });
    column("amplitude", [](const Cell& cell) { return cell.amplitude; });
    column("frequency", [](const Cell& cell) { return cell.frequency; });
    column("phase", [](const Cell& cell) { return cell.phase; });
    column("group", [](const Cell& cell) { return static_cast<std::int32_t>(cell.group); });
    engine::write_csv(options.truth + "/cells.csv", columns,
                      options.execution.force || options.execution.resume || !options.execution.part.empty());
}

void write_truth(const Options& options, engine::Execution& execution, const kernels::FishMovie& movie,
                 const Axes& axes) {
    store::make_directories(options.truth, false);
    const Dims shape(movie.shape().begin() + 1, movie.shape().end());
    const Generated labels(
        describe(shape, Axes(axes.begin() + 1, axes.end()), DType::int32),
        [&](const Region& region, const View& out) { movie.fill_labels(region, out.as<std::int32_t>()); });
    engine::OutputOptions where;
    where.path = options.truth + "/labels.zarr";
    engine::write_rechunked(execution, labels, where, engine::result_like(labels.info(), DType::int32));
    write_cells(options, movie);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    Axes axes;
    Dims shape;
    parse_shape(options.shape, axes, shape);
    std::optional<kernels::FishMovie> movie;
    if (options.kind == Kind::fish) {
        if (letters(axes) != "tzyx")
            throw UsageError(fmt::format("--shape {}: fish has the axes t, z, y and x, in this order", options.shape));
        movie.emplace(shape, options.seed);
        axes[0] = {"t", 0.5, "s"};
        for (std::size_t i = 1; i < 4; ++i) axes[i] = {axes[i].name, i == 1 ? 5.0 : 0.65, "um"};
    }
    const Generated source(describe(shape, axes, movie ? DType::uint16 : DType::float32),
                           [&](const Region& region, const View& out) {
                               if (movie) movie->fill(region, out.as<std::uint16_t>());
                               else fill_random(options.seed, shape, region, out);
                           });
    engine::check_place(options.truth);
    // Created first: an output that is refused must not leave a truth without its movie.
    engine::Output output(execution, options.output, engine::result_like(source.info(), source.info().dtype));
    if (!options.truth.empty() && !options.execution.dry_run) write_truth(options, execution, *movie, axes);
    engine::rechunk(execution, source, output);
    output.publish();
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
