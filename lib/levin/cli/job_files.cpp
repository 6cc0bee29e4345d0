// What all job files have in common, and those of engines on one machine.
#include "levin/cli/job_plan.hpp"
#include "levin/cli/job_writer.hpp"
#include "levin/cli/programs.hpp"
#include "levin/core/error.hpp"

namespace levin::cli::detail {

std::string Writer::command(std::size_t i) const {
    const Step& step = steps_[i];
    std::string command;
    for (const std::string& word : step.command) command += shell_quoted(word) + " ";
    return command + fmt::format("--threads {} --memory {}M", options_.threads, tool_megabytes(step.memory));
}

/// Lines that run it and set $status.
std::string Writer::logged(std::size_t i, const std::string& command) const {
    // What the engine hears of a folder that is not there is what it hears of any wrong request.
    std::string text =
        fmt::format("status=0\ncd {} || status=2\nif [ $status = 0 ]; then\n", shell_quoted(options_.work));
    if (steps_[i].logs) {
        text += fmt::format("    {} --log-json 2>>\"$log.json\" || status=$?\n", command);
        text += "    [ $status = 0 ] || tail -n 1 \"$log.json\" >&2\n";
    } else {
        text += fmt::format("    {} || status=$?\n", command);
    }
    return text + "fi\n";
}

JobFile Writer::part_script(std::size_t i, const std::string& ending) const {
    const Step& step = steps_[i];
    std::string command = this->command(i);
    if (step.resumes) command += " --resume";
    std::string text = "#!/bin/bash\n" + comment(step.text);
    std::string log = shell_quoted(this->log(i));
    if (step.in_parts) {
        text += fmt::format("# {} PART: one of {} parts{}. Any may run twice, in any order.\n", script(i),
                            options_.parts, step.in_rounds ? " of the round that is on" : "");
        text += "part=${1:-${SLURM_ARRAY_TASK_ID:-${SGE_TASK_ID:-}}}\n";
        command += fmt::format(" --part \"$part/{}\"", options_.parts);
        log += ".part-$part";
    } else {
        text += "# One job: the tool has no parts.\npart=1\n";
    }
    if (!step.plan.empty())
        text += comment("A part's plan, by --dry-run:\n" + step.plan.substr(0, step.plan.size() - 1));
    return {script(i), text + fmt::format("log={}\n", log) + logged(i, command) + ending};
}

JobFile Writer::publish_script(std::size_t i, const std::string& ending) const {
    const std::string& store = steps_[i].store;
    const std::string purpose = fmt::format(
        "Makes {} visible where a file system showed late what other nodes wrote; says which parts are missing.",
        store);
    return {last_script(i),
            "#!/bin/bash\n" + comment(purpose) +
                fmt::format("status=0\ncd {} || status=2\n"
                            "[ $status != 0 ] || {} --publish --wait 90 --threads 1 {} || status=$?\n{}",
                            shell_quoted(options_.work), shell_quoted(find_tools().at("check")), shell_quoted(store),
                            ending)};
}

JobFile Writer::merge_script(std::size_t i, const std::string& ending) const {
    return {last_script(i), "#!/bin/bash\n" + comment(steps_[i].text) +
                                "# Ends a round of the parts. 75: they are to run again; 0: the store is visible.\n" +
                                fmt::format("log={}\n", shell_quoted(log(i) + ".merge")) +
                                logged(i, command(i) + " --merge --wait 90") + ending};
}

Files Writer::scripts(const Ending& ending, const Ending& last_ending) const {
    Files files;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        files.push_back(part_script(i, ending(i)));
        if (steps_[i].in_rounds) files.push_back(merge_script(i, last_ending(i)));
        else if (steps_[i].in_parts) files.push_back(publish_script(i, last_ending(i)));
    }
    return files;
}

std::string Writer::with_last(std::size_t i, const std::string& parts, const char* dollar) const {
    if (!steps_[i].in_parts) return parts;
    const std::string last = fmt::format("bash {}", path(last_script(i)));
    if (!steps_[i].in_rounds) return parts + last + "\n";
    return fmt::format(
        "status=75\nwhile [ {0}status = 75 ]; do\n{1}    status=0\n    {2} || status={0}?\ndone\n"
        "[ {0}status = 0 ] || exit {0}status\n",
        dollar, indented(parts, "    "), last);
}

void Writer::add_submitting(Files& files, const std::string& what, const Ending& submit,
                            const std::string& number) const {
    std::string name = "run", about = what, text = "job=\n";
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!steps_[i].in_rounds) {
            text += submit(i);
            continue;
        }
        const std::string round = fmt::format("round-{}.sh", i + 1);
        files.push_back({round,
                         "#!/bin/bash\n# Submits a round of the parts and its merge, behind a job where its number "
                         "is given; prints the merge's.\n" +
                             fmt::format("set -euo pipefail\ncd {}\njob=${{1:-}}\n", shell_quoted(options_.work)) +
                             submit(i) + number});
        files.push_back(script_of(name, about, text + fmt::format("bash {} \"$job\"\n", path(round))));
        name = fmt::format("after-{}.sh", i + 1);
        about = fmt::format("Submits the steps behind step {}; its last merge starts it.", i + 1);
        text = "job=\n";
    }
    if (name == "run" || text != "job=\n") files.push_back(script_of(name, about, text + number));
}

std::string Writer::merge_ending(std::size_t i) const {
    const std::string after = i + 1 < steps_.size() ? "bash " + path(fmt::format("after-{}.sh", i + 1)) : ":";
    return fmt::format("case $status in 75) status=0; bash {} || status=$? ;; 0) {} || status=$? ;; esac\n",
                       path(fmt::format("round-{}.sh", i + 1)), after);
}

Files Writer::local() const {
    Files files = scripts();
    std::string text = try_function();
    for (std::size_t i = 0; i < steps_.size(); ++i)
        text += with_last(i, fmt::format("for part in $(seq {}); do try {} $part; done\n", parts(i), path(script(i))));
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
        std::string parts_text = fmt::format("rm -f {}\n", failed);
        parts_text +=
            fmt::format("seq {} | parallel --will-cite --retries {} --joblog {} -j {} {}bash {} {{}}\n", parts(i),
                        retries + 1, shell_quoted(log(i) + ".joblog"),
                        options_.threads == 1 ? "100%" : fmt::format("{}%", std::max(1, 100 / options_.threads)),
                        options_.nodes.empty() ? "" : fmt::format("--sshlogin {} ", shell_quoted(options_.nodes)),
                        shell_quoted(path(script(i))));
        parts_text += fmt::format("[ ! -s {0} ] || {{ cat {0} >&2; exit 1; }}\n", failed);
        text += with_last(i, parts_text);
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
        std::string recipe = fmt::format("$(MAKE) --no-print-directory -f {}", path("Makefile"));
        for (Index part = 1; part <= parts(i); ++part) recipe += fmt::format(" step-{}-part-{}", i + 1, part);
        recipe = with_last(i, recipe + "\n", "$$");
        text += fmt::format("\n{}{}/zarr.json:{}\n\t+{}", comment(steps_[i].text), steps_[i].store,
                            i == 0 ? "" : fmt::format(" {}/zarr.json", steps_[i - 1].store),
                            indented(recipe, "\t").substr(1));
        text += fmt::format("\nstep-{}-part-%:\n\t$(call try,{} $*)\n", i + 1, path(script(i)));
    }
    files.push_back({"Makefile", text});
    files.push_back(run("All that make finds missing, a part a core.",
                        fmt::format("exec make -s -j \"$(nproc)\" -f {}\n", path("Makefile"))));
    return files;
}

}  // namespace levin::cli::detail

namespace levin::cli {
namespace {

using detail::Files;
using detail::Writer;

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
