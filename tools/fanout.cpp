// Writes the files with which an existing scheduler runs a chain of commands in parts.
#include <fmt/format.h>

#include <filesystem>

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
         "Commands are separated by '::'; a tool without parts, such as kmeans, is one job. levin itself "
         "schedules nothing.",
         "A part that ends with status 75, which may pass on another try, is tried again three times, others "
         "are not; a failed step stops the chain. Parts may run twice or be killed without harm: started "
         "again, the files go on where they were. The files stay in --dir, with what the parts said in "
         "DIR/logs.",
         "Cores and memory are said to the scheduler and to each part; the first command is planned with "
         "--dry-run to see that one part fits. Choose so many parts that each runs for minutes: a job costs "
         "about 5 ms with GNU parallel, 40 ms with HTCondor and a quarter of a second with Slurm and Grid "
         "Engine."},
    .examples =
        {{"levin fanout --engine slurm -n 32 --submit -- levin-detrend in.zarr a.zarr :: levin-fft a.zarr b.zarr",
          "two steps as Slurm job arrays of 32 tasks"},
         {"levin fanout --engine parallel -n 8 --sshlogin node1,node2 -- levin detrend in.zarr out.zarr",
          "a script that runs eight parts on two nodes"}},
    .see_also = {"check", "parallel", "make", "sbatch", "qsub", "condor_submit_dag"},
};

struct Options {
    cli::JobOptions jobs;
    std::vector<std::string> words;
    std::string folder = "jobs", memory = "2G";
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
    parser.option(options.memory, "--request-memory", "SIZE",
                  "memory of a part, of which the tool is given four fifths");
    parser.option(options.jobs.time, "--time", "TIME", "slurm, sge: longest time of a part, e.g. 01:00:00");
    parser.option(options.jobs.queue, "--queue", "NAME", "slurm, sge: partition or queue");
    parser.option(options.jobs.nodes, "--sshlogin", "NODES",
                  "parallel: nodes that share this folder, e.g. node1,node2");
    parser.check([&options] {
        if (options.jobs.parts < 1) throw UsageError(fmt::format("--parts {}: must be at least 1", options.jobs.parts));
        if (options.jobs.threads < 1)
            throw UsageError(fmt::format("--request-cpus {}: must be at least 1", options.jobs.threads));
        options.jobs.memory = parse_size(options.memory);
    });
}

/// What a part of the first step will need, by its own --dry-run: an error of the request shows before anything runs.
void plan(const cli::JobOptions& jobs, const cli::Step& step) {
    std::vector<std::string> words = step.command;
    for (const std::string& word : {std::string("--dry-run"), fmt::format("--memory={}", jobs.memory / 5 * 4),
                                    fmt::format("--threads={}", jobs.threads)})
        words.push_back(word);
    if (step.in_parts) words.push_back(fmt::format("--part=1/{}", jobs.parts));
    const auto text = cli::output_of(words);
    if (!text)
        throw Error(fmt::format(
            "a part of the first step cannot run with {} of memory; see what it says:\n  {} --dry-run --memory {}M",
            format_size(jobs.memory), step.text, (jobs.memory >> 20) * 4 / 5));
    fmt::print("{}", *text);
}

void run(const Options& options) {
    namespace fs = std::filesystem;
    cli::JobOptions jobs = options.jobs;
    jobs.work = fs::current_path();
    jobs.folder = (fs::current_path() / options.folder).lexically_normal();
    const std::vector<cli::Step> steps = cli::parse_steps(options.words);
    const std::vector<cli::JobFile> files = cli::job_files(jobs, steps);
    plan(jobs, steps.front());
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
