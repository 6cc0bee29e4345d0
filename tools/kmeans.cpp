// Clusters of series: the engine brings blocks of series again and again, the kernel is Lloyd's iteration.
#include "kmeans_job.hpp"
#include "levin/cli/groups.hpp"
#include "levin/cli/tool.hpp"
#include "levin/engine/input.hpp"
#include "levin/engine/table.hpp"

namespace {

using namespace levin;
using namespace levin::tool;
using kernels::SeriesScale;

const cli::Manual manual{
    .name = "kmeans",
    .group = "Series",
    .summary = "cluster pixels by their time series",
    .description =
        {"Lloyd's algorithm on squared Euclidean distance, as scikit-learn's KMeans(n_init=1): from the "
         "same initial centroids the labels are the same. It stops when no "
         "label changes, or when the squared movements of the centroids sum to at most --tol times the mean "
         "variance. An empty cluster takes the farthest pixel; "
         "ties go to the lowest label. The result does not depend on chunks or threads, bit for bit.",
         "--init kmeans++ is the greedy seeding of scikit-learn with levin's own generator: --seed gives "
         "other choices than scikit-learn's. --init STORE starts from an array "
         "(k, t). --predict STORE only assigns to the centroids of an earlier run.",
         "OUTPUT is a group: labels (int32, one per pixel), centroids (k, t) and distance (float32, to the "
         "own centroid). Inertia and iterations go to standard output. Series "
         "with NaN, or outside --mask, have label -1 and distance NaN.",
         "In parts it goes in rounds: the command with --part I/N for every I, each of which looks at its own "
         "pixels once, then the command with --merge, and again as long as --merge exits with 75: a "
         "survey of the series, a round for each iteration, and one for the result. --merge prints the "
         "parts that are to be run next, or that are missing, as Slurm's --array takes them. Any part may "
         "run twice; what it has done already takes no time. The result is that of a single run, byte for "
         "byte. --init kmeans++ without --sample looks at all pixels, which the first --merge does alone."},
    .examples = {{"levin kmeans dff.zarr clusters --clusters 5 --seed 1 --csv centroids.csv",
                  "five clusters, their time courses as a table"},
                 {"levin kmeans dff.zarr clusters --clusters 8 --scale zscore",
                  "clusters by the shape of the response alone"},
                 {"levin kmeans dff.zarr clusters --clusters 5 --part 3/8", "the third of eight parts of a round"},
                 {"levin kmeans dff.zarr clusters --clusters 5 --merge",
                  "the end of the round: again while it exits 75"},
                 {"levin kmeans other.zarr assigned --predict clusters/centroids", "assign another recording"}},
    .see_also = {"dff", "export", "sklearn.cluster.KMeans"},
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
    cli::add_execution(parser, options.execution);
    parser.at("--part").help =
        "do the Ith of N parts, 1-based, of the round that is on; --merge ends it when all are done; auto takes I and "
        "N "
        "from the array job's environment";
    parser.group("Execution", false);
    parser.flag(options.execution.merge, "--merge",
                "end a round of --part: begin the next one and exit with 75, or make the output visible");
    parser
        .option(options.wait, "--wait", "SECONDS",
                "look again for so long before --merge says that parts are missing, or --part that it sees too little")
        .defaults_to("10");
    parser.group("");
    parser.check([&options] {
        const engine::ExecutionOptions& run = options.execution;
        if (run.merge && (!run.part.empty() || run.create_only || run.force))
            throw UsageError(fmt::format("--merge with {}: --merge ends what parts have done; leave one out",
                                         !run.part.empty() ? "--part"
                                         : run.create_only ? "--create-only"
                                                           : "--force"));
        if (options.wait && !run.merge && run.part.empty())
            throw UsageError("--wait is how long --part and --merge look again; leave it out, or add one of them");
        if (options.wait && *options.wait < 0)
            throw UsageError(fmt::format("--wait {}: must be at least 0", *options.wait));
    });
}

/// Everything in this process.
void run_alone(Job job, Outputs& outputs) {
    const auto element = size_of(compute_dtype(job.input.info().dtype));
    const std::size_t held = byte_count(job.pixels.shape, 8);
    const Index pixels = product(job.pixels.shape);
    job.kmeans.sketch =
        !job.predicts() &&  // the series themselves are worth more
        held + kernels::kmeans_scratch_bytes(pixels, job.samples(), job.kmeans, job.execution.threads(), element) <=
            job.execution.budget() / 4;
    job.set_aside(pixels);
    engine::SeriesBlocks series(job.execution, job.input, job.axis, job.read_as());
    if (job.execution.options().dry_run)
        return engine::print_plan(job.execution, job.input, outputs.all(), series.plan());
    series.load();
    job.execution.progress().detail(
        series.in_memory()
            ? "all series stay in memory"
            : "the series are on disk, uncompressed, and are read in every iteration; more --memory would spare that");
    const OwnedArray labels(DType::int32, job.pixels.shape), distance(DType::float32, job.pixels.shape);
    const std::span label_of(labels.view.as<std::int32_t>(), static_cast<std::size_t>(pixels));
    const std::span distance_of(distance.view.as<float>(), static_cast<std::size_t>(pixels));
    const auto fit = visit_read_as(job, [&]<class T>() {
        const Blocks<T> blocks(job.execution, series);
        return job.predicts() ? kernels::kmeans_predict<T>(blocks, job.kmeans.scale, job.kmeans.clusters, job.centroids,
                                                           label_of, distance_of)
                              : kernels::kmeans<T>(blocks, job.kmeans, job.centroids, label_of, distance_of);
    });
    publish(job, outputs, fit, labels.view, distance.view);
}

void run(const Options& options) {
    engine::Execution execution(options.execution);
    const engine::Source input = engine::open_input(execution, options.input);
    const Job job = understand(options, execution, *input);
    const bool in_rounds = execution.part() || options.execution.merge;
    if (!options.csv.empty() && !in_rounds)
        engine::check_table_path(options.csv, options.execution.force || options.execution.resume);
    if (options.execution.merge && !options.execution.dry_run) require_begun(options.output.path);
    Outputs outputs(job);
    if (outputs.group.was_complete()) {
        if (!execution.part()) complete_table(job);
        if (in_rounds)
            execution.progress().note(fmt::format("{} is complete: nothing is left to do", options.output.path));
    } else if (options.execution.create_only && !options.execution.dry_run) {
        // made, empty and invisible, for the parts
    } else if (execution.part()) {
        run_part(job, outputs);
    } else if (options.execution.merge) {
        run_merge(job, outputs);
    } else {
        run_alone(job, outputs);
    }
    execution.progress().finish();
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
