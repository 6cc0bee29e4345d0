// Writes the files with which an existing scheduler runs a chain of commands in parts.
#include <fmt/format.h>

#include <filesystem>

#include "levin/cli/job_plan.hpp"
#include "levin/cli/jobs.hpp"
#include "levin/cli/programs.hpp"
#include "levin/cli/tool.hpp"
#include "levin/core/error.hpp"
#include "levin/core/resources.hpp"
#include "levin/store/file.hpp"

namespace {

using namespace levin;

const cli::Manual manual{
    .name = "fanout",
    .group = "Jobs",
    .summary = "run a chain of commands in parts on a cluster",
    .description =
        {"Writes readable job files for an engine that is there already, and with --submit starts them: "
         "every command of the chain in --parts parts (levin-TOOL --part), each step after the one before. "
         "Commands are separated by '::'. The parts of kmeans go in rounds: behind them comes its --merge, and the parts "
         "run again as long as that says so; with slurm and sge the merge submits the next round itself, and the steps "
         "behind it, so that jobs must be allowed to submit jobs there. levin itself schedules nothing.",
         "A part that ends with status 75, which may pass on another try, is tried again three times, a wrong request "
         "(2) never; a failed step stops the chain. Parts may run twice or be killed without harm: started "
         "again, the files go on where they were. The files stay in --dir, with what the parts said in "
         "DIR/logs: levin report DIR/logs/*.json draws who did what when.",
         "Cores and memory are said to the scheduler and to each part; each command is planned with "
         "--dry-run: its figures stand in the job files, and memory is asked for by them unless --request-memory says "
         "how much. A command that reads the "
         "result of one before it is planned with the metadata of that result, which need no run. Choose so many parts "
         "that each runs for minutes: a job costs "
         "about 5 ms with GNU parallel, 40 ms with HTCondor and a quarter of a second with Slurm and Grid "
         "Engine."},
    .examples =
        {{"levin fanout --engine slurm -n 32 --submit -- levin-detrend in.zarr a.zarr :: levin-fft a.zarr b.zarr",
          "two steps as Slurm job arrays of 32 tasks"},
         {"levin fanout --engine parallel -n 8 --sshlogin node1,node2 -- levin detrend in.zarr out.zarr",
          "a script that runs eight parts on two nodes"}},
    .see_also = {"report", "check", "parallel", "make", "sbatch", "qsub", "condor_submit_dag"},
};

struct Options {
    cli::JobOptions jobs;
    std::vector<std::string> words;
    std::string folder = "jobs", memory;
    bool submit = false, force = false;
};

void declare(cli::Parser& parser, Options& options) {
    parser.positional_list(options.words, "COMMAND",
                           "behind '--': levin-TOOL and its arguments, several separated by '::'");
    parser.option(options.jobs.engine, "--engine", "ENGINE", "who runs the parts")
        .one_of({{"local", "one after the other, here"},
                 {"parallel", "GNU parallel"},
                 {"make", "GNU make"},
                 {"slurm", "Slurm job arrays"},
                 {"sge", "Grid Engine job arrays"},
                 {"condor", "HTCondor, by DAGMan"}})
        .required();
    parser.option(options.jobs.parts, "--parts,-n", "N", "parts of each step").required();
    parser.option(options.folder, "--dir", "DIR", "where the job files go").path();
    parser.flag(options.submit, "--submit", "start them too: run DIR/run");
    parser.flag(options.force, "--force,-f", "replace the job files of an earlier fanout");
    parser.group("Resources");
    parser.option(options.jobs.threads, "--request-cpus", "N", "cores, and threads, of a part");
    parser
        .option(options.memory, "--request-memory", "SIZE", "memory of a part, of which the tool is given four fifths")
        .defaults_to("what the plan takes, 512M to 2G");
    parser.option(options.jobs.time, "--time", "TIME", "slurm, sge: longest time of a part, e.g. 01:00:00");
    parser.option(options.jobs.queue, "--queue", "NAME", "slurm, sge: partition or queue");
    parser.option(options.jobs.nodes, "--sshlogin", "NODES",
                  "parallel: nodes that share this folder, e.g. node1,node2");
    parser.check([&options] {
        if (options.jobs.parts < 1) throw UsageError(fmt::format("--parts {}: must be at least 1", options.jobs.parts));
        if (options.jobs.threads < 1)
            throw UsageError(fmt::format("--request-cpus {}: must be at least 1", options.jobs.threads));
        options.jobs.fit_memory = options.memory.empty();
        options.jobs.memory = parse_size(options.memory.empty() ? "2G" : options.memory);
    });
}

void run(const Options& options) {
    namespace fs = std::filesystem;
    cli::JobOptions jobs = options.jobs;
    jobs.work = fs::current_path();
    jobs.folder = (fs::current_path() / options.folder).lexically_normal();
    std::vector<cli::Step> steps = cli::parse_steps(options.words);
    cli::job_files(jobs, steps);  // refuses what the engine cannot express, before anything is planned
    cli::plan_steps(jobs, steps);
    for (const cli::Step& step : steps) fmt::print("{}\n{}\n", step.text, step.plan);
    const std::vector<cli::JobFile> files = cli::job_files(jobs, steps);
    if (fs::exists(jobs.folder)) {
        if (!options.force)
            throw Error(fmt::format("{} exists; use --force to write other job files there, or run {}/run",
                                    options.folder, options.folder));
        if (!fs::exists(jobs.folder + "/run"))
            throw Error(fmt::format("{} exists and holds no job files, so it is not replaced; choose another --dir",
                                    options.folder));
        fs::remove_all(jobs.folder);
    }
    store::make_directories(jobs.folder + "/logs", false);
    for (const cli::JobFile& file : files) store::write_file(jobs.folder + "/" + file.name, file.text, false);
    fs::permissions(jobs.folder + "/run", fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    if (options.submit) cli::become({"bash", jobs.folder + "/run"});
    fmt::print("{} files in {}; start them with {}/run\n", files.size(), options.folder, options.folder);
}

}  // namespace

int main(int argc, char** argv) { return levin::cli::run_tool(argc, argv, manual, declare, run); }
