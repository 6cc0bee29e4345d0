// Clusters of series: the engine brings blocks of series again and again, the kernel is Lloyd's iteration.
#include "levin/kernels/kmeans.hpp"

#include <fmt/format.h>

#include <numeric>

#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/pipes.hpp"
#include "levin/engine/reduce.hpp"
#include "levin/engine/series.hpp"
#include "levin/engine/table.hpp"
#include "levin/store/array.hpp"

namespace {

using namespace levin;
using kernels::SeriesScale;

const cli::Manual manual{
    .name = "kmeans",
    .group = "Series",
    .summary = "cluster pixels by their time series",
    .description = {"Lloyd's algorithm on squared Euclidean distance, as scikit-learn's KMeans(n_init=1): from the "
                    "same initial centroids the labels are the same. It stops when no "
                    "label changes, or when the squared movements of the centroids sum to at most --tol times the mean "
                    "variance. An empty cluster takes the farthest pixel; "
                    "ties go to the lowest label. The result does not depend on chunks or threads, bit for bit.",
                    "--init kmeans++ is the greedy seeding of scikit-learn with levin's own generator: --seed gives "
                    "other choices than scikit-learn's. --init STORE starts from an array "
                    "(k, t). --predict STORE only assigns to the centroids of an earlier run.",
                    "OUTPUT is a group: labels (int32, one per pixel), centroids (k, t) and distance (float32, to the "
                    "own centroid). Inertia and iterations go to standard output. Series "
                    "with NaN, or outside --mask, have label -1 and distance NaN."},
    .examples = {{"levin kmeans dff.zarr clusters --clusters 5 --seed 1 --csv centroids.csv",
                  "five clusters, their time courses as a table"},
                 {"levin kmeans dff.zarr clusters --clusters 8 --scale zscore",
                  "clusters by the shape of the response alone"},
                 {"levin kmeans other.zarr assigned --predict clusters/centroids", "assign another recording"}},
    .see_also = {"dff", "export", "sklearn.cluster.KMeans"},
};

struct Options {
    engine::InputOptions input;
    engine::OutputOptions output;
    engine::ExecutionOptions execution;
    kernels::KMeansOptions kmeans;
    std::string init = "kmeans++", predict, csv;
};

void declare(cli::Parser& parser, Options& options) {
    kernels::KMeansOptions& kmeans = options.kmeans;
    cli::add_input(parser, options.input);
    cli::add_mask(parser, options.input);
    cli::add_output(parser, options.output, "group to write");
    for (const char* name : {"--chunks", "--shards", "--dtype", "--clip"}) parser.remove(name);
    parser.group("");
    parser.option(kmeans.clusters, "--clusters", "K", "number of clusters").defaults_to("");
    parser.option(options.init, "--init", "INIT", "initial centroids")
        .shows({{"kmeans++", "spread out at random"}, {"random", "K pixels at random"}, {"STORE", "an array (k, t)"}});
    parser.option(kmeans.seed, "--seed", "N", "of the random choices");
    parser.option(kmeans.max_iter, "--max-iter", "N", "iterations at most");
    parser.option(kmeans.tol, "--tol", "X",
                  "movement of the centroids, relative to the mean variance, that counts as none");
    parser.option(kmeans.scale, "--scale", "SCALE",
                  {{"none", SeriesScale::none, "series as they are"},
                   {"center", SeriesScale::center, "each less its mean"},
                   {"zscore", SeriesScale::zscore,
                    "each less its mean, divided by its standard deviation; a constant series gives 0"}},
                  "what to do to each series before");
    parser.option(kmeans.sample, "--sample", "N", "pixels that kmeans++ looks at").defaults_to("all");
    parser.option(options.predict, "--predict", "STORE", "only assign to these centroids (k, t)").path();
    parser.option(options.csv, "--csv", "FILE", "write the centroids as a table too").path().outside_history();
    parser.check([&options] {
        if (options.predict.empty() && options.kmeans.clusters < 1)
            throw UsageError("--clusters K is needed, e.g. --clusters 5");
        if (!options.predict.empty() && options.kmeans.clusters != 0)
            throw UsageError("--predict takes the number of clusters from its centroids; leave out --clusters");
    });
    cli::add_execution(parser, options.execution, cli::ExecutionKind::writing);
}

/// The engine's blocks as the kernel wants them.
template <class T>
class Blocks final : public kernels::SeriesBlocks<T> {
  public:
    Blocks(engine::Execution& execution, engine::SeriesBlocks& series)
        : execution_(execution), series_(series), numbers_(static_cast<std::size_t>(execution.threads())) {}
    Index samples() const override { return series_.samples(); }
    Index pixels() const override { return series_.pixels(); }
    int threads() const override { return execution_.threads(); }
    void for_each(const std::function<void(const kernels::SeriesBlock<T>&)>& visit) const override {
        series_.for_each([&](const ConstView& block, Index first, Index, int thread) {
            std::vector<Index>& numbers = numbers_[static_cast<std::size_t>(thread)];
            numbers.resize(static_cast<std::size_t>(block.shape[1]));
            std::iota(numbers.begin(), numbers.end(), first);
            visit({block.as<T>(), block.shape[1], block.strides[0] / static_cast<Index>(sizeof(T)), numbers.data(),
                   thread});
        });
    }
    void read(std::span<const Index> numbers, T* out) const override {
        const OwnedArray series = series_.gather(numbers);
        const auto count = static_cast<Index>(numbers.size());
        copy(permuted(ConstView(series.view), {1, 0}), contiguous(out, dtype_of<T>(), {samples(), count}));
    }

  private:
    engine::Execution& execution_;
    engine::SeriesBlocks& series_;
    mutable std::vector<std::vector<Index>> numbers_;  // one per thread
};

/// Centroids (k, samples) from a store, in double.
std::vector<double> read_centroids(const std::string& path, const std::string& option, Index samples, Index& clusters) {
    const auto array = store::Array::open(path);
    const Dims& shape = array->info().shape;
    if (shape.size() != 2 || shape[1] != samples || (clusters != 0 && shape[0] != clusters))
        throw UsageError(fmt::format("{} {}: expected an array (k, t) of ({}, {}), found {}", option, path,
                                     clusters ? fmt::format("{}", clusters) : "k", samples, to_string(shape)));
    clusters = shape[0];
    OwnedArray stored(array->info().dtype, shape), values(DType::float64, shape);
    array->read(Region::whole(shape), stored.view);
    convert(stored.view, values.view);
    const double* first = values.view.as<double>();
    return {first, first + values.view.count()};
}

struct Result {
    kernels::KMeansResult fit;
    OwnedArray labels, distance;
};

template <class T>
Result cluster(const Options& options, kernels::KMeansOptions how, engine::Execution& execution,
               engine::SeriesBlocks& series) {
    const Dims& shape = series.pixel_info().shape;
    Result result{{}, {DType::int32, shape}, {DType::float32, shape}};
    const auto pixels = static_cast<std::size_t>(series.pixels());
    const std::span labels(result.labels.view.as<std::int32_t>(), pixels);
    const std::span distance(result.distance.view.as<float>(), pixels);
    const Blocks<T> blocks(execution, series);
    if (!options.predict.empty()) {
        Index clusters = 0;
        const auto centroids = read_centroids(options.predict, "--predict", series.samples(), clusters);
        result.fit = kernels::kmeans_predict<T>(blocks, options.kmeans.scale, clusters, centroids, labels, distance);
        result.fit.centroids = centroids;
        return result;
    }
    std::vector<double> init;
    if (options.init == "random") how.init = kernels::KMeansInit::random;
    else if (options.init != "kmeans++")
        how.init = kernels::KMeansInit::given,
        init = read_centroids(options.init, "--init", series.samples(), how.clusters);
    result.fit = kernels::kmeans<T>(blocks, how, init, labels, distance);
    return result;
}

/// The kernel reads some types as they are; others are converted to what they are computed in.
DType read_as(DType stored) {
    switch (stored) {
        case DType::uint8:
        case DType::uint16:
        case DType::int16:
            return stored;
        default:
            return compute_dtype(stored);
    }
}

Result cluster_as(DType dtype, const Options& options, const kernels::KMeansOptions& how, engine::Execution& execution,
                  engine::SeriesBlocks& series) {
    switch (dtype) {
        case DType::uint8:
            return cluster<std::uint8_t>(options, how, execution, series);
        case DType::uint16:
            return cluster<std::uint16_t>(options, how, execution, series);
        case DType::int16:
            return cluster<std::int16_t>(options, how, execution, series);
        case DType::float32:
            return cluster<float>(options, how, execution, series);
        default:
            return cluster<double>(options, how, execution, series);
    }
}

void write_centroid_table(const Options& options, const ConstView& centroids, const Axes& axes) {
    const engine::IndexColumns index({centroids.shape[1]}, {axes[1]});
    std::vector<engine::Column> columns = index.columns();
    for (Index k = 0; k < centroids.shape[0]; ++k)
        columns.push_back({fmt::format("cluster {}", k), centroids.sub({{k, 0}, {1, centroids.shape[1]}})});
    engine::write_csv(options.csv, columns, options.execution.force || options.execution.resume);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const ArrayInfo& info = input->info();
    const std::string axis = engine::series_axis(*input);
    const std::size_t series_at = require_axis(info.axes, axis);
    const DType dtype = compute_dtype(info.dtype);
    if (is_complex(dtype))
        throw UsageError(fmt::format("{} is {}: kmeans takes real series", input->name(), name_of(info.dtype)));
    if (info.shape[series_at] < 1)
        throw UsageError(
            fmt::format("{} has no sample along {}: kmeans needs series of at least one", input->name(), axis));
    if (!options.csv.empty())
        engine::check_table_path(options.csv, options.execution.force || options.execution.resume);

    Index clusters = options.kmeans.clusters;
    for (const auto& [option, path] : {std::pair("--init", options.init), std::pair("--predict", options.predict)})
        if (engine::is_pipe(path))
            throw UsageError(fmt::format("{} {}: centroids come from a store, not through a pipe", option, path));
    if (!options.predict.empty()) read_centroids(options.predict, "--predict", info.shape[series_at], clusters);
    engine::OutputGroup group(execution, options.output, info.attributes);
    const ArrayInfo pixels = engine::without_axes(info, {series_at});
    engine::ResultInfo per_pixel{pixels, engine::Layout::images, {}}, per_cluster{info, engine::Layout::images, {}};
    per_cluster.info.axes = {{"k", 0, ""}, info.axes[series_at]};
    per_cluster.info.shape = per_cluster.info.chunks = {clusters, info.shape[series_at]};
    per_cluster.info.dtype = per_pixel.info.dtype = DType::float32;
    engine::Output& centroids = group.add("centroids", per_cluster);
    engine::Output& distance = group.add("distance", per_pixel);
    per_pixel.info.dtype = DType::int32;
    engine::Output& labels = group.add("labels", per_pixel);

    kernels::KMeansOptions kmeans = options.kmeans;
    kmeans.clusters = clusters;
    const auto bytes_held = [&] {
        return byte_count(pixels.shape, 8) + kernels::kmeans_scratch_bytes(product(pixels.shape), info.shape[series_at],
                                                                           kmeans, execution.threads(), size_of(dtype));
    };
    kmeans.sketch =
        options.predict.empty() && bytes_held() <= execution.budget() / 4;  // the series themselves are worth more
    const std::size_t state = bytes_held();
    if (state > execution.budget() / 2)
        execution.refuse_memory("labels, distances and centroids", 2 * state + execution.memory() - execution.budget(),
                                "give more --memory");
    execution.set_aside(state);
    engine::SeriesBlocks series(execution, *input, axis, read_as(info.dtype));
    if (options.execution.dry_run)
        return engine::print_plan(execution, *input, {&labels, &centroids, &distance}, series.plan());
    if (group.was_complete()) {  // but perhaps stopped before the table
        execution.progress().finish();
        if (options.csv.empty()) return;
        const auto stored = store::Array::open(options.output.path + "/centroids");
        OwnedArray values(stored->info().dtype, stored->info().shape);
        stored->read(Region::whole(values.view.shape), values.view);
        return write_centroid_table(options, values.view, per_cluster.info.axes);
    }
    series.load();
    execution.progress().detail(
        series.in_memory()
            ? "all series stay in memory"
            : "the series are on disk, uncompressed, and are read in every iteration; more --memory would spare that");
    const Result result = cluster_as(read_as(info.dtype), options, kmeans, execution, series);
    engine::write_whole(execution, labels, result.labels.view);
    engine::write_whole(execution, distance, result.distance.view);
    OwnedArray rounded(DType::float32, per_cluster.info.shape);
    convert(contiguous(result.fit.centroids.data(), DType::float64, per_cluster.info.shape), rounded.view);
    engine::write_whole(execution, centroids, rounded.view);
    group.publish();
    if (!options.csv.empty()) write_centroid_table(options, rounded.view, per_cluster.info.axes);
    execution.print_result(
        fmt::format("inertia {}\niterations {}{}\npixels {} of {}\n", result.fit.inertia, result.fit.iterations,
                    options.predict.empty() && !result.fit.converged ? " (stopped by --max-iter)" : "",
                    result.fit.valid, series.pixels()));
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
