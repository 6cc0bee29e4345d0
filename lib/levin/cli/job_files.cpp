// One function an engine. What each scheduler does with an exit status, with a failed predecessor and with cores is in
// its manual; the lines that depend on it say so.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "levin/cli/job_plan.hpp"
#include "levin/cli/jobs.hpp"
#include "levin/cli/programs.hpp"
#include "levin/core/error.hpp"

namespace levin::cli {
namespace {

constexpr int retries = 3;  // of a part that ends with 75

using Files = std::vector<JobFile>;

/// Lines of a comment in a script or a Makefile: a name may hold a newline, which would end it.
std::string comment(const std::string& text) {
    std::string lines = "# ";
    for (const char c : text) lines += c == '\n' ? std::string("\n#   ") : std::string(1, c);
    return lines + "\n";
}

class Writer {
  public:
    Writer(const JobOptions& options, const std::vector<Step>& steps) : options_(options), steps_(steps) {}

    Files local() const;
    Files parallel() const;
    Files make() const;
    Files slurm() const;
    Files sge() const;
    Files condor() const;

  private:
    Index parts(std::size_t i) const { return steps_[i].in_parts ? options_.parts : 1; }
    std::string megabytes() const { return fmt::format("{}", std::max<std::size_t>(1, options_.memory >> 20)); }
    std::string path(const std::string& name) const { return shell_quoted(options_.folder + "/" + name); }
    std::string script(std::size_t i) const { return fmt::format("step-{}.sh", i + 1); }
    std::string publish(std::size_t i) const { return fmt::format("publish-{}.sh", i + 1); }
    std::string log(std::size_t i) const { return options_.folder + fmt::format("/logs/step-{}", i + 1); }

    /// The scripts of all steps; `ending(step)` is what the engine has to hear of a part's $status, and
    /// `publish_ending` of a publisher's.
    Files scripts(
        const std::function<std::string(std::size_t)>& ending = [](std::size_t) { return "exit $status\n"; },
        const std::string& publish_ending = "exit $status\n") const;
    JobFile part_script(std::size_t i, const std::string& ending) const;
    JobFile publish_script(std::size_t i, const std::string& ending) const;
    /// A function of a shell that knows no "try again": 75 is, nothing else.
    static std::string try_function() {
        return fmt::format(
            "try() {{\n    for n in $(seq {}); do\n        status=0\n        bash \"$@\" || status=$?\n"
            "        [ $status = 75 ] || return $status\n    done\n    return 75\n}}\n",
            retries + 1);
    }
    JobFile run(const std::string& what, const std::string& text) const {
        return {"run", fmt::format("#!/bin/bash\n# {}\nset -euo pipefail\ncd {}\n{}", what, shell_quoted(options_.work),
                                   text)};
    }

    const JobOptions& options_;
    const std::vector<Step>& steps_;
};

JobFile Writer::part_script(std::size_t i, const std::string& ending) const {
    const Step& step = steps_[i];
    std::string command;
    for (const std::string& word : step.command) command += shell_quoted(word) + " ";
    command += fmt::format("--threads {} --memory {}M", options_.threads, tool_megabytes(options_));
    if (step.resumes) command += " --resume";
    std::string text = "#!/bin/bash\n" + comment(step.text);
    std::string log = shell_quoted(this->log(i));
    if (step.in_parts) {
        text +=
            fmt::format("# {} PART: one of {} parts. Any may run twice, in any order.\n", script(i), options_.parts);
        text += "part=${1:-${SLURM_ARRAY_TASK_ID:-${SGE_TASK_ID:-}}}\n";
        command += fmt::format(" --part \"$part/{}\"", options_.parts);
        log += ".part-$part";
    } else {
        text += "# One job: the tool has no parts, or goes in rounds.\npart=1\n";
    }
    if (!step.plan.empty())
        text += comment("A part's plan, by --dry-run:\n" + step.plan.substr(0, step.plan.size() - 1));
    text += fmt::format("cd {} || exit 2\nlog={}\nstatus=0\n", shell_quoted(options_.work), log);
    if (step.logs) {
        text += fmt::format("{} --log-json 2>>\"$log.json\" || status=$?\n", command);
        text += "[ $status = 0 ] || tail -n 1 \"$log.json\" >&2\n";
    } else {
        text += command + " || status=$?\n";
    }
    return {script(i), text + ending};
}

JobFile Writer::publish_script(std::size_t i, const std::string& ending) const {
    const std::string& store = steps_[i].store;
    const std::string purpose = fmt::format(
        "Makes {} visible where a file system showed late what other nodes wrote; says which parts are missing.",
        store);
    return {publish(i),
            "#!/bin/bash\n" + comment(purpose) +
                fmt::format("cd {} || exit 2\nstatus=0\n{} --publish --wait 90 --threads 1 {} || status=$?\n{}",
                            shell_quoted(options_.work), shell_quoted(find_tools().at("check")), shell_quoted(store),
                            ending)};
}

Files Writer::scripts(const std::function<std::string(std::size_t)>& ending, const std::string& publish_ending) const {
    Files files;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        files.push_back(part_script(i, ending(i)));
        if (steps_[i].in_parts) files.push_back(publish_script(i, publish_ending));
    }
    return files;
}

Files Writer::local() const {
    Files files = scripts();
    std::string text = try_function();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        text += fmt::format("for part in $(seq {}); do try {} $part; done\n", parts(i), path(script(i)));
        if (steps_[i].in_parts) text += fmt::format("bash {}\n", path(publish(i)));
    }
    files.push_back(run("Every part of every step, one after the other, on this machine.", text));
    return files;
}

Files Writer::parallel() const {
    // parallel tries every failure again; so what must not be is told to `run` by a file instead.
    Files files = scripts([&](std::size_t i) {
        return fmt::format(
            "case $status in 0 | 75) exit $status ;; esac\necho \"part $part: exit status $status\" >>{}\n",
            shell_quoted(log(i) + ".failed"));
    });
    std::string text;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::string failed = shell_quoted(log(i) + ".failed");
        text += fmt::format("rm -f {}\n", failed);
        text += fmt::format("seq {} | parallel --will-cite --retries {} --joblog {} -j {} {}bash {} {{}}\n", parts(i),
                            retries + 1, shell_quoted(log(i) + ".joblog"),
                            options_.threads == 1 ? "100%" : fmt::format("{}%", std::max(1, 100 / options_.threads)),
                            options_.nodes.empty() ? "" : fmt::format("--sshlogin {} ", shell_quoted(options_.nodes)),
                            shell_quoted(path(script(i))));
        text += fmt::format("[ ! -s {0} ] || {{ cat {0} >&2; exit 1; }}\n", failed);
        if (steps_[i].in_parts) text += fmt::format("bash {}\n", path(publish(i)));
    }
    files.push_back(run("Each step's parts by GNU parallel, on the nodes of --sshlogin where there are any.", text));
    return files;
}

Files Writer::make() const {
    for (const Step& step : steps_)
        if (step.store.find_first_of(" \t\n:#$%\\=;'\"") != std::string::npos)
            throw UsageError(fmt::format("make takes no target of the name '{}'; rename the store", step.store));
    Files files = scripts();
    std::string text = fmt::format(
        "# make -j N -f THIS: a store is there when its zarr.json is, which levin writes last.\n"
        "SHELL := /bin/bash\n.SHELLFLAGS := -euo pipefail -c\n.ONESHELL:\n"
        "# make has no word for \"try again\": 75 is, {} times, nothing else.\n"
        "define try\nfor n in $$(seq {}); do status=0; bash $(1) || status=$$?; [ $$status = 75 ] || exit $$status; "
        "done; exit 75\nendef\n\n"
        "all: {}/zarr.json\n.PHONY: all\n",
        retries, retries + 1, steps_.back().store);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        text += fmt::format("\n{}{}/zarr.json:{}\n\t+$(MAKE) --no-print-directory -f {}", comment(steps_[i].text),
                            steps_[i].store, i == 0 ? "" : fmt::format(" {}/zarr.json", steps_[i - 1].store),
                            path("Makefile"));
        for (Index part = 1; part <= parts(i); ++part) text += fmt::format(" step-{}-part-{}", i + 1, part);
        if (steps_[i].in_parts) text += fmt::format("\n\tbash {}", path(publish(i)));
        text += fmt::format("\nstep-{}-part-%:\n\t$(call try,{} $*)\n", i + 1, path(script(i)));
    }
    files.push_back({"Makefile", text});
    files.push_back(run("All that make finds missing, a part a core.",
                        fmt::format("exec make -s -j \"$(nproc)\" -f {}\n", path("Makefile"))));
    return files;
}

Files Writer::slurm() const {
    // The site may have RequeueExit=75, which has no end, or not: so a task asks for itself, and its last 75 is a 1.
    // What it asks for ends it; a status of its own besides might count as another try.
    Files files = scripts([](std::size_t) {
        return fmt::format(
            "if [ $status = 75 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {} ]; then\n"
            "    scontrol requeue "
            "\"${{SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}}${{SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}}\" && sleep 60\n"
            "elif [ $status = 75 ]; then\n    status=1\nfi\nexit $status\n",
            retries);
    });
    std::string common = fmt::format("--parsable --requeue --kill-on-invalid-dep=yes --cpus-per-task={} --mem={}M",
                                     options_.threads, megabytes());
    if (!options_.time.empty()) common += " --time=" + shell_quoted(options_.time);
    if (!options_.queue.empty()) common += " --partition=" + shell_quoted(options_.queue);
    std::string text;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::string after = i == 0 ? "" : " --dependency=afterok:$job";
        const std::string array = steps_[i].in_parts ? fmt::format(" --array=1-{}", options_.parts) : "";
        text += fmt::format("job=$(sbatch {}{}{} --output={} {})\n", common, array, after,
                            shell_quoted(log(i) + (steps_[i].in_parts ? ".%a.log" : ".log")), path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(sbatch {} --dependency=afterok:$job --output={} {})\n", common,
                                shell_quoted(log(i) + ".publish.log"), path(publish(i)));
    }
    text += "echo \"$job\"\n";
    files.push_back(
        run("Submits an array of parts for each step, each after the one before; prints the last job's number.", text));
    return files;
}

Files Writer::sge() const {
    // -hold_jid starts a successor whatever the predecessor's status; 100 puts the task into the error state, which
    // holds it, and 99 starts it again. RESTARTED says that this is another try, not which.
    Files files = scripts(
        [](std::size_t) {
            return fmt::format(
                "if [ $status = 75 ]; then\n    echo >>\"$log.retries\"\n    [ \"$(wc -l "
                "<\"$log.retries\")\" -le {} ] || status=1\nfi\n"
                "case $status in 0) ;; 75) exit 99 ;; *) exit 100 ;; esac\n",
                retries);
        },
        "[ $status = 0 ] || exit 100\n");
    std::string common = fmt::format("-terse -cwd -S /bin/bash -j y -l h_vmem={}M", megabytes());
    if (options_.threads > 1) common += fmt::format(" -pe smp {}", options_.threads);
    if (!options_.time.empty()) common += " -l h_rt=" + shell_quoted(options_.time);
    if (!options_.queue.empty()) common += " -q " + shell_quoted(options_.queue);
    std::string text;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::string after = i == 0 ? "" : " -hold_jid ${job%%.*}";
        const std::string array = steps_[i].in_parts ? fmt::format(" -t 1-{}", options_.parts) : "";
        text += fmt::format("job=$(qsub {} -N levin-step-{}{}{} -o {} {})\n", common, i + 1, array, after, path("logs"),
                            path(script(i)));
        if (steps_[i].in_parts)
            text += fmt::format("job=$(qsub {} -N levin-publish-{} -hold_jid ${{job%%.*}} -o {} {})\n", common, i + 1,
                                path("logs"), path(publish(i)));
    }
    text += "echo \"${job%%.*}\"\n";
    files.push_back(
        run("Submits an array of parts for each step, each held until the one before has ended; prints the last job's "
            "number.",
            text));
    return files;
}

Files Writer::condor() const {
    // A node a part: of a cluster of jobs DAGMan would start all again, and it gives up when one fails just as the
    // others end (seen with 23.9).
    Files files = scripts();
    std::string dag =
        "# condor_submit_dag THIS, in this folder. What may pass (75) is tried again by the job; RETRY is for a job "
        "that "
        "was\n# killed; a wrong request (2) is never tried again.\n";
    const auto job_file = [&](const std::string& name, const std::string& program) {
        std::string text =
            fmt::format("executable = /bin/bash\narguments = \"'{}' $(Part)\"\ninitialdir = {}\nuniverse = vanilla\n",
                        options_.folder + "/" + program, options_.work);
        text += fmt::format("request_cpus = {}\nrequest_memory = {}M\n", options_.threads, megabytes());
        text += fmt::format("max_retries = {}\nretry_until = ExitCode =!= 75\n", retries);
        text += "should_transfer_files = NO\n";
        text +=
            fmt::format("log = {0}/logs/condor.log\noutput = {0}/logs/$(JOB).out\nerror = {0}/logs/$(JOB).err\nqueue\n",
                        options_.folder);
        files.push_back({name + ".sub", text});
    };
    std::string before;
    // Nodes NAMES of one file, behind those before.
    const auto nodes = [&](const std::string& file, const std::vector<std::string>& names) {
        dag += "\n";
        for (std::size_t i = 0; i < names.size(); ++i)
            dag += fmt::format("JOB {0} {1}.sub\nVARS {0} Part=\"{2}\"\n", names[i], file, i + 1);
        const std::string all = fmt::format("{}", fmt::join(names, " "));
        if (!before.empty()) dag += fmt::format("PARENT {} CHILD {}\n", before, all);
        before = all;
    };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::string step = fmt::format("step-{}", i + 1), last = fmt::format("publish-{}", i + 1);
        std::vector<std::string> names{step};
        if (steps_[i].in_parts) names.clear();
        for (Index part = 1; steps_[i].in_parts && part <= options_.parts; ++part)
            names.push_back(fmt::format("{}-part-{}", step, part));
        dag += "\n" + comment(steps_[i].text).substr(0, comment(steps_[i].text).size() - 1);
        job_file(step, script(i));
        nodes(step, names);
        if (!steps_[i].in_parts) continue;
        job_file(last, publish(i));
        nodes(last, {last});
    }
    dag += fmt::format("\nRETRY ALL_NODES {} UNLESS-EXIT 2\n", retries);
    files.push_back({"workflow.dag", dag});
    files.push_back(run("Submits the DAG.",
                        fmt::format("cd {}\nexec condor_submit_dag -f workflow.dag\n", shell_quoted(options_.folder))));
    return files;
}

struct Engine {
    const char* name;
    Files (Writer::*files)() const;
    bool has_time, has_queue, has_nodes;
};
constexpr Engine all[] = {
    {"local", &Writer::local, false, false, false}, {"parallel", &Writer::parallel, false, false, true},
    {"make", &Writer::make, false, false, false},   {"slurm", &Writer::slurm, true, true, false},
    {"sge", &Writer::sge, true, true, false},       {"condor", &Writer::condor, false, false, false}};

void refuse_unless(bool possible, const std::string& value, const char* option, const char* engine) {
    if (!value.empty() && !possible)
        throw UsageError(fmt::format("{} {}: --engine {} has no such thing; leave it out", option, value, engine));
}

}  // namespace

const std::vector<std::string>& engines() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Engine& engine : all) list.emplace_back(engine.name);
        return list;
    }();
    return names;
}

std::vector<JobFile> job_files(const JobOptions& options, const std::vector<Step>& steps) {
    const Writer writer(options, steps);
    for (const Engine& engine : all) {
        if (options.engine != engine.name) continue;
        refuse_unless(engine.has_time, options.time, "--time", engine.name);
        refuse_unless(engine.has_queue, options.queue, "--queue", engine.name);
        refuse_unless(engine.has_nodes, options.nodes, "--sshlogin", engine.name);
        return (writer.*engine.files)();
    }
    throw UsageError(fmt::format("--engine {}: expected one of {}", options.engine, fmt::join(engines(), ", ")));
}

}  // namespace levin::cli
