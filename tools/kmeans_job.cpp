// The request, its outputs and its result, for kmeans in one piece and in parts.
#include "kmeans_job.hpp"

#include <fmt/format.h>

#include "levin/engine/pipes.hpp"
#include "levin/engine/table.hpp"
#include "levin/store/array.hpp"

namespace levin::tool {
namespace {

/// Centroids (k, samples) from a store, in double.
std::vector<double> read_centroids(const std::string& path, const std::string& option, Index samples, Index& clusters) {
    if (engine::is_pipe(path))
        throw UsageError(fmt::format("{} {}: centroids come from a store, not through a pipe", option, path));
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

/// Who goes on where another run stopped finds the table perhaps written.
bool may_replace_table(const Job& job) {
    const engine::ExecutionOptions& run = job.options.execution;
    return run.force || run.resume || run.merge;
}

void write_centroid_table(const Job& job, const ConstView& centroids) {
    const Axis& time = job.input.info().axes[require_axis(job.input.info().axes, job.axis)];
    const engine::IndexColumns index({centroids.shape[1]}, {time});
    std::vector<engine::Column> columns = index.columns();
    for (Index k = 0; k < centroids.shape[0]; ++k)
        columns.push_back({fmt::format("cluster {}", k), centroids.sub({{k, 0}, {1, centroids.shape[1]}})});
    engine::write_csv(job.options.csv, columns, may_replace_table(job));
}

}  // namespace

Job understand(const Options& options, engine::Execution& execution, const ArraySource& input) {
    const ArrayInfo& info = input.info();
    Job job{options, execution, input, engine::series_axis(input), options.kmeans, {}, {}};
    if (is_complex(compute_dtype(info.dtype)))
        throw UsageError(fmt::format("{} is {}: kmeans takes real series", input.name(), name_of(info.dtype)));
    if (job.samples() < 1)
        throw UsageError(
            fmt::format("{} has no sample along {}: kmeans needs series of at least one", input.name(), job.axis));
    job.pixels = engine::without_axes(info, {require_axis(info.axes, job.axis)});
    if (job.predicts()) {
        job.centroids = read_centroids(options.predict, "--predict", job.samples(), job.kmeans.clusters);
    } else if (options.init == "random") {
        job.kmeans.init = kernels::KMeansInit::random;
    } else if (options.init != "kmeans++") {
        job.kmeans.init = kernels::KMeansInit::given;
        job.centroids = read_centroids(options.init, "--init", job.samples(), job.kmeans.clusters);
    }
    return job;
}

void complete_table(const Job& job) {
    if (job.options.csv.empty()) return;
    const auto stored = store::Array::open(job.options.output.path + "/centroids");
    OwnedArray values(stored->info().dtype, stored->info().shape);
    stored->read(Region::whole(values.view.shape), values.view);
    write_centroid_table(job, values.view);
}

DType Job::read_as() const {
    switch (input.info().dtype) {
        case DType::uint8:
        case DType::uint16:
        case DType::int16:
            return input.info().dtype;
        default:
            return compute_dtype(input.info().dtype);
    }
}

void Job::set_aside(Index held, std::size_t more) const {
    const std::size_t state = static_cast<std::size_t>(held) * 8 + more +
                              kernels::kmeans_scratch_bytes(held, samples(), kmeans, execution.threads(),
                                                            size_of(compute_dtype(input.info().dtype)));
    if (state > execution.budget() / 2)
        execution.refuse_memory("labels, distances and centroids", 2 * state + execution.memory() - execution.budget(),
                                "give more --memory");
    execution.set_aside(state);
}

Outputs::Outputs(const Job& job) : group(job.execution, job.options.output, job.input.info().attributes) {
    const ArrayInfo& info = job.input.info();
    engine::ResultInfo per_pixel{job.pixels, engine::Layout::images, {}}, per_cluster{info, engine::Layout::images, {}};
    per_cluster.info.axes = {{"k", 0, ""}, info.axes[require_axis(info.axes, job.axis)]};
    per_cluster.info.shape = per_cluster.info.chunks = {job.kmeans.clusters, job.samples()};
    per_cluster.info.dtype = per_pixel.info.dtype = DType::float32;
    centroids = &group.add("centroids", per_cluster);
    distance = &group.add("distance", per_pixel);
    per_pixel.info.dtype = DType::int32;
    labels = &group.add("labels", per_pixel);
}

void publish(const Job& job, Outputs& outputs, const kernels::KMeansResult& fit, const ConstView& labels,
             const ConstView& distance) {
    engine::write_whole(job.execution, *outputs.labels, labels);
    engine::write_whole(job.execution, *outputs.distance, distance);
    const Dims& shape = outputs.centroids->info().shape;
    const OwnedArray rounded(DType::float32, shape);
    convert(contiguous(fit.centroids.data(), DType::float64, shape), rounded.view);
    engine::write_whole(job.execution, *outputs.centroids, rounded.view);
    outputs.group.publish();
    if (!job.options.csv.empty()) write_centroid_table(job, rounded.view);
    job.execution.print_result(fmt::format(
        "inertia {}\niterations {}{}\npixels {} of {}\n", fit.inertia, fit.iterations,
        job.predicts() || fit.converged ? "" : " (stopped by --max-iter)", fit.valid, product(job.pixels.shape)));
}

}  // namespace levin::tool
